using System.Text.Json;

namespace Paddock.Sandbox.GoPlugin.Calls;

/// <summary>What a plugin answered, held to be JSON.</summary>
internal static class ResultJson
{
    private const int MaxDepth = 64;

    /// <exception cref="CallEndedException">It is too large, or no JSON.</exception>
    internal static ReadOnlyMemory<byte> Checked(ReadOnlyMemory<byte> answer, int most)
    {
        if (answer.IsEmpty) return "null"u8.ToArray();
        if (answer.Length > most) throw new CallEndedException(CallEnd.Limit(ErrorCodes.ResultLimit));
        return IsJson(answer.Span) ? answer : throw new CallEndedException(CallEnd.Fault(ErrorCodes.ResultInvalid, "The plugin's result is no JSON."));
    }

    internal static bool IsJson(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MaxDepth });
            while (reader.Read())
            {
                // A string that is no UTF-8 is found only when it is read.
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName) reader.GetString();
            }

            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
