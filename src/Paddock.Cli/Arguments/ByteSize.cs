using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Paddock.Cli;

/// <summary>Sizes as people write them: a whole number and B, KiB, MiB or GiB. Nothing is guessed: "32" and "32MB" are refused.</summary>
internal static class ByteSize
{
    private static readonly (string Suffix, int Shift)[] Units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("B", 0)];

    public static bool TryParse(string text, out long bytes, [NotNullWhen(false)] out string? problem)
    {
        bytes = 0;
        problem = $"'{text}' is no size: write a whole number and B, KiB, MiB or GiB, such as 32MiB.";
        foreach (var (suffix, shift) in Units)
        {
            if (!text.EndsWith(suffix, StringComparison.Ordinal)) continue;
            if (!long.TryParse(text.AsSpan()[..^suffix.Length], NumberStyles.None, CultureInfo.InvariantCulture, out long number)
                || number > long.MaxValue >> shift) return false;
            bytes = number << shift;
            problem = null;
            return true;
        }

        return false;
    }
}
