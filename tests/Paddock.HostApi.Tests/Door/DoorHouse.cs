using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;

namespace Paddock.HostApi.Tests.Door;

/// <summary>A door with functions that only note what they did, ledgers and a clock that stands still; plugins by id, each with a set of grants that can be replaced at any time.</summary>
internal sealed class DoorHouse : IGrantSource, IAuditSink, IKeyValueStore
{
    private readonly ConcurrentDictionary<string, GrantSet> _sets = new();

    public DoorHouse(HostApiOptions? options = null)
    {
        Options = options ?? new HostApiOptions();
        Ledgers = new PluginLedgers(Clock);
        Door = NewDoor();
    }

    public StillClock Clock { get; } = new();

    public HostApiOptions Options { get; }

    public PluginLedgers Ledgers { get; }

    public HostDoor Door { get; private set; }

    public ConcurrentQueue<string> Performed { get; } = [];

    public List<(AuditRecord Record, bool Posted)> Audit { get; } = [];

    public bool AuditFails { get; set; }

    /// <summary>Called while a function is being performed.</summary>
    public Func<Task> Meanwhile { get; set; } = () => Task.CompletedTask;

    public static HostCallScope Scope(string plugin = "a", string digest = "d") => new("default", "author", plugin, digest, "exe") { PluginName = plugin };

    public static Grant Grant(string plugin, PermissionType type, Access access, params string[] scope) => new($"{plugin}-{type}", plugin, "d", new Permission(type, access, scope), DateTimeOffset.MaxValue);

    public DoorHouse Set(string plugin, GrantSet set)
    {
        _sets[plugin] = set;
        return this;
    }

    public DoorHouse Give(string plugin, RateLimits? rates = null, Observation? observation = null) =>
        Set(plugin, new GrantSet(
        [
            Grant(plugin, PermissionType.Db, Access.Read | Access.Write, "*"), Grant(plugin, PermissionType.Http, Access.Execute, "*"),
            Grant(plugin, PermissionType.Email, Access.Execute, "@example.com"), Grant(plugin, PermissionType.PluginCall, Access.Execute, "*"),
        ]) { Rates = rates ?? new RateLimits(3, 3, 3, 3), Observation = observation });

    /// <summary>A door as after a reload: everything new but the ledgers.</summary>
    public HostDoor NewDoor(PluginLedgers? ledgers = null) => Door = new HostDoor(this, this, this, Clock, Options, [new NotingFunctions(this)], ledgers ?? Ledgers);

    public Task<HostReply> Call(string function, string key = "k") => Call(Scope(), function, key);

    public async Task<HostReply> Call(HostCallScope scope, string function, string key = "k") =>
        await Door.Open(scope).InvokeAsync(function, JsonSerializer.SerializeToUtf8Bytes(new { key }), TestContext.Current.CancellationToken);

    public async Task<string?> Code(string function, string key = "k") => (await Call(function, key)).Error?.Code;

    public GrantSet ActiveGrants(string tenant, string pluginId, string digest) => _sets.GetValueOrDefault(pluginId, GrantSet.Empty);

    public void Post(AuditRecord record) => Keep(record, true);

    public ValueTask WriteAsync(AuditRecord record, CancellationToken cancellationToken)
    {
        Keep(record, false);
        return ValueTask.CompletedTask;
    }

    public ValueTask<byte[]?> GetAsync(string tenant, string pluginId, string key, CancellationToken cancellationToken) => new((byte[]?)null);

    public ValueTask<bool> SetAsync(string tenant, string pluginId, string key, ReadOnlyMemory<byte> value, long quotaBytes, int quotaKeys, CancellationToken cancellationToken) => new(true);

    public ValueTask<bool> DeleteAsync(string tenant, string pluginId, string key, CancellationToken cancellationToken) => new(true);

    public ValueTask<IReadOnlyList<string>> ListAsync(string tenant, string pluginId, string prefix, int limit, CancellationToken cancellationToken) => new([]);

    private void Keep(AuditRecord record, bool posted)
    {
        if (AuditFails) throw new IOException("the disk is full");
        lock (Audit) Audit.Add((record, posted));
    }

    internal sealed class StillClock : TimeProvider
    {
        private long _timestamp = 1_000_000;

        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch.AddYears(56);

        public override long TimestampFrequency => 1_000_000;

        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => _timestamp;

        /// <summary>Time goes on.</summary>
        public void Pass(TimeSpan time)
        {
            _timestamp += (long)time.TotalMicroseconds;
            Now += time;
        }
    }

    private sealed class NotingFunctions(DoorHouse house) : HostFunctionGroup
    {
        internal override IEnumerable<HostFunction> Create(HostApiOptions options, TimeProvider clock) =>
        [
            new Noting(house, "db.query", PermissionType.Db, Access.Read, RateKind.Db), new Noting(house, "db.exec", PermissionType.Db, Access.Write, RateKind.Db),
            new Noting(house, "http.request", PermissionType.Http, Access.Execute, RateKind.Http), new Noting(house, "email.send", PermissionType.Email, Access.Execute, RateKind.Email),
            new Noting(house, "cache.get", PermissionType.Cache, Access.Read, RateKind.None), new Noting(house, "time.now", null, Access.None, RateKind.None),
        ];
    }

    /// <summary>Takes {key}: what the scope is to cover, and for db.query what it then touches.</summary>
    private sealed class Noting(DoorHouse house, string name, PermissionType? permission, Access access, RateKind rate) : HostFunction(name, permission, access, "key")
    {
        internal override RateKind Rate { get; } = rate;

        internal override string Target(JsonElement arguments) => Arguments.Text(arguments, "key");

        internal override bool Covers(Permission granted, JsonElement arguments)
        {
            if (granted.Scope is ["*"]) return true;
            var key = Arguments.Text(arguments, "key");
            return granted.Scope.Any(e => ScopeEntry.Covers(granted.Type, e, key));
        }

        internal override async ValueTask<HostReply> PerformAsync(HostCall call, CancellationToken cancellationToken)
        {
            var key = Arguments.Text(call.Arguments, "key");
            house.Performed.Enqueue($"{call.Scope.PluginId} {Name} {key}");
            if (Permission == PermissionType.Db) call.Touched(Access, key);
            await house.Meanwhile();
            return key == "fail" ? HostReply.Fail(ErrorCodes.NotFound, "none") : HostReply.Ok(Encoding.UTF8.GetBytes($"[{call.HeldNow().Count}]"));
        }
    }
}
