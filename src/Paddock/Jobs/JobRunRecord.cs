namespace Paddock;

/// <summary>One run of a job as it was recorded: before it begins, and again after it ends.</summary>
public sealed record JobRunRecord
{
    /// <summary>Grows with each run.</summary>
    public required long Id { get; init; }

    /// <summary>Name of the plugin.</summary>
    public required string Plugin { get; init; }

    /// <summary>Digest of the version whose job it was.</summary>
    public required string Digest { get; init; }

    /// <summary>The job's id within the plugin.</summary>
    public required string Job { get; init; }

    /// <summary>Who had it run: <see cref="JobRunStart.ByTheClock"/>, or the operator who asked.</summary>
    public required string Actor { get; init; }

    /// <summary>When it was due; by an operator's wish, when that came.</summary>
    public required DateTimeOffset ScheduledAt { get; init; }

    /// <summary>When it began; null while it waits for another run of the job, and for ever if it was skipped.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What came of it.</summary>
    public required JobOutcome Outcome { get; init; }

    /// <summary>Why it did not complete: a code of <see cref="JobCodes"/>, <see cref="ErrorCodes"/> or <see cref="ServiceErrorCodes"/>; null when it did, and while it is under way.</summary>
    public string? Code { get; init; }

    /// <summary>The same for people, at most 512 characters.</summary>
    public string? Message { get; init; }

    /// <summary>Id of the execution's record; null where no code ran.</summary>
    public string? ExecutionId { get; init; }

    /// <summary>From begin to end; null where there is not both.</summary>
    public TimeSpan? Duration => EndedAt - StartedAt;
}

/// <summary>What came of a run.</summary>
public enum JobOutcome
{
    /// <summary>Not ended: under way, or waiting for another run of the job.</summary>
    Running,

    /// <summary>The function returned.</summary>
    Completed,

    /// <summary>The function failed, reached a limit, or was refused.</summary>
    Failed,

    /// <summary>It never began.</summary>
    Skipped,

    /// <summary>The host ended while it was under way. Whether all of its effects happened is not known.</summary>
    Interrupted,
}
