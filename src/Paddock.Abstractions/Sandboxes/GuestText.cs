using System.Text;

namespace Paddock;

/// <summary>Text that a guest wrote, made fit to be shown.</summary>
public static class GuestText
{
    /// <summary>
    /// SECURITY: escape sequences would drive a terminal, and a carriage return would forge a log line; every control character
    /// but newline and tab, and the bidirectional overrides, become U+FFFD.
    /// </summary>
    public static string Clean(string text)
    {
        var first = text.AsSpan().IndexOfAnyExcept(Harmless);
        if (first < 0) return text;
        var builder = new StringBuilder(text);
        for (var i = first; i < builder.Length; i++)
        {
            if (IsHarmful(builder[i])) builder[i] = '\uFFFD';
        }

        return builder.ToString();
    }

    private static readonly System.Buffers.SearchValues<char> Harmless =
        System.Buffers.SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c), '\n', '\t']);

    private static bool IsHarmful(char c) =>
        (char.IsControl(c) && c is not ('\n' or '\t')) || c is >= '\u202A' and <= '\u202E' or >= '\u2066' and <= '\u2069';
}
