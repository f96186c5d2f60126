namespace Paddock.AspNetCore;

/// <summary>A job of a running plugin.</summary>
internal sealed record JobResponse
{
    public required string Plugin { get; init; }

    public required string Id { get; init; }

    public required string Description { get; init; }

    public required string Digest { get; init; }

    public required string Schedule { get; init; }

    public required string TimeZone { get; init; }

    public required bool Enabled { get; init; }

    public required double TimeoutSeconds { get; init; }

    /// <summary>skip, queue or allow.</summary>
    public required string Overlap { get; init; }

    public required bool CatchUp { get; init; }

    /// <summary>When it runs next; null where it is not enabled or its schedule names no further time.</summary>
    public DateTimeOffset? Next { get; init; }

    public JobRunResponse? Last { get; init; }

    public static JobResponse From(JobRecord job) => new()
    {
        Plugin = job.Plugin,
        Id = job.Registration.Id,
        Description = job.Registration.Description,
        Digest = job.Digest,
        Schedule = job.Registration.Schedule,
        TimeZone = job.Registration.TimeZone,
        Enabled = job.Registration.Enabled,
        TimeoutSeconds = job.Registration.Timeout.TotalSeconds,
        Overlap = JobNames.Of(job.Registration.Overlap),
        CatchUp = job.Registration.CatchUp,
        Next = job.Next,
        Last = job.Last is { } last ? JobRunResponse.From(last) : null,
    };
}

/// <summary>One run of a job. Without <c>startedAt</c> it waits for another run, or was skipped.</summary>
internal sealed record JobRunResponse
{
    public required long Id { get; init; }

    public required string Plugin { get; init; }

    public required string Job { get; init; }

    public required string Digest { get; init; }

    public required string Actor { get; init; }

    public required DateTimeOffset ScheduledAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public double? DurationMs { get; init; }

    /// <summary>running, completed, failed, skipped or interrupted.</summary>
    public required string Outcome { get; init; }

    public string? Code { get; init; }

    public string? Message { get; init; }

    public string? ExecutionId { get; init; }

    public static JobRunResponse From(JobRunRecord run) => new()
    {
        Id = run.Id,
        Plugin = run.Plugin,
        Job = run.Job,
        Digest = run.Digest,
        Actor = run.Actor,
        ScheduledAt = run.ScheduledAt,
        StartedAt = run.StartedAt,
        EndedAt = run.EndedAt,
        DurationMs = run.Duration?.TotalMilliseconds,
        Outcome = JobNames.Of(run.Outcome),
        Code = run.Code,
        Message = run.Message,
        ExecutionId = run.ExecutionId,
    };
}

/// <summary>How enumerations of jobs are written.</summary>
internal static class JobNames
{
    public static string Of(JobOverlap overlap) => overlap switch
    {
        JobOverlap.Skip => "skip",
        JobOverlap.Queue => "queue",
        JobOverlap.Allow => "allow",
        _ => throw new ArgumentOutOfRangeException(nameof(overlap)),
    };

    public static string Of(JobOutcome outcome) => outcome switch
    {
        JobOutcome.Running => "running",
        JobOutcome.Completed => "completed",
        JobOutcome.Failed => "failed",
        JobOutcome.Skipped => "skipped",
        JobOutcome.Interrupted => "interrupted",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };
}
