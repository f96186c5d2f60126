using System.Text;
using System.Text.Json;

namespace Paddock.Sandbox.Wasm.Tests;

public sealed class CallTests(RuntimeFixture js)
{
    [Fact]
    public async Task Call_Console_IsCapturedWithLevelsAndWithoutTheBridge()
    {
        var result = await js.Run("module.exports = () => { console.log('a', { b: [1, 'x'] }, null); console.warn(1n); console.error(new TypeError('t')); console.debug(Symbol('s')) }");
        Assert.Equal([LogSeverity.Info, LogSeverity.Warn, LogSeverity.Error, LogSeverity.Debug], result.Logs.Select(l => l.Severity));
        Assert.Equal("a { b: [1, \"x\"] } null", result.Logs[0].Message);
        Assert.StartsWith("TypeError: t", result.Logs[2].Message, StringComparison.Ordinal);
        Assert.DoesNotContain("paddock", result.Logs[2].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_HostLog_TakesALevelByName()
    {
        var result = await js.Run("module.exports = (c) => { c.host.log('error', 'e'); c.host.log('toString', { a: 1 }) }");
        Assert.Equal([(LogSeverity.Error, "e"), (LogSeverity.Info, "{ a: 1 }")], result.Logs.Select(l => (l.Severity, l.Message)));
    }

    [Fact]
    public async Task Call_Throws_TellsNameMessageLineAndTheGuestsOwnStack()
    {
        var error = (await js.Run("const f = () => {\n  throw new TypeError('bad')\n}\nmodule.exports = async () => f()")).Error!;
        Assert.Equal((ErrorCodes.GuestError, "TypeError", "bad", 2), (error.Code, error.Name, error.Message, error.Line ?? 0));
        Assert.DoesNotContain("paddock", error.Stack, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("throw 'text'", "text")]
    [InlineData("throw null", "null")]
    [InlineData("throw { get message() { throw 1 } }", "")]
    [InlineData("throw new Proxy({}, { get() { throw 1 } })", "")]
    [InlineData("throw Object.create(null)", "")]
    public async Task Call_ThrowsAnything_IsDescribed(string statement, string message)
    {
        var error = (await js.Run($"module.exports = () => {{ {statement} }}")).Error!;
        Assert.Equal((ErrorCodes.GuestError, message), (error.Code, error.Message));
    }

    [Theory]
    [InlineData("undefined", "null")]
    [InlineData("NaN", "null")]
    [InlineData("'\\ud800'", "\"\\ud800\"")]
    [InlineData("new Date(0)", "\"1970-01-01T00:00:00.000Z\"")]
    [InlineData("({ toJSON: () => 7 })", "7")]
    [InlineData("({ then: (f) => f(8) })", "8")]
    public async Task Call_Result_IsItsJson(string expression, string json) =>
        Assert.Equal(json, await js.Value($"module.exports = () => {expression}"));

    [Theory]
    [InlineData("1n")]
    [InlineData("(() => { const a = {}; a.a = a; return a })()")]
    [InlineData("({ toJSON() { throw 1 } })")]
    public async Task Call_ResultWithoutJson_IsInvalid(string expression) =>
        Assert.Equal(ErrorCodes.ResultInvalid, (await js.Run($"module.exports = () => {expression}")).Error?.Code);

    [Fact]
    public async Task Call_InputConfigContext_ArriveAsTheyAre()
    {
        await using var sandbox = await js.Runtime.CreateAsync(RuntimeFixture.Spec("module.exports = (c) => [c.input, c.config, c.context]"), TestContext.Current.CancellationToken);
        var call = new SandboxCall { Input = "\"ü\\u0000\""u8.ToArray(), Config = "{\"a\":1}"u8.ToArray(), Context = "[2]"u8.ToArray() };
        var result = await sandbox.CallAsync(call, RefusingHostChannel.Instance, TestContext.Current.CancellationToken);
        Assert.Equal("[\"ü\\u0000\",{\"a\":1},[2]]", Encoding.UTF8.GetString(result.Value.Span));
    }

    [Theory]
    [InlineData("module.exports = () => 1", "1")]
    [InlineData("module.exports = Object.assign(() => 1, { default: () => 2 })", "2")]
    [InlineData("exports.default = () => 3", "3")]
    public async Task Call_Default_IsWhatTheModuleExports(string code, string value)
    {
        await using var sandbox = await js.Runtime.CreateAsync(RuntimeFixture.Spec(code), TestContext.Current.CancellationToken);
        var result = await sandbox.CallAsync(RuntimeFixture.Call(function: "default"), RefusingHostChannel.Instance, TestContext.Current.CancellationToken);
        Assert.Equal(value, Encoding.UTF8.GetString(result.Value.Span));
    }

    [Fact]
    public async Task Call_State_IsFreshEachTime()
    {
        const string code = "let n = 0; const list = []; module.exports = () => { n++; list.push(n); globalThis.g = (globalThis.g ?? 0) + 1; Array.prototype.x = (Array.prototype.x ?? 0) + 1; return [n, list.length, g, [].x] }";
        await using var sandbox = await js.Runtime.CreateAsync(RuntimeFixture.Spec(code), TestContext.Current.CancellationToken);
        for (var i = 0; i < 5; i++)
        {
            var result = await sandbox.CallAsync(RuntimeFixture.Call(), RefusingHostChannel.Instance, TestContext.Current.CancellationToken);
            Assert.Equal("[1,1,1,1]", Encoding.UTF8.GetString(result.Value.Span));
        }
    }

    [Fact]
    public async Task Call_RandomAndClocks_AreTheCallsOwn()
    {
        await using var sandbox = await js.Runtime.CreateAsync(RuntimeFixture.Spec("module.exports = () => [Math.random(), performance.now(), new Date().getTimezoneOffset(), Date.now()]"), TestContext.Current.CancellationToken);
        var seen = new HashSet<double>();
        for (var i = 0; i < 20; i++)
        {
            var result = await sandbox.CallAsync(RuntimeFixture.Call(), RefusingHostChannel.Instance, TestContext.Current.CancellationToken);
            var values = JsonSerializer.Deserialize<double[]>(result.Value.Span)!;
            Assert.True(seen.Add(values[0]) && values[0] is >= 0 and < 1);
            Assert.True(values[1] >= 0 && values[1] <= result.Duration.TotalMilliseconds + 1);
            Assert.Equal(0, values[2]);
            Assert.True(Math.Abs(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - values[3]) < 60_000);
        }
    }

    [Fact]
    public async Task Call_TimeZone_IsThePluginsOwn()
    {
        var spec = RuntimeFixture.Spec("module.exports = () => new Date(0).getHours()") with { TimeZone = TimeZoneInfo.CreateCustomTimeZone("t", TimeSpan.FromHours(-3), "t", "t") };
        await using var sandbox = await js.Runtime.CreateAsync(spec, TestContext.Current.CancellationToken);
        Assert.Equal("21"u8.ToArray(), (await sandbox.CallAsync(RuntimeFixture.Call(), RefusingHostChannel.Instance, TestContext.Current.CancellationToken)).Value.ToArray());
    }

    [Theory]
    [InlineData("db.query('select ?', [1])", "db.query", """{"query":"select ?","args":[1]}""")]
    [InlineData("db.exec('delete from t', [], 'archive')", "db.exec", """{"query":"delete from t","args":[],"database":"archive"}""")]
    [InlineData("cache.get('k')", "cache.get", """{"key":"k"}""")]
    [InlineData("cache.set('k', { n: 1 }, 60)", "cache.set", """{"key":"k","value":{"n":1},"ttl":60}""")]
    [InlineData("cache.delete('k')", "cache.delete", """{"key":"k"}""")]
    [InlineData("http.request({ method: 'GET', url: 'https://example.com/' })", "http.request", """{"method":"GET","url":"https://example.com/"}""")]
    [InlineData("email.send({ to: 'a@example.com', subject: 's', body: 'b' })", "email.send", """{"to":"a@example.com","subject":"s","body":"b"}""")]
    [InlineData("config.get('App:Title')", "config.get", """{"key":"App:Title"}""")]
    [InlineData("plugin.call('other', 'f', { n: 1 })", "plugin.call", """{"plugin":"other","function":"f","args":{"n":1}}""")]
    [InlineData("translate('title', { n: 1 }, 'de')", "translate", """{"key":"title","args":{"n":1},"language":"de"}""")]
    [InlineData("time.now()", "time.now", "{}")]
    [InlineData("random.bytes(16)", "random.bytes", """{"count":16}""")]
    public async Task Call_HostFunction_SendsItsNameAndArguments(string call, string function, string arguments)
    {
        var channel = new ChannelOf((f, a, _) => Task.FromResult(f == function && a == arguments ? ChannelOf.Json("7") : HostReply.Fail(ErrorCodes.InvalidArgument, f + a)));
        Assert.Equal("7", await js.Value($"module.exports = (c) => c.host.{call}", channel: channel));
    }

    [Fact]
    public async Task HostCall_AnswersAndErrors_ArriveAsPromises()
    {
        var channel = new ChannelOf((f, a, _) => Task.FromResult(f == "files.read" ? ChannelOf.Json("\"text of " + a.Replace("\"", "'", StringComparison.Ordinal) + "\"") : HostReply.Fail(ErrorCodes.PermissionDenied, "no")));
        const string code = "module.exports = async (c) => [await c.gitu.files.read('p', { encoding: 'utf8' }), await c.host.kv.get('k').catch(e => [e instanceof Error, e.code, e.message])]";
        Assert.Equal("[\"text of {'path':'p','encoding':'utf8'}\",[true,\"PERMISSION_DENIED\",\"no\"]]", await js.Value(code, channel: channel));
    }

    [Fact]
    public async Task HostCall_FailureThatNobodyCatches_IsTheCallsError_ButNotAMadeUpOne()
    {
        var denies = new ChannelOf((_, _, _) => Task.FromResult(HostReply.Fail(ErrorCodes.PermissionDenied, "no")));
        Assert.Equal(ErrorCodes.PermissionDenied, (await js.Run("module.exports = (c) => c.host.kv.get('k')", channel: denies)).Error?.Code);
        const string forged = "module.exports = () => { throw Object.assign(new Error('x'), { name: 'HostError', code: 'PERMISSION_DENIED' }) }";
        Assert.Equal(ErrorCodes.GuestError, (await js.Run(forged, channel: denies)).Error?.Code);
    }

    [Fact]
    public async Task HostCall_MoreSuspendedCallsThanThreads_AllComplete()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = 0;
        var channel = new ChannelOf(async (_, _, ct) =>
        {
            if (Interlocked.Increment(ref waiting) == 20) gate.SetResult();
            await gate.Task.WaitAsync(ct);
            return ChannelOf.Json("1");
        });
        await using var sandbox = await js.Runtime.CreateAsync(RuntimeFixture.Spec("module.exports = async (c) => (await c.host.kv.get('k')) + c.input"), TestContext.Current.CancellationToken);
        var calls = Enumerable.Range(0, 20).Select(i => sandbox.CallAsync(RuntimeFixture.Call(i.ToString(System.Globalization.CultureInfo.InvariantCulture)), channel, TestContext.Current.CancellationToken).AsTask());
        var results = await Task.WhenAll(calls);
        Assert.Equal(Enumerable.Range(1, 20), results.Select(r => JsonSerializer.Deserialize<int>(r.Value.Span)));
    }

    [Fact]
    public async Task Call_Cancelled_StopsAnEndlessLoop()
    {
        await using var sandbox = await js.Runtime.CreateAsync(RuntimeFixture.Spec("module.exports = async (c) => { await c.host.kv.get('k'); while (true) {} }"), TestContext.Current.CancellationToken);
        using var cancel = new CancellationTokenSource();
        var channel = new ChannelOf(async (_, _, _) =>
        {
            await cancel.CancelAsync();
            return ChannelOf.Json("1");
        });
        Assert.Equal((CallStatus.Cancelled, ErrorCodes.Cancelled), await sandbox.CallAsync(RuntimeFixture.Call(), channel, cancel.Token) is var r ? (r.Status, r.Error!.Code) : default);
    }
}
