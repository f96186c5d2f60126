using System.Globalization;

namespace Paddock.Jobs.Tests;

/// <summary>A random schedule: its text, and apart from that what it means.</summary>
internal sealed class RandomSchedule
{
    private static readonly string[] MonthNames = ["", "jan", "FEB", "Mar", "apr", "MAY", "jun", "Jul", "AUG", "sep", "oct", "NOV", "dec"];
    private static readonly string[] DayNames = ["SUN", "mon", "Tue", "WED", "thu", "Fri", "SAT"];
    private readonly Random _random;
    private bool _interval;

    public RandomSchedule(int seed)
    {
        _random = new Random(seed);
        var (minutes, minuteText) = Field(0, 59, null, 0.2);
        var (hours, hourText) = Field(0, 23, null, 0.4);
        bool interval = _interval;
        var (days, dayText) = Field(1, 31, null, 0.5);
        var (months, monthText) = Field(1, 12, MonthNames, 0.7);
        var (weekdays, weekdayText) = Field(0, 7, DayNames, 0.5);
        if (weekdays is not null) weekdays[0] |= weekdays[7];
        Text = $"{minuteText} {hourText} {dayText} {monthText} {weekdayText}";
        Meaning = new NaiveCron(minutes ?? All(60), hours ?? All(24), days, months ?? All(13), weekdays, interval);
    }

    public string Text { get; }

    public NaiveCron Meaning { get; }

    private static bool[] All(int count) => [.. Enumerable.Repeat(true, count)];

    /// <summary>Null for a field that restricts nothing.</summary>
    private (bool[]? Values, string Text) Field(int least, int most, string[]? names, double every)
    {
        if (_random.NextDouble() < every)
        {
            _interval = true;
            return (null, "*");
        }

        var values = new bool[most + 1];
        var parts = new List<string>();
        for (int i = _random.Next(1, 4); i > 0; i--) parts.Add(Part(values, least, most, names));
        return (values, string.Join(',', parts));
    }

    private string Part(bool[] values, int least, int most, string[]? names)
    {
        int first = _random.Next(least, most + 1);
        int last = _random.Next(first, most + 1);
        int step = _random.Next(2, most);
        // What * and an open step reach: 7 is Sunday's other name.
        int end = most == 7 ? 6 : most;
        switch (_random.Next(5))
        {
            case 0:
                return Mark(values, first, last, 1, $"{Name(first, names)}-{Name(last, names)}");
            case 1:
                return Mark(values, first, last, step, $"{first}-{last}/{step}");
            case 2:
                return Mark(values, least, end, step, $"*/{step}");
            case 3 when first <= end:
                return Mark(values, first, end, step, $"{first}/{step}");
            default:
                values[first] = true;
                return Name(first, names);
        }
    }

    private string Mark(bool[] values, int first, int last, int step, string text)
    {
        _interval = true;
        for (int value = first; value <= last; value += step) values[value] = true;
        return text;
    }

    private string Name(int value, string[]? names) =>
        names is not null && value < names.Length && _random.Next(2) == 0 ? names[value] : value.ToString(CultureInfo.InvariantCulture);
}
