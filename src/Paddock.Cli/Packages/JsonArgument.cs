using System.Text.Json;

namespace Paddock.Cli;

/// <summary>JSON that a user gives.</summary>
internal static class JsonArgument
{
    /// <summary>Reads it; a message with the place where it is none.</summary>
    public static JsonElement Read(string text, string from)
    {
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException e)
        {
            throw new CommandException($"{from} is no JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.");
        }
    }
}
