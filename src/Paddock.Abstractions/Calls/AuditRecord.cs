namespace Paddock;

/// <summary>What was decided about one effect, kept to be shown later. Values of arguments and results are not in it.</summary>
public sealed record AuditRecord
{
    /// <summary>When, by the host's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Tenant of the plugin.</summary>
    public required string Tenant { get; init; }

    /// <summary>On whose behalf.</summary>
    public required string Actor { get; init; }

    /// <summary>The plugin concerned, if one is.</summary>
    public string? PluginId { get; init; }

    /// <summary>The execution it belongs to, if one is.</summary>
    public string? ExecutionId { get; init; }

    /// <summary>What was asked: a host function (<c>files.read</c>) or an act of a person (<c>permission.grant</c>).</summary>
    public required string Action { get; init; }

    /// <summary>To what: a path, a key; already cleaned of control characters and cut to 512 characters.</summary>
    public string? Target { get; init; }

    /// <summary>Whether it was allowed.</summary>
    public required bool Allowed { get; init; }

    /// <summary>The code of the refusal or failure; null when all went well.</summary>
    public string? Code { get; init; }

    /// <summary>The grant that allowed it, if one did.</summary>
    public string? GrantId { get; init; }

    /// <summary>SHA-256 (lower-case hex) of the arguments as they came; null where there are none. The arguments themselves are nowhere.</summary>
    public string? ArgumentsDigest { get; init; }

    /// <summary>How many equal acts this record stands for. More than 1 only for reads and calls that came within one group commit; the time is the first's.</summary>
    public long Times { get; init; } = 1;
}

/// <summary>Keeps audit records. An effect whose record cannot be kept is not performed.</summary>
public interface IAuditSink
{
    /// <summary>Keeps one record, durably before it returns.</summary>
    ValueTask WriteAsync(AuditRecord record, CancellationToken cancellationToken);

    /// <summary>Keeps one record soon: it is durable within 50 ms, together with others, and a crash before that loses it. For reads only. Never blocks; throws when records come faster than they can be kept.</summary>
    void Post(AuditRecord record);
}

/// <summary>A plugin's own persisted values. Implementations keep plugins apart by tenant and plugin id, and survive a crash after they return.</summary>
public interface IKeyValueStore
{
    /// <summary>The value, or null.</summary>
    ValueTask<byte[]?> GetAsync(string tenant, string pluginId, string key, CancellationToken cancellationToken);

    /// <summary>Sets a value unless that would exceed <paramref name="quotaBytes"/> (keys and values in UTF-8 bytes, of one plugin) or <paramref name="quotaKeys"/>; false then, and nothing changes.</summary>
    ValueTask<bool> SetAsync(string tenant, string pluginId, string key, ReadOnlyMemory<byte> value, long quotaBytes, int quotaKeys, CancellationToken cancellationToken);

    /// <summary>Removes a key; false when there was none.</summary>
    ValueTask<bool> DeleteAsync(string tenant, string pluginId, string key, CancellationToken cancellationToken);

    /// <summary>Keys that start with <paramref name="prefix"/>, ordinal order, at most <paramref name="limit"/>.</summary>
    ValueTask<IReadOnlyList<string>> ListAsync(string tenant, string pluginId, string prefix, int limit, CancellationToken cancellationToken);
}
