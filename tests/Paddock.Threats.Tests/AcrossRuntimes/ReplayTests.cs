using System.Text;
using Paddock.Packaging;
using Paddock.Sandbox.GoPlugin.Tests;

namespace Paddock.Threats.Tests.AcrossRuntimes;

/// <summary>Recorded calls of plugins out of process, run again on a whole host.</summary>
public sealed class ReplayTests
{
    private const string Python = """
        import asyncio, datetime, os, random, secrets, time, uuid
        from time import time as now
        from paddock import host, HostError
        calls = 0
        def learn():
            global calls
            calls += 1
            print('learning at', time.time_ns())
            return [calls, now(), time.monotonic(), time.perf_counter_ns(), time.strftime('%H:%M:%S'), datetime.datetime.now().isoformat(), datetime.date.today().isoformat(),
                    random.random(), random.Random().random(), os.urandom(4).hex(), secrets.token_hex(4), str(uuid.uuid4()), list({'a', 'b', 'c', 'd', 'e'}),
                    isinstance(datetime.datetime(2026, 1, 1), datetime.datetime), host.time.now(), host.random.bytes(4), host.kv.get('mine:k')]
        async def concur():
            await asyncio.sleep(0.01)
            kept = await asyncio.gather(*(host.aio.kv.get(f'mine:{i}') for i in range(20)))
            return [kept, time.time(), random.random()]
        def fail():
            host.kv.set('mine:k', 2)
            raise ValueError(f'at {time.time()} with {random.random()}')
        def forever():
            while True: time.time()
        """;

    private const string Node = """
        const crypto = require('node:crypto'), { randomUUID } = crypto;
        const now = Date.now;
        let calls = 0;
        exports.learn = async (c) => {
          console.log('learning at', Date.now());
          return [++calls, now(), new Date().toISOString(), Date().length, performance.now(), String(process.hrtime.bigint()), Math.random(), Math.random(), randomUUID(), crypto.randomBytes(4).toString('hex'),
            crypto.randomInt(1000), [...crypto.getRandomValues(new Uint16Array(3))], globalThis.crypto.randomUUID(), new Date(0) instanceof Date, new (class X extends Date {})().getTime(),
            await c.host.time.now(), await c.host.random.bytes(4), await c.host.kv.get('mine:k')];
        };
        exports.concur = async (c) => {
          await new Promise((done) => setTimeout(done, 10));
          const kept = await Promise.all(Array.from({ length: 20 }, (_, i) => c.host.kv.get(`mine:${i}`)));
          return [kept, await Promise.race([c.host.kv.get('mine:1'), c.host.kv.get('mine:2')]), Date.now(), Math.random()];
        };
        exports.fail = async (c) => { await c.host.kv.set('mine:k', 2); throw new Error(`at ${Date.now()} with ${Math.random()}`); };
        exports.forever = () => { for (;;) Date.now(); };
        """;

    private static readonly Permission[] s_kv = [new(PermissionType.Kv, Access.Read | Access.Write, ["mine:"])];

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
        var recorded = await RecordedAsync(host, runtime, function);
        await host.CallAsync(runtime, "learn");
        var outcome = await ReplayAsync(host, recorded.ExecutionId);
        Assert.True(outcome.Divergence is null, $"{outcome.Divergence?.Step}: {outcome.Divergence?.Message}\n{Text(recorded.Result)}\n{Text(outcome.Replayed)}");
        Assert.False(outcome.OwnSources);
        Assert.Equal(Text(recorded.Result), Text(outcome.Replayed));
        Assert.Equal(recorded.Result.Error?.Message, outcome.Replayed.Error?.Message);
        Assert.Equal(recorded.Result.Logs.Select(l => l.Message), outcome.Replayed.Logs.Select(l => l.Message));
    }

    [Theory]
    [InlineData("python")]
    [InlineData("node")]
    public async Task Replay_Control_CalledAgain_LearnsSomethingElse(string runtime)
    {
        await using var host = await ServingAsync(runtime);
        var first = await RecordedAsync(host, runtime, "learn");
        Assert.NotEqual(Text(first.Result), Text((await RecordedAsync(host, runtime, "learn")).Result));
    }

    [Theory]
    [InlineData("python")]
    [InlineData("node")]
    public async Task Replay_HasNoEffect(string runtime)
    {
        await using var host = await ServingAsync(runtime);
        var recorded = await RecordedAsync(host, runtime, "fail");
        Assert.Null((await ReplayAsync(host, recorded.ExecutionId)).Divergence);
        var audit = (await host.Get<IAuditLog>().ListAsync(WholeHost.Operator, limit: 200, cancellationToken: Ct)).Value;
        Assert.Single(audit, r => r.Action == "kv.set");
    }

    [Fact]
    public async Task Replay_OfGoPlugin_ReplaysHostCalls_AndSaysThatTheRestIsItsOwn()
    {
        await using var host = await WholeHost.StartAsync(build: b => b.AddGoPlugins());
        string folder = host.Folder("package");
        await File.WriteAllTextAsync(Path.Combine(folder, "plugin.yaml"), Manifest("gopher", "go-plugin", "plugin", "[ask, let, all, say]"), Ct);
        await File.WriteAllBytesAsync(Path.Combine(folder, "plugin"), GoPrograms.Build("tests/Paddock.Threats.Tests/AcrossRuntimes/Go"), Ct);
        await host.ServeAsync(PackageSource.FromDirectory(folder), s_kv);
        const string set = """{"name":"kv.set","args":{"key":"mine:k","value":1}}""", get = """{"name":"kv.get","args":{"key":"mine:k"}}""";
        await host.CallAsync("gopher", "let", set);
        var recorded = await RecordedAsync(host, "gopher", "let", get);
        await host.CallAsync("gopher", "let", set.Replace("1}", "2}", StringComparison.Ordinal));
        var outcome = await ReplayAsync(host, recorded.ExecutionId);
        Assert.Null(outcome.Divergence);
        Assert.Equal("1", Text(outcome.Replayed));
        Assert.True(outcome.OwnSources);
        Assert.Equal("2", await host.CallAsync("gopher", "let", get));
    }

    [Fact]
    public async Task Replay_OfWhatRanBehindAWall_IsNotRunInFrontOfIt()
    {
        bool workers = true;
        await using var host = await WholeHost.StartAsync(build: b => _ = workers ? b.AddWorkers() : b);
        await host.ServeAsync(host.Package("walled", "1.0.0", "exports.run = () => Math.random();", "isolation: process\ncontributes: { exports: [run] }"));
        var recorded = await RecordedAsync(host, "walled", "run");
        Assert.Null((await ReplayAsync(host, recorded.ExecutionId)).Divergence);
        workers = false;
        await host.RestartAsync();
        var result = await host.Get<IReplayService>().ReplayAsync(WholeHost.Operator, recorded.ExecutionId, Ct);
        Assert.Equal(ServiceErrorCodes.RuntimeUnavailable, result.Error?.Code);
    }

    private static async Task<WholeHost> ServingAsync(string runtime)
    {
        var host = await WholeHost.StartAsync(build: b => b.AddProcesses());
        string folder = host.Folder("package"), entry = runtime == "python" ? "plugin.py" : "main.js";
        await File.WriteAllTextAsync(Path.Combine(folder, "plugin.yaml"), Manifest(runtime, runtime, entry, "[learn, concur, fail, forever]"), Ct);
        await File.WriteAllTextAsync(Path.Combine(folder, entry), runtime == "python" ? Python : Node, Ct);
        await host.ServeAsync(PackageSource.FromDirectory(folder), s_kv);
        return host;
    }

    private static string Manifest(string name, string runtime, string entry, string exports) => $$"""
        apiVersion: paddock/v1
        name: {{name}}
        version: 1.0.0
        runtime: {{runtime}}
        entry: {{entry}}
        limits: { memory: 160MiB, timeout: 60s, processes: 64 }
        contributes: { exports: {{exports}} }
        permissions: [{ type: kv, access: [read, write], scope: ["mine:"] }]
        """;

    private static async Task<ExecutionOutcome> RecordedAsync(WholeHost host, string plugin, string function, string input = "null")
    {
        Assert.Null((await host.Get<IReplayService>().EnableAsync(WholeHost.Operator, plugin, TimeSpan.FromHours(1), Ct)).Error);
        var call = new NamedCall { Function = function, Input = Encoding.UTF8.GetBytes(input), Timeout = function == "forever" ? TimeSpan.FromSeconds(1) : null };
        return (await host.Get<IPluginCalls>().CallAsync(WholeHost.Operator, plugin, call, Ct)).Value;
    }

    private static async Task<ReplayOutcome> ReplayAsync(WholeHost host, string id)
    {
        var result = await host.Get<IReplayService>().ReplayAsync(WholeHost.Operator, id, Ct);
        Assert.True(result.TryGetValue(out var outcome, out var error), error is null ? "" : $"{error.Code} {string.Join("; ", error.Findings.Select(f => f.Message))}");
        return outcome;
    }

    private static string Text(CallResult result) => result.Error?.Code ?? Encoding.UTF8.GetString(result.Value.Span);
}
