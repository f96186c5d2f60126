using System.Globalization;

namespace Paddock.Jobs.Schedules;

/// <summary>One of the five fields: which values it may have, and how one is read.</summary>
/// <param name="Name">For people.</param>
/// <param name="Least">Smallest value.</param>
/// <param name="Most">Largest value.</param>
/// <param name="Words">Names of values, from the smallest; empty for none.</param>
internal sealed record CronField(string Name, int Least, int Most, string[] Words)
{
    public static CronField Minute { get; } = new("minute", 0, 59, []);

    public static CronField Hour { get; } = new("hour", 0, 23, []);

    public static CronField DayOfMonth { get; } = new("day of month", 1, 31, []);

    public static CronField Month { get; } = new("month", 1, 12, ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]);

    /// <summary>0 and 7 are Sunday.</summary>
    public static CronField DayOfWeek { get; } = new("day of week", 0, 7, ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]);

    /// <summary>The largest value that <c>*</c> stands for.</summary>
    private int Last => this == DayOfWeek ? 6 : Most;

    /// <summary>Reads a field; null and the part at fault where it cannot be read.</summary>
    public IReadOnlyList<CronPart>? Read(string text, out string fault)
    {
        var parts = new List<CronPart>();
        fault = "";
        foreach (string item in text.Split(','))
        {
            if (ReadPart(item) is not { } part)
            {
                fault = item;
                return null;
            }

            parts.Add(part);
        }

        return parts;
    }

    private CronPart? ReadPart(string item)
    {
        string[] halves = item.Split('/');
        if (halves.Length > 2) return null;
        int step = 1;
        if (halves.Length == 2 && (!Number(halves[1], out step) || step < 1 || step > Most)) return null;
        bool stepped = halves.Length == 2;
        if (halves[0] == "*" || (halves[0] == "?" && (this == DayOfMonth || this == DayOfWeek)))
            return new CronPart(Least, Last, step, IsEvery: step == 1, IsInterval: true);
        string[] ends = halves[0].Split('-');
        if (ends.Length > 2 || Value(ends[0]) is not { } first) return null;
        if (ends.Length == 2) return Value(ends[1]) is { } last && last >= first ? new CronPart(first, last, step, IsEvery: false, IsInterval: true) : null;
        return stepped ? new CronPart(first, Math.Max(first, Last), step, IsEvery: false, IsInterval: true) : new CronPart(first, first, 1, IsEvery: false, IsInterval: false);
    }

    private int? Value(string text)
    {
        int word = Array.FindIndex(Words, w => w.Equals(text, StringComparison.OrdinalIgnoreCase));
        if (word >= 0) return Least + word;
        return Number(text, out int value) && value >= Least && value <= Most ? value : null;
    }

    private static bool Number(string text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}

/// <summary>A part of a field's list.</summary>
/// <param name="First">Smallest value.</param>
/// <param name="Last">Largest value that may be reached.</param>
/// <param name="Step">From one value to the next.</param>
/// <param name="IsEvery">Whether it is <c>*</c>: a day field with such a part restricts nothing.</param>
/// <param name="IsInterval">Whether it was written as <c>*</c>, a range or a step, not as one value.</param>
internal sealed record CronPart(int First, int Last, int Step, bool IsEvery, bool IsInterval)
{
    public IEnumerable<int> Values
    {
        get
        {
            for (int value = First; value <= Last; value += Step) yield return value;
        }
    }
}
