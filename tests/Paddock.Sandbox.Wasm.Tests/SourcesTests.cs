using System.Text;

namespace Paddock.Sandbox.Wasm.Tests;

/// <summary>Time, randomness and the order of replies come from where the call says.</summary>
public sealed class SourcesTests(RuntimeFixture js, WasmFixture wasm)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Call_JavaScript_SeesTheGivenTimeAndRandomness()
    {
        const string Code = "module.exports = () => [Date.now(), new Date().getTime(), performance.now(), Math.random(), Math.random()]";
        await using var sandbox = await js.Runtime.CreateAsync(RuntimeFixture.Spec(Code), Stop);
        var first = await Text(sandbox, new Fixed());
        Assert.StartsWith("[1234567890123,1234567890123,", first, StringComparison.Ordinal);
        Assert.Equal(first, await Text(sandbox, new Fixed()));
        Assert.NotEqual(first, await Text(sandbox, new Fixed { Random = 8 }));
    }

    [Fact]
    public async Task Call_Wasm_SeesTheGivenTime()
    {
        await using var sandbox = await wasm.Load(Guests.Gk);
        Assert.Equal("1234567890", await Text(sandbox, new Fixed(), "time"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Call_ConcurrentHostCalls_AreSettledInTheGivenOrder(bool backwards)
    {
        const string Code = "module.exports = async (c) => { const seen = []; await Promise.all(['a', 'b', 'c'].map((k) => c.host.kv.get(k).then((v) => seen.push(v)))); return seen.join('') }";
        await using var sandbox = await js.Runtime.CreateAsync(RuntimeFixture.Spec(Code), Stop);
        var sources = new Fixed { Order = backwards ? [2, 1, 0] : [0, 1, 2] };
        var channel = new ChannelOf((_, a, _) => Task.FromResult(ChannelOf.Json(a[7..^1])));
        Assert.Equal(backwards ? "\"cba\"" : "\"abc\"", await Text(sandbox, sources, null, channel));
    }

    [Fact]
    public async Task Call_SourcesWaitForWhatIsNotAsked_IsADeadlock()
    {
        await using var sandbox = await js.Runtime.CreateAsync(RuntimeFixture.Spec("module.exports = (c) => c.host.kv.get('a')"), Stop);
        var channel = new ChannelOf((_, _, _) => Task.FromResult(ChannelOf.Json("1")));
        Assert.StartsWith(ErrorCodes.GuestDeadlock, await Text(sandbox, new Fixed { Order = [1] }, null, channel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Register_ExportedFunction_SaysWhatItContributes()
    {
        await using var sandbox = await js.Runtime.CreateAsync(RuntimeFixture.Spec("exports.register = () => ({ name: 'x' }); exports.default = () => 1"), Stop);
        Assert.Equal("""{"name":"x"}""", Encoding.UTF8.GetString((await sandbox.RegisterAsync(Stop))!.Value.Span));
    }

    [Fact]
    public async Task Register_NoSuchFunction_IsNothing()
    {
        await using var sandbox = await js.Runtime.CreateAsync(RuntimeFixture.Spec("module.exports = () => 1"), Stop);
        Assert.Null(await sandbox.RegisterAsync(Stop));
    }

    [Fact]
    public async Task Register_Fails_Throws()
    {
        await using var sandbox = await js.Runtime.CreateAsync(RuntimeFixture.Spec("exports.register = (c) => c.host.kv.get('a'); exports.default = () => 1"), Stop);
        var e = await Assert.ThrowsAsync<SandboxLoadException>(async () => await sandbox.RegisterAsync(Stop));
        Assert.Equal(ErrorCodes.HostCallRefused, e.Error.Code);
    }

    [Theory]
    [InlineData("c.host.db.query('q', [1], 'd')", "db.query", """{"query":"q","args":[1],"database":"d"}""")]
    [InlineData("c.host.db.exec('q')", "db.exec", """{"query":"q"}""")]
    [InlineData("c.host.cache.get('k')", "cache.get", """{"key":"k"}""")]
    [InlineData("c.host.cache.set('k', { a: 1 }, 60)", "cache.set", """{"key":"k","value":{"a":1},"ttl":60}""")]
    [InlineData("c.host.cache.delete('k')", "cache.delete", """{"key":"k"}""")]
    [InlineData("c.host.http.request('u', { headers: { a: 'b' } })", "http.request", """{"method":"GET","url":"u","headers":{"a":"b"}}""")]
    [InlineData("c.host.http.request({ method: 'POST', url: 'u', body: 'b' })", "http.request", """{"method":"POST","url":"u","body":"b"}""")]
    [InlineData("c.host.email.send({ to: 't', subject: 's', body: 'b' })", "email.send", """{"to":"t","subject":"s","body":"b"}""")]
    [InlineData("c.host.config.get('k')", "config.get", """{"key":"k"}""")]
    [InlineData("c.host.translate('k', { n: 1 }, 'de')", "translate", """{"key":"k","args":{"n":1},"language":"de"}""")]
    [InlineData("c.host.plugin.call('p', 'f', { x: 1 })", "plugin.call", """{"plugin":"p","function":"f","args":{"x":1}}""")]
    [InlineData("c.host.time.now()", "time.now", "{}")]
    [InlineData("c.host.random.bytes(8)", "random.bytes", """{"count":8}""")]
    public async Task HostCall_JavaScript_ReachesTheHostsFunction(string expression, string function, string arguments)
    {
        var seen = "";
        var channel = new ChannelOf((f, a, _) =>
        {
            seen = $"{f} {a}";
            return Task.FromResult(ChannelOf.Json("7"));
        });
        Assert.Equal("7", await js.Value($"module.exports = (c) => {expression}", channel: channel));
        Assert.Equal($"{function} {arguments}", seen);
    }

    private static async Task<string> Text(ISandbox sandbox, ICallSources sources, string? function = null, IHostChannel? channel = null)
    {
        var result = await sandbox.CallAsync(Guests.Call(function) with { Sources = sources }, channel ?? RefusingHostChannel.Instance, Stop);
        return result.Error is { } error ? error.Code + error.Message : Encoding.UTF8.GetString(result.Value.Span);
    }

    private sealed class Fixed : ICallSources
    {
        private int _settled;

        public byte Random { get; init; } = 7;

        public int[] Order { get; init; } = [];

        public long UtcNowMilliseconds() => 1234567890123;

        public long ElapsedNanoseconds() => 5_000_000;

        public void Fill(Span<byte> buffer) => buffer.Fill(Random);

        public int SettleNext(IReadOnlyList<int> completed)
        {
            if (!completed.Contains(Order[_settled])) return -1;
            return Order[_settled++];
        }
    }
}
