using Paddock.Packaging;
using Paddock.Sandbox.GoPlugin.Tests;

namespace Paddock.Threats.Tests.AcrossRuntimes;

/// <summary>Recorded calls of plugins out of process, run again on a whole host.</summary>
public sealed class ReplayTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("python", "learn")]
    [InlineData("python", "concur")]
    [InlineData("python", "fail")]
    [InlineData("python", "forever")]
    [InlineData("node", "learn")]
    [InlineData("node", "concur")]
    [InlineData("node", "fail")]
    [InlineData("node", "forever")]
    public async Task Replay_OfAProcess_ComesToTheSameEnd(string runtime, string function)
    {
        await using var host = await ServingAsync(runtime);
        var recorded = await Recordings.RecordedAsync(host, runtime, function);
        await host.CallAsync(runtime, "learn");
        var outcome = await Recordings.ReplayAsync(host, recorded.ExecutionId);
        Recordings.AssertSame(recorded.Result, outcome);
        Assert.False(outcome.OwnSources);
    }

    [Theory]
    [InlineData("python")]
    [InlineData("node")]
    public async Task Replay_Control_CalledAgain_LearnsSomethingElse(string runtime)
    {
        await using var host = await ServingAsync(runtime);
        var first = await Recordings.RecordedAsync(host, runtime, "learn");
        Assert.NotEqual(Recordings.Text(first.Result), Recordings.Text((await Recordings.RecordedAsync(host, runtime, "learn")).Result));
    }

    [Theory]
    [InlineData("python")]
    [InlineData("node")]
    public async Task Replay_HasNoEffect(string runtime)
    {
        await using var host = await ServingAsync(runtime);
        var recorded = await Recordings.RecordedAsync(host, runtime, "fail");
        Assert.Null((await Recordings.ReplayAsync(host, recorded.ExecutionId)).Divergence);
        var audit = (await host.Get<IAuditLog>().ListAsync(WholeHost.Operator, limit: 200, cancellationToken: Ct)).Value;
        Assert.Single(audit, r => r.Action == "kv.set");
    }

    [Fact]
    public async Task Replay_OfGoPlugin_ReplaysHostCalls_AndSaysThatTheRestIsItsOwn()
    {
        await using var host = await WholeHost.StartAsync(build: b => b.AddGoPlugins());
        string folder = host.Folder("package");
        await File.WriteAllTextAsync(Path.Combine(folder, "plugin.yaml"), Recordings.Manifest("gopher", "go-plugin", "plugin", "[ask, let, all, say]"), Ct);
        await File.WriteAllBytesAsync(Path.Combine(folder, "plugin"), GoPrograms.Build("tests/Paddock.Threats.Tests/AcrossRuntimes/Go"), Ct);
        await host.ServeAsync(PackageSource.FromDirectory(folder), [.. Recordings.Kv]);
        const string set = """{"name":"kv.set","args":{"key":"mine:k","value":1}}""", get = """{"name":"kv.get","args":{"key":"mine:k"}}""";
        await host.CallAsync("gopher", "let", set);
        var recorded = await Recordings.RecordedAsync(host, "gopher", "let", get);
        await host.CallAsync("gopher", "let", set.Replace("1}", "2}", StringComparison.Ordinal));
        var outcome = await Recordings.ReplayAsync(host, recorded.ExecutionId);
        Assert.Null(outcome.Divergence);
        Assert.Equal("1", Recordings.Text(outcome.Replayed));
        Assert.True(outcome.OwnSources);
        Assert.Equal("2", await host.CallAsync("gopher", "let", get));
    }

    [Fact]
    public async Task Replay_OfWhatRanBehindAWall_IsNotRunInFrontOfIt()
    {
        bool workers = true;
        await using var host = await WholeHost.StartAsync(build: b => _ = workers ? b.AddWorkers() : b);
        await host.ServeAsync(host.Package("walled", "1.0.0", "exports.run = () => Math.random();", "isolation: process\ncontributes: { exports: [run] }"));
        var recorded = await Recordings.RecordedAsync(host, "walled", "run");
        Assert.Null((await Recordings.ReplayAsync(host, recorded.ExecutionId)).Divergence);
        workers = false;
        await host.RestartAsync();
        var result = await host.Get<IReplayService>().ReplayAsync(WholeHost.Operator, recorded.ExecutionId, Ct);
        Assert.Equal(ServiceErrorCodes.RuntimeUnavailable, result.Error?.Code);
    }

    private static async Task<WholeHost> ServingAsync(string runtime)
    {
        var host = await WholeHost.StartAsync(build: b => b.AddProcesses());
        await Recordings.ServeAsync(host, runtime);
        return host;
    }
}
