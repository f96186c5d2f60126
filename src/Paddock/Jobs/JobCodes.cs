namespace Paddock;

/// <summary>The stable codes of jobs: of findings about them, and of why a run did not complete.</summary>
public static class JobCodes
{
    /// <summary>A finding: the schedule cannot be read.</summary>
    public const string ScheduleInvalid = "JOB_SCHEDULE_INVALID";

    /// <summary>A finding: the schedule can be read and names no time at all (30 February).</summary>
    public const string ScheduleEmpty = "JOB_SCHEDULE_EMPTY";

    /// <summary>A finding: there is no such time zone.</summary>
    public const string TimeZoneUnknown = "JOB_TIME_ZONE_UNKNOWN";

    /// <summary>A finding: the timeout is not within 1 s to 24 h.</summary>
    public const string TimeoutInvalid = "JOB_TIMEOUT_INVALID";

    /// <summary>A finding (a warning): this host runs no jobs.</summary>
    public const string NoScheduler = "NO_SCHEDULER";

    /// <summary>Skipped: another run of the job was under way.</summary>
    public const string Overlap = "JOB_OVERLAP";

    /// <summary>Skipped: its time had passed before it could begin.</summary>
    public const string Misfired = "JOB_MISFIRED";

    /// <summary>Skipped: the plugin does not contribute the job any more, or in another version.</summary>
    public const string Removed = "JOB_REMOVED";

    /// <summary>Interrupted: the host stopped, and told it so.</summary>
    public const string HostStopping = "HOST_STOPPING";

    /// <summary>Interrupted: the host ended without a word. Found at its next start.</summary>
    public const string Lost = "JOB_LOST";
}
