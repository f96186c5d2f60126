using System.Text;
using System.Text.Json;
using Paddock.HostApi.Databases;

namespace Paddock.HostApi.Tests.Databases;

/// <summary>A door with <c>db.query</c> and <c>db.exec</c> on real databases, for one plugin whose grants a test sets.</summary>
internal sealed class DatabaseFixture : IAsyncDisposable, IGrantSource, IAuditSink
{
    internal const string Canary = "CANARY-7f3a";

    private readonly DatabaseFunctions _functions;
    private readonly List<Grant> _grants = [];
    private readonly KeyValuesOfNobody _values = new();

    internal DatabaseFixture(DatabaseOptions options, IReadOnlyList<string>? reserved = null, TimeProvider? clock = null)
    {
        _functions = new DatabaseFunctions(options, reserved ?? []);
        Door = new HostDoor(this, _values, this, clock, new HostApiOptions { OnFault = (_, e) => Faults.Add(e) }, [_functions]);
        Channel = Open("plg");
    }

    internal HostDoor Door { get; }

    internal IHostChannel Channel { get; }

    internal List<Exception> Faults { get; } = [];

    internal List<AuditRecord> Audit { get; } = [];

    internal DatabaseFunctions Functions => _functions;

    /// <summary>How often grants were asked for.</summary>
    internal int Asked { get; private set; }

    /// <summary>Called with the number of the question, before it is answered.</summary>
    internal Action<int>? OnAsked { get; set; }

    internal DatabaseFixture Grant(Access access, params string[] scope)
    {
        _grants.Add(new Grant($"g{_grants.Count}", "plg", "digest", new Permission(PermissionType.Db, access, scope), DateTimeOffset.MaxValue));
        return this;
    }

    internal void RevokeAll() => _grants.Clear();

    internal IHostChannel Open(string plugin) => Door.Open(new HostCallScope("default", "author", plugin, "digest", "exe"));

    internal Task<HostReply> Query(string sql, params object?[] args) => Call("db.query", sql, args);

    internal Task<HostReply> Exec(string sql, params object?[] args) => Call("db.exec", sql, args);

    internal async Task<HostReply> Call(string function, string sql, object?[] args, string? database = null)
    {
        var arguments = new Dictionary<string, object?> { ["query"] = sql, ["args"] = args };
        if (database is not null) arguments["database"] = database;
        return await Channel.InvokeAsync(function, JsonSerializer.SerializeToUtf8Bytes(arguments), TestContext.Current.CancellationToken);
    }

    internal async Task<HostReply> Raw(string function, string json) =>
        await Channel.InvokeAsync(function, Encoding.UTF8.GetBytes(json), TestContext.Current.CancellationToken);

    internal static string Text(HostReply reply) => reply.Error is { } e ? $"{e.Code}: {e.Message}" : Encoding.UTF8.GetString(reply.Value.Span);

    public GrantSet ActiveGrants(string tenant, string pluginId, string digest)
    {
        OnAsked?.Invoke(++Asked);
        return pluginId == "plg" ? new GrantSet([.. _grants]) { Rates = new RateLimits(1_000_000, 1_000_000, 0, 0) } : GrantSet.Empty;
    }

    public ValueTask WriteAsync(AuditRecord record, CancellationToken cancellationToken)
    {
        Post(record);
        return ValueTask.CompletedTask;
    }

    public void Post(AuditRecord record)
    {
        lock (Audit) Audit.Add(record);
    }

    public ValueTask DisposeAsync() => _functions.DisposeAsync();

    /// <summary>The door wants a store of values; no test here has one.</summary>
    private sealed class KeyValuesOfNobody : IKeyValueStore
    {
        public ValueTask<byte[]?> GetAsync(string tenant, string pluginId, string key, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<bool> SetAsync(string tenant, string pluginId, string key, ReadOnlyMemory<byte> value, long quotaBytes, int quotaKeys, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<bool> DeleteAsync(string tenant, string pluginId, string key, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<string>> ListAsync(string tenant, string pluginId, string prefix, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
