using System.Globalization;

namespace Paddock.Jobs.Schedules;

/// <summary>Durations as Go writes them (<c>1h30m</c>, <c>90s</c>, <c>1.5h</c>), down to whole seconds.</summary>
internal static class GoDuration
{
    /// <summary>The duration, rounded down to seconds; null where the text is none, or one of more than <paramref name="most"/>.</summary>
    public static TimeSpan? Read(string text, TimeSpan most)
    {
        decimal seconds = 0;
        int at = 0;
        if (text.Length == 0) return null;
        while (at < text.Length)
        {
            int number = at;
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.')) at++;
            int unit = at;
            while (at < text.Length && char.IsAsciiLetter(text[at])) at++;
            // Longer numbers than these are beyond every limit, and could overflow.
            if (unit - number is 0 or > 12) return null;
            if (!decimal.TryParse(text.AsSpan(number, unit - number), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value)) return null;
            if (SecondsOf(text.AsSpan(unit, at - unit)) is not { } factor) return null;
            seconds += value * factor;
            if (seconds > (decimal)most.TotalSeconds) return null;
        }

        return TimeSpan.FromSeconds((long)seconds);
    }

    private static decimal? SecondsOf(ReadOnlySpan<char> unit) => unit switch
    {
        "h" => 3600,
        "m" => 60,
        "s" => 1,
        "ms" => 0.001m,
        _ => null,
    };
}
