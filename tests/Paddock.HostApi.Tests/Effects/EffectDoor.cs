using System.Text;
using System.Text.Json;
using Paddock.HostApi.Files;

namespace Paddock.HostApi.Tests.Effects;

/// <summary>A door with these groups, whose grants and audit are held here. Any plugin can knock.</summary>
internal sealed class EffectDoor : IGrantSource, IAuditSink, IKeyValueStore
{
    private readonly List<Grant> _grants = [];

    public EffectDoor(params HostFunctionGroup[] groups)
        : this(TimeProvider.System, groups)
    {
    }

    public EffectDoor(TimeProvider clock, params HostFunctionGroup[] groups)
        : this(clock, null, groups)
    {
    }

    public EffectDoor(TimeProvider clock, GrantableRoots? roots, params HostFunctionGroup[] groups) =>
        Door = new HostDoor(this, this, this, clock, new HostApiOptions { OnFault = (_, e) => Faults.Add(e) }, groups, roots: roots);

    public HostDoor Door { get; }

    public List<AuditRecord> Audit { get; } = [];

    public List<Exception> Faults { get; } = [];

    /// <summary>Keys that look like secrets and that the plugins' policies name.</summary>
    public IReadOnlyList<string> SensitiveConfigKeys { get; set; } = [];

    public static HostCallScope Scope(string plugin = "stats", string tenant = Principal.DefaultTenant) =>
        new(tenant, "author", "id-" + plugin, "digest", "exe") { PluginName = plugin };

    public EffectDoor Grant(PermissionType type, Access access, params string[] scope) => GrantTo("stats", type, access, scope);

    public EffectDoor GrantTo(string plugin, PermissionType type, Access access, params string[] scope)
    {
        lock (_grants) _grants.Add(new Grant($"g{_grants.Count}", "id-" + plugin, "digest", new Permission(type, access, scope), DateTimeOffset.MaxValue));
        return this;
    }

    public void Revoke()
    {
        lock (_grants) _grants.Clear();
    }

    /// <summary>A channel of one call, of a plugin whose manifest asks for all that programs can reach by themselves.</summary>
    public IHostChannel Channel(Access files = Access.Read | Access.Write, bool http = true) => Door.Open(Scope() with { AsksForFiles = files, AsksForHttp = http });

    public Task<HostReply> Call(string function, object arguments) => Call(Scope(), function, arguments);

    public Task<HostReply> Call(HostCallScope scope, string function, object arguments) => CallRaw(scope, function, JsonSerializer.Serialize(arguments));

    public async Task<HostReply> CallRaw(HostCallScope scope, string function, string json) =>
        await Door.Open(scope).InvokeAsync(function, Encoding.UTF8.GetBytes(json), TestContext.Current.CancellationToken);

    public async Task<string?> Code(string function, object arguments) => (await Call(function, arguments)).Error?.Code;

    public async Task<JsonElement> Value(string function, object arguments) => Value(await Call(function, arguments));

    public static JsonElement Value(HostReply reply)
    {
        Assert.True(reply.Error is null, reply.Error?.ToString());
        using var document = JsonDocument.Parse(reply.Value);
        return document.RootElement.Clone();
    }

    public string AuditText()
    {
        lock (Audit) return JsonSerializer.Serialize(Audit);
    }

    public GrantSet ActiveGrants(string tenant, string pluginId, string digest)
    {
        lock (_grants) return new GrantSet([.. _grants.Where(g => g.PluginId == pluginId)]) { Rates = new RateLimits(100_000, 100_000, 100_000, 100_000), SensitiveConfigKeys = SensitiveConfigKeys };
    }

    public bool AuditFails { get; set; }

    public void Post(AuditRecord record)
    {
        if (AuditFails) throw new IOException("the disk is full");
        lock (Audit) Audit.Add(record);
    }

    public ValueTask WriteAsync(AuditRecord record, CancellationToken cancellationToken)
    {
        Post(record);
        return ValueTask.CompletedTask;
    }

    public ValueTask<byte[]?> GetAsync(string tenant, string pluginId, string key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<bool> SetAsync(string tenant, string pluginId, string key, ReadOnlyMemory<byte> value, long quotaBytes, int quotaKeys, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<bool> DeleteAsync(string tenant, string pluginId, string key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<string>> ListAsync(string tenant, string pluginId, string prefix, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();
}
