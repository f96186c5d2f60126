namespace Paddock.HostApi;

/// <summary>What a plugin used since the host started.</summary>
public sealed record PluginUsage
{
    /// <summary>Host calls, denied ones included.</summary>
    public long HostCalls { get; init; }

    /// <summary>Database queries.</summary>
    public long DbQueries { get; init; }

    /// <summary>Database statements that change something.</summary>
    public long DbExecs { get; init; }

    /// <summary>Cache operations.</summary>
    public long CacheOperations { get; init; }

    /// <summary>Operations on its own values.</summary>
    public long KvOperations { get; init; }

    /// <summary>Outbound requests.</summary>
    public long HttpRequests { get; init; }

    /// <summary>Mails.</summary>
    public long Emails { get; init; }

    /// <summary>Calls of other plugins.</summary>
    public long PluginCalls { get; init; }

    /// <summary>Operations on files.</summary>
    public long FileOperations { get; init; }

    /// <summary>Host calls that were let through and failed.</summary>
    public long Errors { get; init; }

    /// <summary>Host calls that were not let through.</summary>
    public long Denials { get; init; }

    /// <summary>Bytes of the arguments it sent.</summary>
    public long BytesIn { get; init; }

    /// <summary>Bytes of the replies it got.</summary>
    public long BytesOut { get; init; }

    /// <summary>When it called the host last; null for never.</summary>
    public DateTimeOffset? LastHostCall { get; init; }
}
