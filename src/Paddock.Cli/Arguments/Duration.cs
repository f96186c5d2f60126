using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Paddock.Cli;

/// <summary>Durations as people write them: a whole number and ms, s or m.</summary>
internal static class Duration
{
    private static readonly (string Suffix, int Milliseconds)[] Units = [("ms", 1), ("s", 1000), ("m", 60_000)];

    public static bool TryParse(string text, out TimeSpan duration, [NotNullWhen(false)] out string? problem)
    {
        duration = default;
        problem = $"'{text}' is no duration: write a whole number and ms, s or m, such as 5s.";
        foreach (var (suffix, milliseconds) in Units)
        {
            if (!text.EndsWith(suffix, StringComparison.Ordinal)) continue;
            if (!int.TryParse(text.AsSpan()[..^suffix.Length], NumberStyles.None, CultureInfo.InvariantCulture, out int number)) return false;
            duration = TimeSpan.FromMilliseconds((long)number * milliseconds);
            problem = null;
            return true;
        }

        return false;
    }
}
