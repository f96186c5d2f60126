using System.Text.Json;

namespace Paddock.Packaging;

/// <summary>Text out of JSON that may hold half of a surrogate pair, on which the JSON reader throws.</summary>
internal static class JsonText
{
    /// <summary>The text, or null when it is no string or no Unicode text.</summary>
    public static string? Value(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String) return null;
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The member's name, or null when it is no Unicode text.</summary>
    public static string? Name(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The first member of that name, or null.</summary>
    // TryGetProperty would throw on a neighbour whose name is half a surrogate pair.
    public static JsonElement? Member(JsonElement container, string name)
    {
        foreach (var member in container.EnumerateObject())
            if (Name(member) == name) return member.Value;
        return null;
    }
}
