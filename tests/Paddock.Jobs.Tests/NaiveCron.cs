namespace Paddock.Jobs.Tests;

/// <summary>What a schedule means, computed the slow and obvious way: all days, all minutes of them, each as a reading of the zone's clock.</summary>
internal sealed record NaiveCron(bool[] Minutes, bool[] Hours, bool[]? Days, bool[] Months, bool[]? Weekdays, bool IsInterval)
{
    /// <summary>The first times after <paramref name="from"/>, in order: at most <paramref name="most"/>, and of so many local days.</summary>
    public IReadOnlyList<DateTimeOffset> Times(DateTimeOffset from, int days, TimeZoneInfo zone, int most)
    {
        var times = new SortedSet<DateTimeOffset>();
        // A day early: the first moment after a gap may belong to a reading of the day before.
        var first = TimeZoneInfo.ConvertTime(from, zone).Date.AddDays(-1);
        for (int day = 0; day <= days && times.Count(time => time > from) < most; day++)
        {
            var date = first.AddDays(day);
            if (!IsDue(date)) continue;
            for (int minute = 0; minute < 1440; minute++)
                if (Hours[minute / 60] && Minutes[minute % 60]) times.UnionWith(Instants(date.AddMinutes(minute), zone));
        }

        return [.. times.Where(time => time > from).Take(most)];
    }

    private bool IsDue(DateTime date)
    {
        if (!Months[date.Month]) return false;
        bool? day = Days?[date.Day];
        bool? weekday = Weekdays?[(int)date.DayOfWeek];
        return (day, weekday) switch
        {
            (null, null) => true,
            ({ } d, null) => d,
            (null, { } w) => w,
            ({ } d, { } w) => d || w,
        };
    }

    private IEnumerable<DateTimeOffset> Instants(DateTime reading, TimeZoneInfo zone)
    {
        if (zone.IsInvalidTime(reading))
        {
            // Minute by minute to the first reading that exists.
            while (zone.IsInvalidTime(reading)) reading = reading.AddMinutes(1);
            return [new DateTimeOffset(reading, zone.GetUtcOffset(reading)).ToUniversalTime()];
        }

        if (!zone.IsAmbiguousTime(reading)) return [new DateTimeOffset(reading, zone.GetUtcOffset(reading)).ToUniversalTime()];
        var both = zone.GetAmbiguousTimeOffsets(reading).Select(offset => new DateTimeOffset(reading, offset).ToUniversalTime()).Order();
        return IsInterval ? both : both.Take(1);
    }
}
