using Paddock.Store;

namespace Paddock.Jobs;

/// <summary>A run as it is stored, with the name of its plugin.</summary>
internal sealed class JobRunRow
{
    public const string Columns = "t.id, p.name AS Plugin, t.digest, t.job, t.actor, t.scheduled_at AS ScheduledAt, t.started_at AS StartedAt, t.ended_at AS EndedAt, t.outcome, t.code, t.message, t.execution_id AS ExecutionId";

    public long Id { get; set; }

    public string Plugin { get; set; } = "";

    public string Digest { get; set; } = "";

    public string Job { get; set; } = "";

    public string Actor { get; set; } = "";

    public long ScheduledAt { get; set; }

    public long? StartedAt { get; set; }

    public long? EndedAt { get; set; }

    public int Outcome { get; set; }

    public string? Code { get; set; }

    public string? Message { get; set; }

    public string? ExecutionId { get; set; }

    public JobRunRecord ToRecord() => new()
    {
        Id = Id,
        Plugin = Plugin,
        Digest = Digest,
        Job = Job,
        Actor = Actor,
        ScheduledAt = Time.Read(ScheduledAt),
        StartedAt = Time.Read(StartedAt),
        EndedAt = Time.Read(EndedAt),
        Outcome = (JobOutcome)Outcome,
        Code = Code,
        Message = Message,
        ExecutionId = ExecutionId,
    };
}
