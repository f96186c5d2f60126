namespace Paddock.Jobs.Schedules;

/// <summary>Checks jobs by reading them as the scheduler will.</summary>
internal sealed class ScheduleCheck(TimeProvider clock) : IScheduleCheck
{
    public static readonly TimeSpan LeastTimeout = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan MostTimeout = TimeSpan.FromHours(24);

    public IReadOnlyList<Finding> Check(JobRegistration job, string path)
    {
        ArgumentNullException.ThrowIfNull(job);
        var findings = new List<Finding>();
        var zone = TimeZones.Find(job.TimeZone);
        if (zone is null) findings.Add(new Finding(JobCodes.TimeZoneUnknown, $"There is no time zone \"{Quote(job.TimeZone)}\".") { Path = path + ".timeZone", Mend = "Use a name of the IANA database, such as Europe/Vienna or UTC." });
        var schedule = ScheduleReader.Read(job.Schedule, zone ?? TimeZoneInfo.Utc, out string fault);
        if (schedule is null)
            findings.Add(new Finding(JobCodes.ScheduleInvalid, "The schedule cannot be read. " + Quote(fault)) { Path = path + ".schedule", Mend = "Write five fields (30 2 * * MON-FRI) or a descriptor (@daily, @every 1h30m)." });
        else if (schedule.Next(clock.GetUtcNow()) is null)
            findings.Add(new Finding(JobCodes.ScheduleEmpty, "The schedule names no time at all.") { Path = path + ".schedule", Mend = "Choose a day that the month has." });
        if (job.Timeout < LeastTimeout || job.Timeout > MostTimeout)
            findings.Add(new Finding(JobCodes.TimeoutInvalid, "The timeout is not within 1 second to 24 hours.") { Path = path + ".timeout", Mend = "Leave it out for 300 seconds." });
        return findings;
    }

    // Texts of a plugin go to terminals and logs.
    private static string Quote(string text)
    {
        string cut = text.Length > 120 ? text[..120] + "…" : text;
        return string.Concat(cut.Select(c => char.IsControl(c) ? '\uFFFD' : c));
    }
}
