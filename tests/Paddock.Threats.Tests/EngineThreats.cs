using System.Text;
using System.Text.Json;
using Paddock.Sandbox.Wasm.JavaScript;
using Paddock.Sandbox.Wasm.Threads;
using Paddock.Wasm;

namespace Paddock.Threats.Tests;

/// <summary>Rows 23 to 36, 43 and 46 of the threat model, for JavaScript.</summary>
public sealed class EngineThreats(Arena arena)
{
    [Theory]
    [InlineData("console.log.constructor('return process')()")]
    [InlineData("(0, eval)('process')")]
    [InlineData("c.gitu.files.read.constructor('return process')()")]
    [InlineData("(async () => {}).constructor('return process')().then(String)")]
    [InlineData("(function* () {}).constructor('return process')().next()")]
    [InlineData("Reflect.construct(Function, ['return process'])()")]
    [InlineData("import('fs')")]
    [InlineData("import('/etc/passwd')")]
    [InlineData("new Error().constructor.constructor('return require')()('fs')")]
    public async Task T23_ConstructorChain_ReachesNothingOfTheHost(string expression)
    {
        var result = await arena.Attack($"module.exports = (c) => {expression}");
        Assert.Equal((CallStatus.GuestFault, ErrorCodes.GuestError), (result.Status, result.Error?.Code));
        Assert.Equal("object", Arena.InNode("console.log(typeof require('vm').runInNewContext('log.constructor(\"return process\")()', { log: console.log }))"));
    }

    [Fact]
    public async Task T23_Globals_AreTheLanguagesOwn()
    {
        var result = await arena.Attack("module.exports = () => ['process', 'require', 'fetch', 'XMLHttpRequest', 'WebSocket', 'Deno', 'Bun', 'os', 'std', 'bjson', 'scriptArgs', 'print', 'setTimeout', 'global', 'window', 'System'].filter(n => n in globalThis)");
        Assert.Equal("[]", Arena.Text(result));
    }

    [Fact]
    public async Task T24_PrototypePollution_DoesNotOutliveItsCall()
    {
        const string pollute = "module.exports = () => { const before = [{}.canary, Math.canary, JSON.parse.canary]; Object.prototype.canary = 1; Math.canary = 1; JSON.parse.canary = 1; Promise.prototype.then = null; return before }";
        await using var sandbox = await arena.Runtime.CreateAsync(Arena.Spec(pollute), TestContext.Current.CancellationToken);
        for (var i = 0; i < 5; i++)
            Assert.Equal("[null,null,null]", Arena.Text(await sandbox.CallAsync(Arena.Call(), RefusingHostChannel.Instance, TestContext.Current.CancellationToken)));
        await arena.NeighbourAnswers();
        Assert.Equal("[null,null,null][1,1,1]", TwoCallsWithoutRestore(pollute));
    }

    [Theory]
    [InlineData("({ get a() { throw new Error('x') } })")]
    [InlineData("new Proxy({}, { ownKeys() { throw 1 } })")]
    [InlineData("({ then() { throw new Error('x') } })")]
    [InlineData("({ toJSON() { for (;;); } })")]
    [InlineData("new Proxy(function () {}, { get(t, k) { return k === 'then' ? undefined : () => { for (;;); } } })")]
    [InlineData("(Object.prototype.toJSON = () => { throw 1 }, {})")]
    public async Task T25_GettersProxiesThenables_RunInsideTheGuestUnderItsLimits(string expression)
    {
        var result = await arena.Attack($"module.exports = () => {expression}");
        Assert.True(result.Status is CallStatus.GuestFault or CallStatus.LimitExceeded || (result.Status == CallStatus.Completed && Arena.Text(result) == "null"), $"{result.Status}");
    }

    [Fact]
    public async Task T25_PatchedBuiltins_DoNotConfuseTheBridge()
    {
        const string code = """
            JSON.stringify = () => '"forged"'; JSON.parse = () => 'forged'; Map.prototype.get = () => ({ resolve() {}, reject() {} });
            Promise.prototype.then = () => 1; Array.prototype[Symbol.iterator] = function* () {}; Reflect.apply = () => 1; Function.prototype.call = () => 1;
            Object.defineProperty(Object.prototype, 'resolve', { set() { throw 1 } });
            module.exports = async (c) => [await c.host.kv.get('k'), c.input];
            """;
        var channel = new ChannelOf((f, a, _) => Task.FromResult(ChannelOf.Json(JsonSerializer.Serialize(f + a))));
        var result = await arena.Attack(code, channel: channel, input: "\"input\"");
        Assert.Equal("[\"kv.get{\\u0022key\\u0022:\\u0022k\\u0022}\",\"input\"]", JsonSerializer.Serialize(JsonSerializer.Deserialize<string[]>(result.Value.Span)));
    }

    [Theory]
    [InlineData("throw new Error('x')")]
    [InlineData("return c.host.kv.get('k')")]
    [InlineData("null.x")]
    [InlineData("(function f() { f.caller })(); throw new Error(new Error().stack)")]
    [InlineData("Error.prepareStackTrace = (e, frames) => String(frames); throw new Error('x')")]
    public async Task T26_Errors_TellNothingOfTheHost(string body)
    {
        var channel = new ChannelOf((_, _, _) => Task.FromResult(HostReply.Fail(ErrorCodes.HostError, "The host could not do this.")));
        var error = (await arena.Attack($"module.exports = async (c) => {{ {body} }}", channel: channel)).Error!;
        var all = string.Join('\n', error.Message, error.Stack, error.Name);
        foreach (var trace in new[] { "/src/", "System.", "Paddock.Sandbox", "Exception", ".cs", ".dll", AppContext.BaseDirectory }) Assert.DoesNotContain(trace, all, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("while (true) {}")]
    [InlineData("for (;;) await null")]
    [InlineData("const f = () => { Promise.resolve().then(f) }; f(); await new Promise(() => {})")]
    [InlineData("const g = (function* () { for (;;) yield 1 })(); for (const x of g);")]
    public async Task T27_EndlessWork_EndsAtItsDeadline_AndNotBefore(string body)
    {
        var code = $"module.exports = async () => {{ {body} }}";
        Assert.Equal(ErrorCodes.TimeLimit, (await arena.Attack(code)).Error?.Code);

        // Control: without the deadline it goes on until somebody else ends it.
        await using var sandbox = await arena.Runtime.CreateAsync(Arena.Spec(code, new Limits { Timeout = TimeSpan.FromMinutes(5) }), TestContext.Current.CancellationToken);
        using var cancel = new CancellationTokenSource();
        var call = sandbox.CallAsync(Arena.Call(), RefusingHostChannel.Instance, cancel.Token).AsTask();
        await arena.NeighbourAnswers();
        Assert.False(call.IsCompleted);
        await cancel.CancelAsync();
        Assert.Equal(CallStatus.Cancelled, (await call).Status);
    }

    [Fact]
    public async Task T28_ReDoS_EndsAtItsDeadline() =>
        Assert.Equal(ErrorCodes.TimeLimit, (await arena.Attack("module.exports = () => /^(([a-z])+.)+[A-Z]([a-z])+$/.test('a'.repeat(60))")).Error?.Code);

    [Theory]
    [InlineData("const a = []; for (;;) a.push(new Uint8Array(1 << 16).fill(1))")]
    [InlineData("return new ArrayBuffer(32 << 20).byteLength")]
    [InlineData("return 'x'.repeat(32 << 20).split('').length")]
    [InlineData("return new Array(8 << 20).fill(0).length")]
    [InlineData("const m = new Map(); for (let i = 0; ; i++) m.set(i, { i })")]
    public async Task T29_AllocationBombs_EndAtTheMemoryLimit_AndTheProcessDoesNotGrow(string body)
    {
        var code = $"module.exports = () => {{ try {{ {body} }} catch {{ return 'caught' }} }}";
        var result = await arena.Attack(code, Arena.Tight with { Timeout = TimeSpan.FromSeconds(20) });
        Assert.Equal((CallStatus.LimitExceeded, ErrorCodes.MemoryLimit), (result.Status, result.Error?.Code));
    }

    [Fact]
    public async Task T29_Control_WithAHigherLimitTheSameAllocationSucceeds() =>
        Assert.Equal("33554432", Arena.Text(await arena.Attack("module.exports = () => new ArrayBuffer(32 << 20).byteLength", new Limits { MemoryBytes = 128 << 20 })));

    [Fact]
    public async Task T29_HostCallsThatNobodyAwaits_HoldNoMoreThanTheGuestMay()
    {
        const string code = "module.exports = async (c) => { const s = 'x'.repeat(1 << 20); for (let i = 0; i < 100; i++) { const p = c.host.kv.set('k', s); if (c.input) await p } return 'all' }";
        var limits = Arena.Tight with { Timeout = TimeSpan.FromSeconds(60) };
        var channel = new ChannelOf((_, _, _) => Task.FromResult(ChannelOf.Json("1")));
        var result = await arena.Attack(code, limits, channel, "false");
        Assert.Equal((CallStatus.LimitExceeded, ErrorCodes.MemoryLimit), (result.Status, result.Error?.Code));
        Assert.Equal(16, result.HostCalls);

        // Control: the same host calls, one after another, are all answered.
        Assert.Equal("\"all\"", Arena.Text(await arena.Attack(code, limits, channel, "true")));
    }

    [Theory]
    [InlineData("(function f() { f() })()")]
    [InlineData("const a = []; let x = a; for (let i = 0; i < 1e5; i++) { const n = []; x.push(n); x = n } JSON.stringify(a)")]
    [InlineData("JSON.parse('['.repeat(1e5))")]
    [InlineData("new RegExp('('.repeat(1e5) + ')'.repeat(1e5))")]
    [InlineData("new Function('return ' + '('.repeat(1e5) + '1' + ')'.repeat(1e5))()")]
    [InlineData("const p = {}; p.valueOf = () => +p; +p")]
    [InlineData("let p = new Proxy({}, {}); for (let i = 0; i < 1e5; i++) p = new Proxy(p, {}); p.x")]
    [InlineData("let f = () => 1; for (let i = 0; i < 1e5; i++) f = f.bind(null); f()")]
    public async Task T30_Recursion_NeverKillsTheProcess(string body)
    {
        var result = await arena.Attack($"module.exports = () => {{ {body} }}", Arena.Tight with { Timeout = TimeSpan.FromSeconds(20), MemoryBytes = 128 << 20 });
        Assert.True(result.Status is CallStatus.LimitExceeded or CallStatus.GuestFault or CallStatus.Completed);
        Assert.NotEqual(ErrorCodes.GuestTrap, result.Error?.Code);
    }

    [Theory]
    [InlineData(0x7FFFFFFF, 1)]
    [InlineData(-1, 1)]
    [InlineData(65535, 2)]
    [InlineData(-8, 16)]
    [InlineData(0, -1)]
    public async Task T33_PointerOrLengthOutOfRange_TrapsBeforeTheHostReads(int pointer, int length)
    {
        // (import "h" "f" (func (param i32 i32))) (memory 1) (func (export "g") (param i32 i32) local.get 0 local.get 1 call 0)
        byte[] module =
        [
            0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 1, 6, 1, 0x60, 2, 0x7F, 0x7F, 0, 2, 7, 1, 1, (byte)'h', 1, (byte)'f', 0, 0,
            3, 2, 1, 0, 5, 3, 1, 0, 1, 7, 5, 1, 1, (byte)'g', 0, 1, 10, 10, 1, 8, 0, 0x20, 0, 0x20, 1, 0x10, 0, 0x0B,
        ];
        var memory = default(LinearMemory);
        var read = 0L;
        var host = Function.FromHost(new FuncType([Wasm.ValueType.I32, Wasm.ValueType.I32], []), (a, _) => read += memory!.Slice((uint)a[0].AsI32(), (uint)a[1].AsI32()).Length);
        var compiled = ModuleCompiler.Compile(ModuleValidator.Validate(ModuleDecoder.Decode(module)), TestContext.Current.CancellationToken);
        using var instance = compiled.Instantiate(new Imports().Add("h", "f", host));
        memory = instance.Memory;
        var g = instance.GetFunction("g");
        Assert.Equal(TrapCode.MemoryOutOfBounds, Assert.Throws<TrapException>(() => g.Call([pointer, length], [])).Code);
        Assert.Equal(0, read);

        // Control: what lies within is read by the same way.
        g.Call([65535, 1], []);
        Assert.Equal(1, read);
        await arena.NeighbourAnswers();
    }

    [Fact]
    public async Task T34_TimeoutInsideAHostCall_EndsTheCallAndTheHostCall()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var channel = new ChannelOf(async (_, _, ct) =>
        {
            await using var registration = ct.Register(ended.SetResult);
            await ended.Task;
            return ChannelOf.Json("1");
        });
        Assert.Equal(ErrorCodes.TimeLimit, (await arena.Attack("module.exports = (c) => c.host.kv.get('k')", channel: channel)).Error?.Code);
        await ended.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task T35_WorkThatOutlivesItsCall_IsNotDone()
    {
        var effects = 0;
        var channel = new ChannelOf((_, _, _) => Task.FromResult(ChannelOf.Json(Interlocked.Increment(ref effects).ToString(System.Globalization.CultureInfo.InvariantCulture))));
        const string code = "module.exports = (c) => { const later = async () => { for (;;) { await c.host.kv.set('a', 1) } }; if (c.input) return later(); later(); return 'done' }";
        Assert.Equal("\"done\"", Arena.Text(await arena.Attack(code, channel: channel, input: "false")));
        Assert.Equal(0, Volatile.Read(ref effects));

        // Control: awaited, the same work has its effects, until the limit on host calls.
        Assert.Equal(ErrorCodes.HostCallLimit, (await arena.Attack(code, Arena.Tight with { Timeout = TimeSpan.FromSeconds(20) }, channel, "true")).Error?.Code);
        Assert.True(Volatile.Read(ref effects) > 0);
    }

    [Fact]
    public async Task T36_ConcurrentCalls_EachTalkThroughTheirOwnChannel()
    {
        await using var sandbox = await arena.Runtime.CreateAsync(Arena.Spec("let mine; module.exports = async (c) => { mine = c.input; const seen = []; for (let i = 0; i < 5; i++) seen.push(await c.host.kv.get(mine)); return seen }", new Limits()), TestContext.Current.CancellationToken);
        var calls = Enumerable.Range(0, 24).Select(async i =>
        {
            var channel = new ChannelOf(async (_, a, _) =>
            {
                await Task.Yield();
                return ChannelOf.Json(JsonSerializer.Serialize($"{i}:{JsonDocument.Parse(a).RootElement.GetProperty("key").GetString()}"));
            });
            var result = await sandbox.CallAsync(Arena.Call($"\"k{i}\""), channel, TestContext.Current.CancellationToken);
            Assert.Equal(Enumerable.Repeat($"{i}:k{i}", 5), JsonSerializer.Deserialize<string[]>(result.Value.Span)!);
        });
        await Task.WhenAll(calls);
        await arena.NeighbourAnswers();
    }

    [Fact]
    public async Task T43_EscapesAndForgedLines_AreNeitherInLogsNorInErrors()
    {
        const string code = "const evil = 'a\\u001b[2J\\r\\u0007\\u202e b'; module.exports = () => { console.log(evil); throw new Error(evil) }";
        var result = await arena.Attack(code);
        foreach (var text in new[] { Assert.Single(result.Logs).Message, result.Error!.Message, result.Error.Stack ?? "" })
            Assert.DoesNotContain(text, c => (char.IsControl(c) && c != '\n' && c != '\t') || c == '\u202e');

        // Control: as a value, which no terminal shows, it is passed on as it is.
        Assert.Equal("a\u001b[2J\r\u0007\u202e b", JsonSerializer.Deserialize<string>((await arena.Attack(code.Replace("console.log(evil); throw new Error(evil)", "return evil", StringComparison.Ordinal))).Value.Span));
    }

    [Fact]
    public async Task T46_ClonesOfASnapshot_ShareNoRandomState()
    {
        const string code = "const atLoad = Math.random(); module.exports = () => [Math.random(), Math.random()]";
        await using var one = await arena.Runtime.CreateAsync(Arena.Spec(code), TestContext.Current.CancellationToken);
        await using var two = await arena.Runtime.CreateAsync(Arena.Spec(code), TestContext.Current.CancellationToken);
        var seen = new HashSet<double>();
        foreach (var sandbox in new[] { one, two, one, two })
        {
            foreach (var value in JsonSerializer.Deserialize<double[]>((await sandbox.CallAsync(Arena.Call(), RefusingHostChannel.Instance, TestContext.Current.CancellationToken)).Value.Span)!) Assert.True(seen.Add(value));
        }

        // Control: with one seed for both, two calls draw the same numbers.
        Assert.Equal(SeededCall(code), SeededCall(code));
    }

    private static string TwoCallsWithoutRestore(string code) => OnGuest(code, (guest, engine, spec) => Raw(guest, engine, spec, 1) + Raw(guest, engine, spec, 2));

    private static string SeededCall(string code) => OnGuest(code, (guest, engine, spec) => Raw(guest, engine, spec, 7));

    private static string OnGuest(string code, Func<QuickJs, EngineImage, SandboxSpec, string> run)
    {
        using var threads = new GuestThreads(1, 16 << 20);
        return threads.RunAsync(() =>
        {
            var engine = EngineImage.Create(TimeProvider.System);
            using var guest = new QuickJs(engine.Module);
            var spec = Arena.Spec(code, new Limits());
            var image = PluginLoader.Load(guest, engine, spec, new CallSession(spec, spec.Limits, TimeProvider.System));
            guest.Begin(image, new CallSession(spec, spec.Limits, TimeProvider.System), spec.Limits);
            return run(guest, engine, spec);
        }, new ThreadShare(1), TestContext.Current.CancellationToken).GetAwaiter().GetResult();
    }

    /// <summary>A call as the runtime makes it, but without the restore before it and with a seed of the test's.</summary>
    private static string Raw(QuickJs guest, EngineImage engine, SandboxSpec spec, int seed)
    {
        var session = new CallSession(spec, spec.Limits, TimeProvider.System);
        guest.Attach(session, spec.Limits);
        int[] arguments = [guest.NewString("call"u8), guest.NewString(""u8), guest.NewString("null"u8), guest.NewString("null"u8), guest.NewString("null"u8), guest.NewNumber(seed), guest.NewNumber(seed), guest.NewNumber(seed), guest.NewNumber(seed)];
        guest.Apply(engine.Bridge, arguments);
        guest.RunJobs(() => session.Outcome is not null);
        return Encoding.UTF8.GetString(session.Outcome!.Value.Json);
    }
}
