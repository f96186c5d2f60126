using System.Text.Json;

namespace Paddock.Sandbox.Protocol.Calls;

/// <summary>Strings in a guest's messages.</summary>
internal static class GuestStrings
{
    /// <summary>Reads the next value: cleaned and cut where it is a string, empty where it is something else.</summary>
    internal static string Next(ref Utf8JsonReader reader, int most)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            var text = GuestText.Clean(Value(ref reader));
            return text.Length <= most ? text : text[..most];
        }

        reader.Skip();
        return "";
    }

    /// <summary>Whether the name or string that the reader stands on is this word of the protocol. No word needs an escape, and none is taken with one.</summary>
    // SECURITY: the reader's own comparison throws where an escaped half of a surrogate pair is in the text: valid JSON that would be a fault of the host's.
    internal static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> word) => !reader.ValueIsEscaped && reader.ValueSpan.SequenceEqual(word);

    /// <summary>The string that the reader stands on.</summary>
    internal static string Value(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // Escaped halves of surrogate pairs: valid JSON, but no text.
            return "\uFFFD";
        }
    }
}
