namespace Paddock;

/// <summary>What plugins did lately, from memory: gone with the process. The audit is what is kept.</summary>
public interface IPluginInsight
{
    /// <summary>The newest log entries, newest first; of one plugin, or of all where <paramref name="plugin"/> is null. Operators only. At most 1,000 are kept for each plugin.</summary>
    Result<IReadOnlyList<PluginLogEntry>> Logs(Principal principal, string? plugin, LogSeverity least, int limit = 100);

    /// <summary>Forgets log entries; of one plugin, or of all. Operators only.</summary>
    Result<bool> ClearLogs(Principal principal, string? plugin);

    /// <summary>Counters of each plugin, by name. Operators only.</summary>
    Result<IReadOnlyDictionary<string, PluginStatistics>> Statistics(Principal principal);
}

/// <summary>A log entry and whose it is.</summary>
/// <param name="Plugin">Name of the plugin.</param>
/// <param name="Entry">The entry.</param>
public sealed record PluginLogEntry(string Plugin, LogEntry Entry);

/// <summary>What a plugin used since the host started.</summary>
public sealed record PluginStatistics
{
    /// <summary>Calls that ended.</summary>
    public long Calls { get; init; }

    /// <summary>Calls that did not complete.</summary>
    public long Failures { get; init; }

    /// <summary>Database queries.</summary>
    public long DbQueries { get; init; }

    /// <summary>Database statements that change something.</summary>
    public long DbExecs { get; init; }

    /// <summary>Cache operations.</summary>
    public long CacheOperations { get; init; }

    /// <summary>Outbound requests.</summary>
    public long HttpRequests { get; init; }

    /// <summary>Mails.</summary>
    public long Emails { get; init; }

    /// <summary>Calls of other plugins.</summary>
    public long PluginCalls { get; init; }

    /// <summary>Host calls that were denied.</summary>
    public long Denials { get; init; }

    /// <summary>When it was called last; null for never.</summary>
    public DateTimeOffset? LastCall { get; init; }
}
