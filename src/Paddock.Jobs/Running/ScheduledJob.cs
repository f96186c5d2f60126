using Paddock.Jobs.Schedules;

namespace Paddock.Jobs.Running;

/// <summary>What a job is known by in all versions of its plugin.</summary>
internal sealed record JobName(string Tenant, string Plugin, string Id);

/// <summary>A job of one version of a plugin.</summary>
/// <param name="Name">What it is known by.</param>
/// <param name="Digest">Digest of the version.</param>
/// <param name="Registration">What the plugin says of it.</param>
/// <param name="Schedule">When it is due; null where that cannot be read.</param>
internal sealed record ScheduledJob(JobName Name, string Digest, JobRegistration Registration, Schedule? Schedule)
{
    /// <summary>Whether it is to run by the clock.</summary>
    public bool IsScheduled => Registration.Enabled && Schedule is not null;

    /// <summary>Wall time of one run, within what a schedule check lets through, whether or not one was made.</summary>
    public TimeSpan Timeout => TimeSpan.FromTicks(Math.Clamp(Registration.Timeout.Ticks, ScheduleCheck.LeastTimeout.Ticks, ScheduleCheck.MostTimeout.Ticks));

    /// <summary>Whether both are due at the same times, so that what waits for one may go on for the other.</summary>
    public bool IsDueLike(ScheduledJob other) =>
        IsScheduled == other.IsScheduled && Registration.Schedule == other.Registration.Schedule && Registration.TimeZone == other.Registration.TimeZone;

    public static ScheduledJob Of(string tenant, Contributed<JobRegistration> contributed)
    {
        var registration = contributed.Value;
        var schedule = TimeZones.Find(registration.TimeZone) is { } zone ? ScheduleReader.Read(registration.Schedule, zone, out _) : null;
        return new(new JobName(tenant, contributed.Plugin, registration.Id), contributed.Digest, registration, schedule);
    }
}
