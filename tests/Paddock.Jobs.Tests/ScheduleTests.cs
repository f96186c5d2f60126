using Paddock.Jobs.Schedules;

namespace Paddock.Jobs.Tests;

public sealed class ScheduleTests
{
    private static readonly TimeZoneInfo Vienna = Zone("Europe/Vienna");

    public static TheoryData<string, string, string> Descriptors => new()
    {
        { "@yearly", "2030-06-15T12:00:00Z", "2031-01-01T00:00:00Z" },
        { "@annually", "2030-06-15T12:00:00Z", "2031-01-01T00:00:00Z" },
        { "@monthly", "2030-06-15T12:00:00Z", "2030-07-01T00:00:00Z" },
        { "@weekly", "2030-06-15T12:00:00Z", "2030-06-16T00:00:00Z" },
        { "@daily", "2030-06-15T12:00:00Z", "2030-06-16T00:00:00Z" },
        { "@midnight", "2030-06-15T12:00:00Z", "2030-06-16T00:00:00Z" },
        { "@hourly", "2030-06-15T12:00:00Z", "2030-06-15T13:00:00Z" },
        { "@every 1h30m", "2030-06-15T12:00:00Z", "2030-06-15T13:30:00Z" },
        { "@every 90s", "2030-06-15T12:00:00Z", "2030-06-15T12:01:30Z" },
        { "@every 0.5h", "2030-06-15T12:10:00Z", "2030-06-15T12:30:00Z" },
        { "@every 1.9s", "2030-06-15T12:00:00Z", "2030-06-15T12:00:01Z" },
        { "@every  24h", "2030-06-15T12:00:00Z", "2030-06-16T00:00:00Z" },
        { "30 2 * * 7", "2030-06-15T12:00:00Z", "2030-06-16T02:30:00Z" },
        { "30 2 * * 0", "2030-06-15T12:00:00Z", "2030-06-16T02:30:00Z" },
        { "30 2 * * Sun", "2030-06-15T12:00:00Z", "2030-06-16T02:30:00Z" },
        { "30 2 ? * 6-7", "2030-06-16T12:00:00Z", "2030-06-22T02:30:00Z" },
        { "  0\t4   1  jan-MAR/2   * ", "2030-01-15T00:00:00Z", "2030-03-01T04:00:00Z" },
        { "0 0 13 * FRI", "2030-06-07T00:00:00Z", "2030-06-13T00:00:00Z" },
        { "0 0 13 * FRI", "2030-06-13T00:00:00Z", "2030-06-14T00:00:00Z" },
        { "0 0 */2 * MON", "2030-06-09T00:00:00Z", "2030-06-10T00:00:00Z" },
        { "0 0 1,* * MON", "2030-06-11T00:00:00Z", "2030-06-17T00:00:00Z" },
        { "0 0 29 2 *", "2030-01-01T00:00:00Z", "2032-02-29T00:00:00Z" },
    };

    [Theory]
    [MemberData(nameof(Descriptors))]
    public void Next_OfASchedule_IsTheTableS(string text, string after, string next) =>
        Assert.Equal(Utc(next), Read(text, TimeZoneInfo.Utc).Next(Utc(after)));

    [Theory]
    [InlineData("")]
    [InlineData("* * * *")]
    [InlineData("* * * * * *")]
    [InlineData("60 * * * *")]
    [InlineData("* 24 * * *")]
    [InlineData("* * 0 * *")]
    [InlineData("* * 32 * *")]
    [InlineData("* * * 13 *")]
    [InlineData("* * * * 8")]
    [InlineData("* * * * 5-2")]
    [InlineData("*/0 * * * *")]
    [InlineData("*/-1 * * * *")]
    [InlineData("1-2-3 * * * *")]
    [InlineData("1/2/3 * * * *")]
    [InlineData("1,,2 * * * *")]
    [InlineData("? * * * *")]
    [InlineData("* * L * *")]
    [InlineData("* * 15W * *")]
    [InlineData("* * * * MON#1")]
    [InlineData("* * * JANUARY *")]
    [InlineData("+1 * * * *")]
    [InlineData("٣ * * * *")]
    [InlineData("1 2 3 4 5;")]
    [InlineData("@reboot")]
    [InlineData("@DAILY")]
    [InlineData("@every")]
    [InlineData("@every 0s")]
    [InlineData("@every 999ms")]
    [InlineData("@every -1h")]
    [InlineData("@every 1")]
    [InlineData("@every 1d")]
    [InlineData("@every 9000h")]
    [InlineData("@every 99999999999h99999999999h")]
    [InlineData("@every 9999999999999999999999999999999999999h")]
    [InlineData("CRON_TZ=UTC 0 0 * * *")]
    [InlineData("4294967297 * * * *")]
    public void Read_WhatIsNoSchedule_IsRefused(string text) =>
        Assert.Null(ScheduleReader.Read(text, TimeZoneInfo.Utc, out _));

    [Fact]
    public void Read_TextWithoutEnd_IsRefused() =>
        Assert.Null(ScheduleReader.Read(string.Join(',', Enumerable.Repeat("1", 100_000)) + " * * * *", TimeZoneInfo.Utc, out _));

    public static TheoryData<string, string, string[]> ClockChanges => new()
    {
        // 31 March 2030, 2:00 becomes 3:00. What names a reading that does not exist runs once, at the first moment after it.
        { "30 2 * * *", "2030-03-30T12:00:00Z", ["2030-03-31T01:00:00Z", "2030-04-01T00:30:00Z"] },
        { "15,45 2 * * *", "2030-03-30T12:00:00Z", ["2030-03-31T01:00:00Z", "2030-04-01T00:15:00Z"] },
        { "0 2,3 * * *", "2030-03-30T12:00:00Z", ["2030-03-31T01:00:00Z", "2030-04-01T00:00:00Z"] },
        { "30 * * * *", "2030-03-31T00:00:00Z", ["2030-03-31T00:30:00Z", "2030-03-31T01:00:00Z", "2030-03-31T01:30:00Z"] },
        { "0 4 * * *", "2030-03-30T12:00:00Z", ["2030-03-31T02:00:00Z", "2030-04-01T02:00:00Z"] },
        // 27 October 2030, 3:00 becomes 2:00. A fixed time is due once, a schedule with *, a range or a step both times.
        { "30 2 * * *", "2030-10-26T12:00:00Z", ["2030-10-27T00:30:00Z", "2030-10-28T01:30:00Z"] },
        { "30 * * * *", "2030-10-27T00:00:00Z", ["2030-10-27T00:30:00Z", "2030-10-27T01:30:00Z", "2030-10-27T02:30:00Z"] },
        { "*/30 2 * * *", "2030-10-26T12:00:00Z", ["2030-10-27T00:00:00Z", "2030-10-27T00:30:00Z", "2030-10-27T01:00:00Z", "2030-10-27T01:30:00Z", "2030-10-28T01:00:00Z"] },
        { "0 3 * * *", "2030-10-26T12:00:00Z", ["2030-10-27T02:00:00Z", "2030-10-28T02:00:00Z"] },
        { "@every 1h", "2030-10-27T00:00:00Z", ["2030-10-27T01:00:00Z", "2030-10-27T02:00:00Z"] },
    };

    [Theory]
    [MemberData(nameof(ClockChanges))]
    public void Next_WhereClocksAreChanged_IsTheTableS(string text, string after, string[] times)
    {
        var schedule = Read(text, Vienna);
        var at = Utc(after);
        foreach (string time in times)
        {
            at = schedule.Next(at)!.Value;
            Assert.Equal(Utc(time), at);
        }
    }

    [Fact]
    public void Next_OfRandomSchedules_IsWhatTheyMean()
    {
        string[] zones = ["UTC", "Europe/Vienna", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Santiago"];
        for (int seed = 0; seed < 900; seed++)
        {
            var random = new RandomSchedule(seed);
            var zone = Zone(zones[seed % zones.Length]);
            var schedule = Read(random.Text, zone);
            // Every third begins where clocks are about to change.
            var from = new DateTimeOffset(2029, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(seed * 977L % (365 * 1440));
            if (seed % 3 == 0) from = BeforeChange(zone, from);
            var expected = random.Meaning.Times(from, 120, zone, 40);
            var at = from;
            foreach (var time in expected)
            {
                var next = schedule.Next(at);
                Assert.True(time == next, $"seed {seed}: {random.Text} in {zone.Id} after {at:u}: {next:u} instead of {time:u}");
                at = time;
            }
        }
    }

    [Fact]
    public void Last_OfRandomSchedules_IsTheOneThatTheNextFollows()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new RandomSchedule(seed);
            var schedule = Read(random.Text, Vienna);
            var from = BeforeChange(Vienna, new DateTimeOffset(2029, 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays(seed));
            foreach (var time in random.Meaning.Times(from, 40, Vienna, 20))
            {
                Assert.True(time == schedule.Last(time), $"seed {seed}: {random.Text} at {time:u}: {schedule.Last(time):u}");
                Assert.Equal(time, schedule.Last(time.AddSeconds(59.5)));
            }
        }
    }

    [Theory]
    [InlineData("@every 1s", "2030-06-15T12:00:00.5Z", "2030-06-15T12:00:00Z")]
    [InlineData("@every 7m", "1970-01-01T00:06:59Z", "1970-01-01T00:00:00Z")]
    [InlineData("0 12 * * *", "2030-06-15T12:00:00Z", "2030-06-15T12:00:00Z")]
    [InlineData("0 12 * * *", "2030-06-15T11:59:59.9Z", "2030-06-14T12:00:00Z")]
    public void Last_OfASchedule_IsAtOrBefore(string text, string at, string last) =>
        Assert.Equal(Utc(last), Read(text, TimeZoneInfo.Utc).Last(Utc(at)));

    private static Schedule Read(string text, TimeZoneInfo zone)
    {
        var schedule = ScheduleReader.Read(text, zone, out string fault);
        Assert.True(schedule is not null, $"{text}: {fault}");
        return schedule;
    }

    private static DateTimeOffset BeforeChange(TimeZoneInfo zone, DateTimeOffset from)
    {
        for (int hour = 0; hour < 400 * 24; hour++)
        {
            var at = from.AddHours(hour);
            if (zone.GetUtcOffset(at) != zone.GetUtcOffset(at.AddHours(1))) return at.AddHours(-5);
        }

        return from;
    }

    private static TimeZoneInfo Zone(string name) => TimeZones.Find(name)!;

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
