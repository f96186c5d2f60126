using System.Text.Json;

namespace Paddock.HostApi.Door;

/// <summary>What the door does about a host call before and after the effect, without the effect: to measure it. Decides for a plugin that reads its values, under a rate, among ten grants.</summary>
internal sealed class DoorProbe : IGrantSource, IDisposable
{
    private readonly GrantSet _set;
    private readonly HostFunction[] _functions;
    private readonly DoorKeeper _keeper;
    private readonly PluginLedger _ledger;
    private readonly HostCallScope _scope = new("default", "author", "plugin", "digest", "execution");
    private readonly JsonDocument _arguments = JsonDocument.Parse("""{"key":"app:settings"}"""u8.ToArray());

    internal DoorProbe()
    {
        _functions = [new Read()];
        var types = Enum.GetValues<PermissionType>();
        _set = new GrantSet([.. Enumerable.Range(0, 10).Select(i => new Grant($"g{i}", "plugin", "digest", new Permission(types[i % types.Length], Access.Read, ["other:", "app:"]), DateTimeOffset.MaxValue))])
        {
            Rates = new RateLimits(1, int.MaxValue - 1, 1, 1),
        };
        var ledgers = new PluginLedgers();
        _keeper = new DoorKeeper(this, ledgers, _functions, TimeProvider.System, new HostApiOptions());
        _ledger = _keeper.LedgerOf(_scope);
    }

    public GrantSet ActiveGrants(string tenant, string pluginId, string digest) => _set;

    public void Dispose() => _arguments.Dispose();

    /// <summary>One decision with its accounting; whether it was let through.</summary>
    internal bool Decide()
    {
        var now = Instant.Now(TimeProvider.System);
        _ledger.Began(now.Time);
        var decision = _keeper.Decide(0, _scope, _ledger, _arguments.RootElement, now);
        if (decision.Error is not null) return false;
        _ledger.Performing(_functions[0]);
        _ledger.Ended(24, 100);
        DoorMetrics.Ended(null, _functions[0].Name, _scope, TimeProvider.System.GetElapsedTime(now.Timestamp), null, 124);
        return decision.Grant is not null;
    }

    /// <summary>One that is denied.</summary>
    internal bool Denied() => _keeper.Decide(0, _scope with { PluginId = "another" }, _ledger, _arguments.RootElement, Instant.Now(TimeProvider.System)).Error is not null;

    private sealed class Read() : HostFunction("kv.get", PermissionType.Kv, Access.Read, "key")
    {
        internal override RateKind Rate => RateKind.Db;

        internal override string Target(JsonElement arguments) => Arguments.Text(arguments, "key");

        internal override bool Covers(Permission granted, JsonElement arguments) => Arguments.StartsWithOne(arguments, "key", granted.Scope);

        internal override ValueTask<HostReply> PerformAsync(HostCall call, CancellationToken cancellationToken) => ValueTask.FromResult(HostReply.Ok("null"u8.ToArray()));
    }
}
