using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;

namespace Paddock.HostApi.Tests;

/// <summary>A door on a real directory, with grants, audit and kv held in memory at our own seams.</summary>
public sealed class DoorFixture : IDisposable, IGrantSource, IAuditSink, IKeyValueStore
{
    private readonly List<Grant> _grants = [];
    private readonly ConcurrentDictionary<string, byte[]> _values = new();

    public DoorFixture()
    {
        Base = Directory.CreateTempSubdirectory("paddock-door-").FullName;
        Root = Directory.CreateDirectory(Path.Combine(Base, "data")).FullName;
        Door = new HostDoor(this, this, this, options: Options());
        Channel = Door.Open(new HostCallScope("default", "author", "plg", "digest", "exe"));
    }

    public string Base { get; }

    public string Root { get; }

    public HostDoor Door { get; }

    public IHostChannel Channel { get; }

    public List<AuditRecord> Audit { get; } = [];

    public bool AuditFails { get; set; }

    public bool GrantsFail { get; set; }

    public ConcurrentQueue<Exception> Faults { get; } = [];

    public HostApiOptions Options() => new() { FileBytes = 64 << 10, ListedEntries = 50, OnFault = (_, e) => Faults.Enqueue(e) };

    public void Grant(PermissionType type, Access access, params string[] scope) =>
        _grants.Add(new Grant($"g{_grants.Count}", "plg", "digest", new Permission(type, access, scope), DateTimeOffset.MaxValue));

    public void GrantRaw(Grant grant) => _grants.Add(grant);

    public void RevokeAll() => _grants.Clear();

    public async Task<HostReply> Call(string function, object arguments) =>
        await Channel.InvokeAsync(function, JsonSerializer.SerializeToUtf8Bytes(arguments), TestContext.Current.CancellationToken);

    public async Task<HostReply> CallRaw(string function, string json) =>
        await Channel.InvokeAsync(function, Encoding.UTF8.GetBytes(json), TestContext.Current.CancellationToken);

    public static string Text(HostReply reply) => Encoding.UTF8.GetString(reply.Value.Span);

    public GrantSet ActiveGrants(string tenant, string pluginId, string digest) =>
        GrantsFail ? throw new IOException("the store is gone") :
        tenant == "default" && pluginId == "plg" && digest == "digest" ? new GrantSet([.. _grants]) : GrantSet.Empty;

    public void Post(AuditRecord record)
    {
        if (AuditFails) throw new IOException("the disk is full");
        lock (Audit) Audit.Add(record);
    }

    public ValueTask WriteAsync(AuditRecord record, CancellationToken cancellationToken)
    {
        if (AuditFails) throw new IOException("the disk is full");
        lock (Audit) Audit.Add(record);
        return ValueTask.CompletedTask;
    }

    public ValueTask<byte[]?> GetAsync(string tenant, string pluginId, string key, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_values.GetValueOrDefault(key));

    public ValueTask<bool> SetAsync(string tenant, string pluginId, string key, ReadOnlyMemory<byte> value, long quotaBytes, int quotaKeys, CancellationToken cancellationToken)
    {
        _values[key] = value.ToArray();
        return ValueTask.FromResult(true);
    }

    public ValueTask<bool> DeleteAsync(string tenant, string pluginId, string key, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_values.TryRemove(key, out _));

    public ValueTask<IReadOnlyList<string>> ListAsync(string tenant, string pluginId, string prefix, int limit, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<string>>([.. _values.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Take(limit)]);

    public void Dispose() => Directory.Delete(Base, recursive: true);
}
