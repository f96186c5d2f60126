using System.Text;
using Paddock.Packaging;
using Paddock.Policy;

namespace Paddock.Threats.Tests.AcrossRuntimes;

/// <summary>Plugins that learn all that a recording answers, and how they are recorded and run again.</summary>
internal static class Recordings
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

    private const string JavaScript = """
        let calls = 0;
        exports.learn = async (c) => {
          console.log('learning at', Date.now());
          return [++calls, Date.now(), new Date().toISOString(), Math.random(), await c.host.time.now(), await c.host.random.bytes(4), await c.host.kv.get('mine:k')];
        };
        exports.concur = async (c) => [await Promise.all(Array.from({ length: 20 }, (_, i) => c.host.kv.get(`mine:${i}`))), Date.now(), Math.random()];
        exports.fail = async (c) => { await c.host.kv.set('mine:k', 2); throw new Error(`at ${Date.now()} with ${Math.random()}`); };
        exports.forever = () => { for (;;) Date.now(); };
        """;

    internal static IReadOnlyList<Permission> Kv { get; } = [new(PermissionType.Kv, Access.Read | Access.Write, ["mine:"])];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Has the package of a runtime (<c>python</c>, <c>node</c>, <c>javascript</c>) serve under its own name, at a level of isolation.</summary>
    internal static Task ServeAsync(WholeHost host, string runtime, IsolationLevel level = IsolationLevel.InProcess) => ServeAsync(
        host, Manifest(runtime, runtime, Entry(runtime), "[learn, concur, fail, forever]"), Entry(runtime), runtime switch { "python" => Python, "node" => Node, _ => JavaScript }, Kv, level);

    /// <summary>Has a package of one file serve.</summary>
    internal static async Task ServeAsync(WholeHost host, string manifest, string entry, string source, IReadOnlyList<Permission> grants, IsolationLevel level = IsolationLevel.InProcess)
    {
        string folder = host.Folder($"package-{Guid.NewGuid():n}");
        await File.WriteAllTextAsync(Path.Combine(folder, "plugin.yaml"), manifest, Ct);
        await File.WriteAllTextAsync(Path.Combine(folder, entry), source, Ct);
        var installed = await host.InstallAsync(PackageSource.FromDirectory(folder));
        var policy = new PluginPolicy { Status = PolicyStatus.Approved, Grants = grants, Capabilities = ["*"], IsolationFloor = level };
        var result = await host.Packages.SetPolicyAsync(WholeHost.Operator, installed.Package.Name, policy, installed.Digest, Ct);
        Assert.True(result.TryGetValue(out _, out var error), error?.Code);
    }

    internal static string Entry(string runtime) => runtime == "python" ? "plugin.py" : "main.js";

    internal static string Manifest(string name, string runtime, string entry, string exports, string more = "") => $$"""
        apiVersion: paddock/v1
        name: {{name}}
        version: 1.0.0
        runtime: {{runtime}}
        entry: {{entry}}
        limits: { memory: 160MiB, timeout: 60s, processes: 64 }
        contributes: { exports: {{exports}} }
        permissions: [{ type: kv, access: [read, write], scope: ["mine:"] }{{more}}]
        """;

    internal static async Task<ExecutionOutcome> RecordedAsync(WholeHost host, string plugin, string function, string input = "null")
    {
        Assert.Null((await host.Get<IReplayService>().EnableAsync(WholeHost.Operator, plugin, TimeSpan.FromHours(1), Ct)).Error);
        var call = new NamedCall { Function = function, Input = Encoding.UTF8.GetBytes(input), Timeout = function == "forever" ? TimeSpan.FromSeconds(1) : null };
        return (await host.Get<IPluginCalls>().CallAsync(WholeHost.Operator, plugin, call, Ct)).Value;
    }

    internal static async Task<ReplayOutcome> ReplayAsync(WholeHost host, string id)
    {
        var result = await host.Get<IReplayService>().ReplayAsync(WholeHost.Operator, id, Ct);
        Assert.True(result.TryGetValue(out var outcome, out var error), error is null ? "" : $"{error.Code} {string.Join("; ", error.Findings.Select(f => f.Message))}");
        return outcome;
    }

    /// <summary>The same end, word for word.</summary>
    internal static void AssertSame(CallResult recorded, ReplayOutcome outcome)
    {
        Assert.True(outcome.Divergence is null, $"{outcome.Divergence?.Step}: {outcome.Divergence?.Message}\n{Text(recorded)}\n{Text(outcome.Replayed)}");
        Assert.Equal(Text(recorded), Text(outcome.Replayed));
        Assert.Equal(recorded.Error?.Message, outcome.Replayed.Error?.Message);
        Assert.Equal(recorded.Logs.Select(l => l.Message), outcome.Replayed.Logs.Select(l => l.Message));
    }

    internal static string Text(CallResult result) => result.Error?.Code ?? Encoding.UTF8.GetString(result.Value.Span);
}
