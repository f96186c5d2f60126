using System.Diagnostics;
using System.Text;
using Paddock.Replay;
using Paddock.Sandbox.Wasm.Abi;
using Paddock.Sandbox.Wasm.JavaScript;
using Paddock.Tests.Seam;
using static Paddock.Tests.Seam.HostFixture;

namespace Paddock.Tests.Replay;

/// <summary>Recorded calls of plugins on their real runtimes, run again to the same end.</summary>
public sealed class RealRuntimeTests : IAsyncDisposable
{
    private const string Script = """
        module.exports = Object.assign(() => 0, {
          learn: async (c) => {
            const before = [Date.now(), Math.random(), Math.random(), new Date().toISOString()];
            const order = [];
            const get = async (key) => { try { order.push([key, await c.host.kv.get(key)]); } catch (e) { order.push([key, e.code]); } };
            await Promise.all([get('slow'), get('fast'), get('refused'), get('fast')]);
            console.log('learnt', order.length, Math.random());
            const first = await Promise.race([c.host.kv.get('never'), c.host.kv.get('fast')]);
            return { before, order, first, after: Date.now(), input: c.input, config: c.config };
          },
          // More at once than are under way at once, the first of them answered late.
          many: async (c) => {
            const order = [];
            const get = async (key, i) => { await c.host.kv.get(key); order.push(i); };
            await Promise.all(Array.from({ length: 80 }, (_, i) => get(i === 0 ? 'slow' : 'fast', i)));
            return order;
          },
          // What is answered second is only asked when the first is answered.
          turns: async (c) => {
            const [first, late] = [c.host.kv.get('fast'), c.host.kv.get('slow')];
            return [await first, await c.host.kv.get('fast'), await late, Math.random()];
          },
          fail: async (c) => { await c.host.kv.get('fast'); throw new TypeError(`at ${Date.now()} with ${Math.random()}`); },
          forever: async (c) => { await c.host.kv.get('fast'); for (;;) Date.now(); },
        });
        """;

    private readonly HostFixture _host = new();
    private readonly JavaScriptRuntime _javaScript = new();
    private readonly WebAssemblyRuntime _wasm = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _javaScript.DisposeAsync();
        await _wasm.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Theory]
    [InlineData("learn", CallStatus.Completed)]
    [InlineData("many", CallStatus.Completed)]
    [InlineData("turns", CallStatus.Completed)]
    [InlineData("fail", CallStatus.GuestFault)]
    [InlineData("forever", CallStatus.LimitExceeded)]
    public async Task JavaScript_RunsAgainToTheSameEnd(string function, CallStatus status)
    {
        var limits = new Limits { Timeout = TimeSpan.FromMilliseconds(function == "forever" ? 500 : 20_000) };
        var (recorded, outcome) = await RecordAndReplayAsync(_javaScript, Spec(PluginRuntime.JavaScript, "plugin.js", Encoding.UTF8.GetBytes(Script), limits), function, "{\"n\":1}");
        Assert.Null(outcome.Divergence);
        Assert.Equal(status, recorded.Status);
        Assert.Equal(Text(recorded), Text(outcome.Replayed));
        Assert.Equal(recorded.Error?.Message, outcome.Replayed.Error?.Message);
        if (function == "learn") Assert.Contains("[\"refused\",\"PERMISSION_DENIED\"]", Text(recorded), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_ReplyToWhatIsNotAskedYet_IsWaitedFor()
    {
        var (_, id) = await RecordAsync(_javaScript, Spec(PluginRuntime.JavaScript, "plugin.js", Encoding.UTF8.GetBytes(Script), new Limits()), "turns", "null");
        var (recorded, _) = Store.Open(Store.Find(Operator, id)!)!.Value;
        Assert.Equal([0, 2, 1], recorded.Settled);
        using var replayed = new ReplayedCall(recorded);
        async Task AskAsync(int call) => Assert.Null((await replayed.InvokeAsync("kv.get", recorded.HostCalls[call].Arguments, Ct)).Error);
        await AskAsync(0);
        await AskAsync(1);
        Assert.Equal(0, replayed.SettleNext([0, 1]));

        // A guest in a process of its own asks when it has read that.
        Assert.Equal(-1, replayed.SettleNext([1]));
        await AskAsync(2);
        Assert.Equal(2, replayed.SettleNext([1, 2]));
        Assert.Equal(1, replayed.SettleNext([1]));
        Assert.Null(replayed.Divergence);
    }

    [Fact]
    public async Task JavaScript_Control_CalledAgain_LearnsSomethingElse()
    {
        await using var sandbox = await _javaScript.CreateAsync(Spec(PluginRuntime.JavaScript, "plugin.js", Encoding.UTF8.GetBytes(Script), new Limits()), Ct);
        var call = new SandboxCall { Function = "learn", Input = "null"u8.ToArray() };
        Assert.NotEqual(Text(await sandbox.CallAsync(call, new Answers(), Ct)), Text(await sandbox.CallAsync(call, new Answers(), Ct)));
    }

    [Theory]
    [InlineData("learn", CallStatus.Completed)]
    [InlineData("fail", CallStatus.GuestFault)]
    public async Task WebAssembly_RunsAgainToTheSameEnd(string function, CallStatus status)
    {
        var (recorded, outcome) = await RecordAndReplayAsync(_wasm, Spec(PluginRuntime.Wasm, "plugin.wasm", Compile("learn.c"), new Limits()), function, "{\"key\":\"fast\"}");
        Assert.Null(outcome.Divergence);
        Assert.Equal(status, recorded.Status);
        Assert.Equal(Text(recorded), Text(outcome.Replayed));
        Assert.Equal(2, recorded.HostCalls);
    }

    [Fact]
    public async Task JavaScript_OtherCodeUnderARecording_Diverges()
    {
        var spec = Spec(PluginRuntime.JavaScript, "plugin.js", "module.exports = async (c) => [await c.host.kv.get('fast'), Date.now()]"u8.ToArray(), new Limits());
        var (plugin, id) = await RecordAsync(_javaScript, spec, null, "null");
        var (recorded, _) = Store.Open(Store.Find(Operator, id)!)!.Value;
        foreach (var (code, step) in ((string, string)[])[
            ("module.exports = async (c) => [await c.host.kv.get('slow'), Date.now()]", "host call 1"),
            ("module.exports = async (c) => [await c.host.kv.get('fast'), 1]", "clock"),
            ("module.exports = async (c) => [await c.host.kv.get('fast'), Date.now(), 1]", "result"),
            ("module.exports = async (c) => { const r = [await c.host.kv.get('fast'), Date.now()]; await c.host.kv.get('fast'); return r }", "host call 2"),
        ])
        {
            using var replayed = new ReplayedCall(recorded);
            await using var sandbox = await _javaScript.CreateAsync(Spec(PluginRuntime.JavaScript, "plugin.js", Encoding.UTF8.GetBytes(code), new Limits()), Ct);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(replayed.Stopped, Ct);
            replayed.Judge(await sandbox.CallAsync(new SandboxCall { Input = recorded.Input, Sources = replayed }, replayed, stop.Token));
            Assert.Equal(step, replayed.Divergence?.Step);
        }

        Assert.NotEmpty(plugin);
    }

    private ReplayStore Store => _host.Get<ReplayStore>();

    private async Task<(CallResult Recorded, ReplayOutcome Outcome)> RecordAndReplayAsync(ISandboxRuntime runtime, SandboxSpec spec, string? function, string input)
    {
        var (_, id) = await RecordAsync(runtime, spec, function, input);
        var service = new ReplayService(Store, [runtime], _host.Clock);
        var outcome = (await service.ReplayAsync(Operator, id, Ct)).Value;
        return (outcome.Recorded, outcome);
    }

    private async Task<(string Plugin, string Id)> RecordAsync(ISandboxRuntime runtime, SandboxSpec spec, string? function, string input)
    {
        var plugin = await _host.CreateAsync("log x");
        Assert.Null((await _host.Get<IReplayService>().EnableAsync(Operator, plugin.Id, TimeSpan.FromHours(1), Ct)).Error);
        await using var sandbox = await runtime.CreateAsync(spec, Ct);
        var call = new SandboxCall { Function = function, Input = Encoding.UTF8.GetBytes(input), Config = "{\"a\":1}"u8.ToArray() };
        string id = $"exe_{Guid.NewGuid():N}";
        var recording = Store.Begin(new PluginIdentity(Principal.DefaultTenant, plugin.Id), spec, id, "ann", call, new Answers())!;
        await recording.EndAsync(await sandbox.CallAsync(recording.Call, recording, Ct));
        return (plugin.Id, id);
    }

    private static SandboxSpec Spec(PluginRuntime runtime, string entry, byte[] content, Limits limits) => new()
    {
        Digest = "a digest",
        Runtime = runtime,
        Files = new Dictionary<string, ReadOnlyMemory<byte>> { [entry] = content },
        Entry = entry,
        Limits = limits,
    };

    private static string Text(CallResult result) => Encoding.UTF8.GetString(result.Value.Span);

    private static byte[] Compile(string source)
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Paddock.slnx"))) root = Path.GetDirectoryName(root)!;
        string output = Path.Combine(Path.GetTempPath(), $"paddock-replay-{Guid.NewGuid():N}.wasm");
        string[] arguments = ["--target=wasm32-wasi", "-mexec-model=reactor", "-O2", "-I", Path.Combine(root, "guest/c"), Path.Combine(root, "tests/Paddock.Tests/Replay/Guests", source), "-o", output];
        using var compiler = Process.Start(new ProcessStartInfo("clang", arguments) { RedirectStandardError = true })!;
        string errors = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        Assert.True(compiler.ExitCode == 0, errors);
        byte[] module = File.ReadAllBytes(output);
        File.Delete(output);
        return module;
    }

    /// <summary>A host whose answers come in another order than the questions, change each time, and do not all come.</summary>
    private sealed class Answers : IHostChannel
    {
        private int _count;

        public async ValueTask<HostReply> InvokeAsync(string function, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken)
        {
            string text = Encoding.UTF8.GetString(arguments.Span);
            if (text.Contains("never", StringComparison.Ordinal)) await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (text.Contains("slow", StringComparison.Ordinal)) await Task.Delay(50, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (text.Contains("refused", StringComparison.Ordinal) || function != "kv.get") return HostReply.Fail(ErrorCodes.PermissionDenied, "No grant covers it.");
            return HostReply.Ok(Encoding.UTF8.GetBytes($"{{\"value\":\"{Interlocked.Increment(ref _count)} {Guid.NewGuid()}\"}}"));
        }
    }
}
