using Paddock.Plugins;
using Paddock.Tests.Seam;
using static Paddock.Tests.Seam.HostFixture;

namespace Paddock.Tests;

public sealed class LoadingTests : IAsyncDisposable
{
    private readonly HostFixture _host = new(o => (o.LoadedPlugins, o.LoadedBytes) = (2, 10_000_000));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task FirstCalls_AtOnce_ShareOneLoad()
    {
        var plugin = await _host.CreateAsync();
        await _host.RestartAsync();
        _host.Runtime.LoadGate = new Gate();
        var calls = Enumerable.Range(0, 10).Select(_ => _host.ExecuteAsync(plugin.Id)).ToArray();
        await _host.Runtime.LoadGate.ArrivedAsync();
        _host.Runtime.LoadGate.Open();
        Assert.All(await Task.WhenAll(calls), r => Assert.Equal(CallStatus.Completed, r.Status));
        Assert.Single(_host.Runtime.Loads);
    }

    [Fact]
    public async Task OneCallerLeaves_TheOthersStillGetTheirLoad()
    {
        var plugin = await _host.CreateAsync();
        await _host.RestartAsync();
        _host.Runtime.LoadGate = new Gate();
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var leaver = _host.Executions.ExecuteAsync(Author, plugin.Id, new ExecuteRequest(), leaving.Token).AsTask();
        var stayer = _host.ExecuteAsync(plugin.Id);
        await _host.Runtime.LoadGate.ArrivedAsync();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaver);
        _host.Runtime.LoadGate.Open();
        Assert.Equal(CallStatus.Completed, (await stayer).Status);
    }

    [Fact]
    public async Task FailedLoad_IsTriedAgain()
    {
        var plugin = await _host.CreateAsync();
        _host.Tamper("UPDATE plugins SET code = '// rewritten behind the host'");
        await _host.RestartAsync();
        Assert.Equal(ServiceErrorCodes.IntegrityFailed, (await _host.Executions.ExecuteAsync(Author, plugin.Id, new ExecuteRequest(), Ct)).Code());
        _host.Tamper($"UPDATE plugins SET code = '{plugin.Code}'");
        Assert.Equal(CallStatus.Completed, (await _host.ExecuteAsync(plugin.Id)).Status);
    }

    [Fact]
    public async Task T14_FilesRewrittenBehindTheHost_AreRefusedOnLoadAndAudited()
    {
        var plugin = await _host.CreateAsync();
        _host.Tamper("UPDATE plugins SET code = '// rewritten behind the host'");
        Assert.Equal(CallStatus.Completed, (await _host.ExecuteAsync(plugin.Id)).Status);
        await _host.RestartAsync();
        var result = await _host.Executions.ExecuteAsync(Author, plugin.Id, new ExecuteRequest(), Ct);
        Assert.Equal(ServiceErrorCodes.IntegrityFailed, result.Code());
        Assert.Empty(_host.Runtime.Loads);
        Assert.Contains((await _host.Audit.ListAsync(Operator, plugin.Id, null, 50, Ct)).Value, r => r is { Allowed: false, Code: ServiceErrorCodes.IntegrityFailed });
    }

    [Fact]
    public async Task LeastRecentlyUsed_IsDropped_AndLoadsAgain()
    {
        var first = await _host.CreateAsync("log 1");
        var second = await _host.CreateAsync("log 2");
        await _host.ExecuteAsync(first.Id);
        var third = await _host.CreateAsync("log 3");
        Assert.Equal([second.Digest], await _host.Runtime.DisposedAsync(1));
        Assert.Equal(2, _host.Get<PluginCache>().Count);
        await _host.ExecuteAsync(second.Id);
        Assert.Equal([second.Digest, first.Digest], await _host.Runtime.DisposedAsync(2));
        Assert.Equal(4, _host.Runtime.Loads.Count);
        Assert.Equal(CallStatus.Completed, (await _host.ExecuteAsync(third.Id)).Status);
    }

    [Fact]
    public async Task ManyPluginsInFewPlaces_AllCallsEnd()
    {
        await using var host = new HostFixture(o => o.LoadedPlugins = 1);
        var plugins = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => host.CreateAsync($"log {i}")));
        var calls = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() => host.ExecuteAsync(plugins[i % 5].Id), Ct)));
        Assert.All(calls, r => Assert.Equal(CallStatus.Completed, r.Status));
        await host.ExecuteAsync((await host.CreateAsync("log last")).Id);
        Assert.Equal(1, host.Get<PluginCache>().Count);
    }

    [Fact]
    public async Task LoadedBytes_AreBounded_ButTheNewestStays()
    {
        _host.Runtime.BytesEach = 20_000_000;
        var first = await _host.CreateAsync("log 1");
        Assert.Equal(1, _host.Get<PluginCache>().Count);
        await _host.CreateAsync("log 2");
        Assert.Equal([first.Digest], await _host.Runtime.DisposedAsync(1));
        Assert.Equal(1, _host.Get<PluginCache>().Count);
    }

    [Fact]
    public async Task UpdateDuringACall_TheCallEndsOnTheOldCode_ThenItIsDisposed()
    {
        var plugin = await _host.CreateAsync("wait here", "result 10");
        var call = _host.ExecuteAsync(plugin.Id);
        await _host.Runtime.Gate("here").ArrivedAsync();
        await _host.ChangeCodeAsync(plugin.Id, "result 20");
        Assert.Equal(20, (await _host.ExecuteAsync(plugin.Id)).Value.Length);
        Assert.Empty(_host.Runtime.Disposed);
        _host.Runtime.Gate("here").Open();
        Assert.Equal(10, (await call).Value.Length);
        Assert.Equal([plugin.Digest], await _host.Runtime.DisposedAsync(1));
        var executions = (await _host.Executions.ListAsync(Author, plugin.Id, 50, Ct)).Value;
        Assert.Equal(2, executions.Select(e => e.Digest).Distinct().Count());
    }

    [Fact]
    public async Task DeleteDuringACall_TheCallEnds_AndNothingIsRecordedForAPluginThatIsGone()
    {
        var plugin = await _host.CreateAsync("wait here");
        var call = _host.ExecuteAsync(plugin.Id);
        await _host.Runtime.Gate("here").ArrivedAsync();
        await _host.Plugins.DeleteAsync(Author, plugin.Id, Ct);
        _host.Runtime.Gate("here").Open();
        Assert.Equal(CallStatus.Completed, (await call).Status);
        Assert.Equal([plugin.Digest], await _host.Runtime.DisposedAsync(1));
        Assert.Equal(0, _host.Get<PluginCache>().Count);
    }

    [Fact]
    public async Task DeleteDuringALoad_LeavesNothingLoaded()
    {
        var plugin = await _host.CreateAsync();
        await _host.RestartAsync();
        _host.Runtime.LoadGate = new Gate();
        var call = _host.Executions.ExecuteAsync(Author, plugin.Id, new ExecuteRequest(), Ct).AsTask();
        await _host.Runtime.LoadGate.ArrivedAsync();
        await _host.Plugins.DeleteAsync(Author, plugin.Id, Ct);
        _host.Runtime.LoadGate.Open();
        await call;
        Assert.Equal([plugin.Digest], await _host.Runtime.DisposedAsync(1));
        Assert.Equal(0, _host.Get<PluginCache>().Count);
    }
}
