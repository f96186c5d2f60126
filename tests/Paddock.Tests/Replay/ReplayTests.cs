using System.Text;
using Dapper;
using Paddock.Store;
using Paddock.Tests.Seam;
using static Paddock.Tests.Seam.HostFixture;

namespace Paddock.Tests.Replay;

/// <summary>Recorded calls and what comes of them when they run again.</summary>
public sealed class ReplayTests : IAsyncDisposable
{
    private readonly HostFixture _host = new(o => o.Retention.Replays = TimeSpan.FromDays(7));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IReplayService Replays => _host.Get<IReplayService>();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Replay_TimeRandomnessConcurrencyAndFailures_ComesToTheSameEnd()
    {
        var id = await RecordAsync("clock", "random 16", "together a,b,c,a", "invoke kv.get {\"key\":1}", "clock", "log hello");
        _host.Clock.Advance(TimeSpan.FromHours(1));
        _host.Tamper("UPDATE kv SET value = '\"changed\"'");
        var outcome = (await Replays.ReplayAsync(Operator, id, Ct)).Value;
        Assert.Null(outcome.Divergence);
        Assert.Equal(Text(outcome.Recorded), Text(outcome.Replayed));
        Assert.Contains("INVALID_ARGUMENT", Text(outcome.Replayed), StringComparison.Ordinal);
        Assert.Contains("value-a", Text(outcome.Replayed), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_OfAFailedCall_FailsTheSame()
    {
        var outcome = (await Replays.ReplayAsync(Operator, await RecordAsync("random 4", "throw"), Ct)).Value;
        Assert.Null(outcome.Divergence);
        Assert.Equal((CallStatus.GuestFault, ErrorCodes.GuestError), (outcome.Replayed.Status, outcome.Replayed.Error?.Code));
    }

    [Fact]
    public async Task Replay_OfACancelledCall_EndsWhereItWasCut()
    {
        var plugin = await RecordedPluginAsync("clock", "forever");
        using var cancel = new CancellationTokenSource();
        var call = _host.Executions.ExecuteAsync(Author, plugin.Id, new ExecuteRequest(), cancel.Token).AsTask();
        while (_host.Runtime.Calls.IsEmpty) await Task.Yield();
        await cancel.CancelAsync();
        var outcome = (await Replays.ReplayAsync(Operator, (await call).Value.ExecutionId, Ct)).Value;
        Assert.Equal(CallStatus.Cancelled, outcome.Recorded.Status);
        Assert.Null(outcome.Divergence);
    }

    [Fact]
    public async Task Replay_HasNoEffect_AndNeedsNoGrant()
    {
        var plugin = await RecordedPluginAsync("invoke kv.set {\"key\":\"n\",\"value\":1}");
        string id = await ExecuteAsync(plugin);
        _host.Tamper("DELETE FROM kv; UPDATE grants SET revoked_at = 1");
        Assert.Null((await Replays.ReplayAsync(Operator, id, Ct)).Value.Divergence);
        Assert.Equal(0, _host.Database.Read(c => c.ExecuteScalar<int>("SELECT count(*) FROM kv")));
    }

    [Fact]
    public async Task Replay_AfterTheCodeChanged_RunsTheCodeThatRan()
    {
        var plugin = await RecordedPluginAsync("clock");
        string id = await ExecuteAsync(plugin);
        await _host.ChangeCodeAsync(plugin.Id, "throw");
        await _host.RestartAsync();
        var outcome = (await Replays.ReplayAsync(Operator, id, Ct)).Value;
        Assert.Null(outcome.Divergence);
        Assert.Equal(plugin.Digest, outcome.Recording.Digest);
    }

    [Fact]
    public async Task Replay_WhereTheGuestLearnsSomethingElse_DivergesAtTheResult()
    {
        _host.Runtime.Outside = () => "then";
        string id = await RecordAsync("outside");
        _host.Runtime.Outside = () => "now";
        Assert.Equal("result", await DivergedAsync(id));
    }

    [Theory]
    [InlineData("kv.get", "{\"key\":\"b\"}", "host call 2")]
    [InlineData("kv.set", "{\"key\":\"a\"}", "host call 2")]
    public async Task Replay_WithAnotherHostCall_NamesTheStep(string function, string arguments, string step)
    {
        var (recorded, _) = await OpenAsync(await RecordAsync("invoke kv.get {\"key\":\"a\"}", "invoke kv.get {\"key\":\"a\"}"));
        using var replayed = new Paddock.Replay.ReplayedCall(recorded);
        await replayed.InvokeAsync("kv.get", "{\"key\":\"a\"}"u8.ToArray(), Ct);
        Assert.Null(replayed.Divergence);
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(replayed.Stopped, Ct);
        await replayed.InvokeAsync(function, Encoding.UTF8.GetBytes(arguments), soon.Token);
        Assert.Equal(step, replayed.Divergence?.Step);
    }

    [Fact]
    public async Task Replay_ThatAsksForMoreOrLess_Diverges()
    {
        var (recorded, _) = await OpenAsync(await RecordAsync("clock", "random 4", "invoke kv.get {\"key\":\"a\"}"));
        Assert.Equal("clock", After(r => { r.UtcNowMilliseconds(); r.UtcNowMilliseconds(); }));
        Assert.Equal("elapsed", After(r => { r.ElapsedNanoseconds(); r.ElapsedNanoseconds(); }));
        Assert.Equal("random", After(r => r.Fill(new byte[5])));
        Assert.Equal("random", After(r => { r.Fill(new byte[4]); r.Fill(new byte[4]); }));
        Assert.Equal("host call 1", After(r => r.Judge(recorded.Result.ToResult())));

        string? After(Action<Paddock.Replay.ReplayedCall> act)
        {
            using var replayed = new Paddock.Replay.ReplayedCall(recorded);
            act(replayed);
            return replayed.Divergence?.Step;
        }
    }

    [Fact]
    public async Task Replay_KeepsTheOrderOfReplies()
    {
        var (recorded, _) = await OpenAsync(await RecordAsync("together a,b,c"));
        using var replayed = new Paddock.Replay.ReplayedCall(recorded with { Settled = [2, 0, 1] });
        foreach (var call in recorded.HostCalls) await replayed.InvokeAsync(call.Function, call.Arguments, Ct);
        Assert.Equal(-1, replayed.SettleNext([0, 1]));
        Assert.Equal([2, 0, 1], [replayed.SettleNext([0, 2]), replayed.SettleNext([0, 1]), replayed.SettleNext([1])]);
    }

    [Fact]
    public async Task Replay_HandsOverNoReplyThatItEndedWithout()
    {
        var (recorded, _) = await OpenAsync(await RecordAsync("together a,b,c"));
        using var replayed = new Paddock.Replay.ReplayedCall(recorded with { Settled = [1] });
        foreach (var call in recorded.HostCalls) await replayed.InvokeAsync(call.Function, call.Arguments, Ct);
        Assert.Equal([1, -1], [replayed.SettleNext([0, 1, 2]), replayed.SettleNext([0, 2])]);
        replayed.Judge(recorded.Result.ToResult());
        Assert.Null(replayed.Divergence);
    }

    [Fact]
    public async Task Recording_NamesAPackageOrAnId_AndAnIdIsFirst()
    {
        var target = await _host.CreateAsync("clock");
        // A package that is named like another plugin's id: what follows is about the plugin that has the id.
        foreach (string name in new[] { "stats", target.Id })
            _host.Tamper($"INSERT INTO plugins (id, tenant, owner, name, description, code, enabled, runtime, digest, size, revision, created_at, updated_at, kind) VALUES ('pkg_{name}', 'default', 'ann', '{name}', '', '', 1, 0, 'd', 0, 1, 0, 0, 1)");
        Assert.Equal("pkg_stats", (await Replays.EnableAsync(Operator, "stats", TimeSpan.FromHours(1), Ct)).Value.PluginId);
        Assert.Equal(target.Id, (await Replays.EnableAsync(Operator, target.Id, TimeSpan.FromHours(1), Ct)).Value.PluginId);
        Assert.Equal(ServiceErrorCodes.PluginNotFound, (await Replays.EnableAsync(OtherTenant, "stats", TimeSpan.FromHours(1), Ct)).Error?.Code);
        // The name of a posted plugin is not its own: others may have it too.
        Assert.Equal(ServiceErrorCodes.PluginNotFound, (await Replays.EnableAsync(Operator, target.Name, TimeSpan.FromHours(1), Ct)).Error?.Code);
        _host.Tamper("UPDATE plugins SET uninstalled_at = 1 WHERE id = 'pkg_stats'");
        Assert.Equal(ServiceErrorCodes.PluginNotFound, (await Replays.DisableAsync(Operator, "stats", purge: true, Ct)).Error?.Code);
    }

    [Fact]
    public async Task Recording_IsOptIn_ExpiresByItself_AndCanBeEnded()
    {
        var plugin = await _host.CreateAsync("clock");
        Assert.Equal(ReplayCodes.NotFound, (await Replays.ReplayAsync(Operator, await ExecuteAsync(plugin), Ct)).Error?.Code);
        await Replays.EnableAsync(Operator, plugin.Id, TimeSpan.FromHours(1), Ct);
        await _host.RestartAsync();
        string kept = await ExecuteAsync(plugin);
        _host.Clock.Advance(TimeSpan.FromHours(2));
        await ExecuteAsync(plugin);
        await Replays.EnableAsync(Operator, plugin.Id, TimeSpan.FromHours(1), Ct);
        Assert.Equal(0, (await Replays.DisableAsync(Operator, plugin.Id, purge: false, Ct)).Value);
        await ExecuteAsync(plugin);
        Assert.Equal([kept], (await Replays.ListAsync(Operator, plugin.Id, 50, Ct)).Value.Select(r => r.Id));
        Assert.Equal(1, (await Replays.DisableAsync(Operator, plugin.Id, purge: true, Ct)).Value);
        Assert.Empty((await Replays.ListAsync(Operator, null, 50, Ct)).Value);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Recording_OfACallUnderWayWhenItWasEnded_IsNotKept(bool again)
    {
        var plugin = await RecordedPluginAsync("wait here");
        var call = ExecuteAsync(plugin);
        await _host.Runtime.Gate("here").ArrivedAsync();
        _host.Clock.Advance(TimeSpan.FromSeconds(1));
        await Replays.DisableAsync(Operator, plugin.Id, purge: true, Ct);
        if (again) await Replays.EnableAsync(Operator, plugin.Id, TimeSpan.FromHours(1), Ct);
        _host.Runtime.Gate("here").Open();
        await call;
        Assert.Equal((0L, 0L), _host.Database.Read(c => c.QuerySingle<(long, long)>("SELECT (SELECT count(*) FROM replays), (SELECT count(*) FROM replay_code)")));
    }

    [Fact]
    public async Task Recording_ThatCannotBeStored_TakesNeitherResultNorRecordOfTheCall()
    {
        var plugin = await RecordedPluginAsync("clock");
        _host.Tamper("CREATE TRIGGER full BEFORE INSERT ON replays BEGIN SELECT RAISE(ABORT, 'full'); END");
        var executed = (await _host.Executions.ExecuteAsync(Author, plugin.Id, new ExecuteRequest(), Ct)).Value;
        Assert.Equal(CallStatus.Completed, executed.Result.Status);
        Assert.Equal(1, _host.Database.Read(c => c.ExecuteScalar<int>("SELECT count(*) FROM executions WHERE id = @ExecutionId", new { executed.ExecutionId })));
    }

    [Fact]
    public async Task EveryUse_IsForOperatorsOfTheTenant_AndAudited()
    {
        string id = await RecordAsync("clock");
        string plugin = (await Replays.ListAsync(Operator, null, 50, Ct)).Value.Single().PluginId;
        foreach (var principal in (Principal[])[Author, Agent])
        {
            Assert.Equal(ServiceErrorCodes.Forbidden, (await Replays.ReplayAsync(principal, id, Ct)).Error?.Code);
            Assert.Equal(ServiceErrorCodes.Forbidden, (await Replays.ListAsync(principal, null, 50, Ct)).Error?.Code);
            Assert.Equal(ServiceErrorCodes.Forbidden, (await Replays.EnableAsync(principal, plugin, TimeSpan.FromHours(1), Ct)).Error?.Code);
            Assert.Equal(ServiceErrorCodes.Forbidden, (await Replays.DisableAsync(principal, plugin, true, Ct)).Error?.Code);
        }

        Assert.Equal(ReplayCodes.NotFound, (await Replays.ReplayAsync(OtherTenant, id, Ct)).Error?.Code);
        Assert.Equal(ServiceErrorCodes.PluginNotFound, (await Replays.EnableAsync(OtherTenant, plugin, TimeSpan.FromHours(1), Ct)).Error?.Code);
        Assert.Equal(ServiceErrorCodes.PluginNotFound, (await Replays.DisableAsync(OtherTenant, plugin, true, Ct)).Error?.Code);
        Assert.Empty((await Replays.ListAsync(OtherTenant, null, 50, Ct)).Value);
        await Replays.ReplayAsync(Operator, id, Ct);
        var acts = (await _host.Audit.ListAsync(Operator, plugin, cancellationToken: Ct)).Value.Select(r => r.Action);
        Assert.Superset(new HashSet<string> { "replay.enable", "replay.run" }, acts.ToHashSet());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(8 * 24)]
    public async Task Enable_ForTooLong_IsRefused(int hours)
    {
        var plugin = await _host.CreateAsync("clock");
        Assert.Equal(ServiceErrorCodes.ExpiryInvalid, (await Replays.EnableAsync(Operator, plugin.Id, TimeSpan.FromHours(hours), Ct)).Error?.Code);
    }

    [Fact]
    public async Task Recording_TooLarge_SaysSo()
    {
        string id = await RecordAsync([.. Enumerable.Repeat("random 1000000", 18)]);
        Assert.Equal(ReplayCodes.TooLarge, (await Replays.ReplayAsync(Operator, id, Ct)).Error?.Code);
    }

    [Theory]
    [InlineData("UPDATE replays SET recording = zeroblob(length(recording))")]
    [InlineData("UPDATE replays SET digest = 'another'")]
    [InlineData("UPDATE replays SET recording = (SELECT recording FROM replays ORDER BY rowid DESC LIMIT 1)")]
    [InlineData("UPDATE replay_code SET spec = zeroblob(length(spec))")]
    [InlineData("DELETE FROM replay_code")]
    public async Task Recording_Tampered_IsNotRun(string sql)
    {
        var plugin = await RecordedPluginAsync("clock");
        string id = await ExecuteAsync(plugin);
        await ExecuteAsync(plugin);
        _host.Tamper(sql);
        int loads = _host.Runtime.Loads.Count;
        Assert.Equal(ReplayCodes.Damaged, (await Replays.ReplayAsync(Operator, id, Ct)).Error?.Code);
        Assert.Equal(loads, _host.Runtime.Loads.Count);
    }

    [Fact]
    public async Task Retention_RemovesOldRecordings_AndTheirCode()
    {
        var plugin = await RecordedPluginAsync("clock");
        await ExecuteAsync(plugin);
        _host.Clock.Advance(TimeSpan.FromDays(7.5));
        await _host.Get<Retention>().PruneAsync(Ct);
        Assert.Equal((0L, 0L), _host.Database.Read(c => c.QuerySingle<(long, long)>("SELECT (SELECT count(*) FROM replays), (SELECT count(*) FROM replay_code)")));
        await Replays.EnableAsync(Operator, plugin.Id, TimeSpan.FromHours(1), Ct);
        string id = await ExecuteAsync(plugin);
        Assert.Null((await Replays.ReplayAsync(Operator, id, Ct)).Value.Divergence);
    }

    [Fact]
    public async Task T70_Recording_HoldsNothingReadable()
    {
        var plugin = await RecordedPluginAsync("invoke kv.set {\"key\":\"k\",\"value\":\"canary-argument\"}", "invoke kv.get {\"key\":\"a\"}");
        await _host.Executions.ExecuteAsync(Author, plugin.Id, new ExecuteRequest { Input = System.Text.Json.JsonElement.Parse("\"canary-input\"") }, Ct);
        foreach (string canary in (string[])["canary", "value-a", "invoke kv.get"])
        {
            byte[] text = Encoding.UTF8.GetBytes(canary);
            byte[][] columns = [.. _host.Database.Read(c => c.Query<byte[]>("SELECT recording FROM replays UNION ALL SELECT spec FROM replay_code").ToArray())];
            Assert.Equal(2, columns.Length);
            Assert.All(columns, column => Assert.True(column.AsSpan().IndexOf(text) < 0));
        }

        // Control: without its seal it says all of it.
        var (call, spec) = await OpenAsync((await Replays.ListAsync(Operator, plugin.Id, 1, Ct)).Value.Single().Id);
        Assert.Equal("\"canary-input\"", Encoding.UTF8.GetString(call.Input));
        Assert.Contains("canary-argument", Encoding.UTF8.GetString(call.HostCalls[0].Arguments), StringComparison.Ordinal);
        Assert.Contains("invoke kv.get", Encoding.UTF8.GetString(spec.Files[spec.Entry].Span), StringComparison.Ordinal);
    }

    private async Task<string?> DivergedAsync(string id) => (await Replays.ReplayAsync(Operator, id, Ct)).Value.Divergence?.Step;

    private Task<(Paddock.Replay.RecordedCall Call, SandboxSpec Spec)> OpenAsync(string id)
    {
        var store = _host.Get<Paddock.Replay.ReplayStore>();
        return Task.FromResult(store.Open(store.Find(Operator, id)!)!.Value);
    }

    private async Task<string> RecordAsync(params string[] steps) => await ExecuteAsync(await RecordedPluginAsync(steps));

    private async Task<PluginRecord> RecordedPluginAsync(params string[] steps)
    {
        var plugin = await _host.CreateAsync(steps);
        await _host.GrantKvAsync(plugin.Id);
        foreach (string key in (string[])["a", "b", "c"])
            await _host.Get<IKeyValueStore>().SetAsync(Principal.DefaultTenant, plugin.Id, key, Encoding.UTF8.GetBytes($"\"value-{key}\""), 1 << 20, 100, Ct);
        Assert.Equal(plugin.Id, (await Replays.EnableAsync(Operator, plugin.Id, TimeSpan.FromDays(1), Ct)).Value.PluginId);
        return plugin;
    }

    private async Task<string> ExecuteAsync(PluginRecord plugin) => (await _host.Executions.ExecuteAsync(Author, plugin.Id, new ExecuteRequest(), Ct)).Value.ExecutionId;

    private static string Text(CallResult result) => Encoding.UTF8.GetString(result.Value.Span);
}
