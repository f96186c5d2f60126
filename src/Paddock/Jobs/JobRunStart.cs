namespace Paddock;

/// <summary>A run that is about to begin, to wait, or to be skipped.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Plugin">Name of the plugin.</param>
/// <param name="Digest">Digest of the version whose job it is.</param>
/// <param name="Job">The job's id.</param>
/// <param name="Actor">Who has it run.</param>
/// <param name="ScheduledAt">When it was due.</param>
public sealed record JobRunStart(string Tenant, string Plugin, string Digest, string Job, string Actor, DateTimeOffset ScheduledAt)
{
    /// <summary>The actor of a run that nobody asked for.</summary>
    public const string ByTheClock = "host";
}

/// <summary>How a run ended.</summary>
/// <param name="Outcome">What came of it; not <see cref="JobOutcome.Running"/>.</param>
/// <param name="Code">Why it did not complete; null when it did.</param>
/// <param name="Message">The same for people; cut to 512 characters.</param>
/// <param name="ExecutionId">Id of the execution's record; null where no code ran.</param>
public sealed record JobRunEnd(JobOutcome Outcome, string? Code = null, string? Message = null, string? ExecutionId = null);
