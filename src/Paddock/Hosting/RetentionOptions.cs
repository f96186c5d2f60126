namespace Paddock;

/// <summary>What is kept, and how long. Whatever is older or beyond the count is removed, oldest first.</summary>
public sealed class RetentionOptions
{
    /// <summary>How long executions are kept, with results and logs. Default 30 days.</summary>
    public TimeSpan Executions { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Most executions of one plugin. Default 1,000.</summary>
    public int ExecutionsPerPlugin { get; set; } = 1000;

    /// <summary>How long log entries are kept; never longer than their execution. Default 14 days.</summary>
    public TimeSpan Logs { get; set; } = TimeSpan.FromDays(14);

    /// <summary>Most log entries in all. Default 1,000,000.</summary>
    public int LogEntries { get; set; } = 1_000_000;

    /// <summary>How long audit records are kept. Default 365 days.</summary>
    public TimeSpan Audit { get; set; } = TimeSpan.FromDays(365);

    /// <summary>Most audit records in all. Default 5,000,000.</summary>
    public int AuditRecords { get; set; } = 5_000_000;

    /// <summary>How long recorded calls are kept. Default 7 days.</summary>
    public TimeSpan Replays { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Most bytes that recorded calls take in all. Default 1 GiB.</summary>
    public long ReplayBytes { get; set; } = 1L << 30;

    /// <summary>How often is looked. Default 10 minutes.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(10);
}
