using System.Globalization;
using System.Text;

namespace Paddock.Packaging;

/// <summary>What may stand in a line that a person reads.</summary>
internal static class Printable
{
    private const int Longest = 80;

    /// <summary>Whether all of <paramref name="text"/> shows as what it is.</summary>
    // SECURITY: spoofing by bidirectional overrides and invisible characters, log lines forged by newlines.
    public static bool IsClean(string text)
    {
        ReadOnlySpan<char> rest = text;
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out int used) != System.Buffers.OperationStatus.Done) return false;
            if (!IsClean(rune)) return false;
            rest = rest[used..];
        }

        return true;
    }

    /// <summary>A guest's text for use in a message: cut short, and with a replacement for each character that does not print.</summary>
    public static string Text(string text)
    {
        var builder = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (builder.Length >= Longest) return builder.Append('…').ToString();
            builder.Append(IsClean(rune) ? rune.ToString() : "\uFFFD");
        }

        return builder.ToString();
    }

    private static bool IsClean(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control
        or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
