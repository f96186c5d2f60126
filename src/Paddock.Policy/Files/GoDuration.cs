using System.Buffers;
using System.Globalization;

namespace Paddock.Policy;

/// <summary>A duration as Go writes it: <c>1m30s</c>, <c>500ms</c>, <c>1.5s</c>.</summary>
internal static class GoDuration
{
    private static readonly SearchValues<char> Number = SearchValues.Create("0123456789.");

    private static readonly (string Name, long Nanoseconds)[] Units =
        [("ns", 1), ("us", 1_000), ("µs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000)];

    /// <summary>Nanoseconds; null for what is none, or is negative.</summary>
    public static long? Parse(ReadOnlySpan<char> text)
    {
        if (text is "0") return 0;
        if (text.IsEmpty) return null;
        decimal sum = 0;
        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExcept(Number);
            if (digits is < 1 or > 15 || !decimal.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)) return null;
            text = text[digits..];
            var end = text.IndexOfAny(Number);
            var name = (end < 0 ? text : text[..end]).ToString();
            var unit = Array.Find(Units, u => u.Name == name);
            if (unit.Name is null) return null;
            sum += amount * unit.Nanoseconds;
            text = end < 0 ? [] : text[end..];
        }

        return sum <= long.MaxValue ? (long)sum : null;
    }
}
