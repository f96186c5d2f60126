using System.Text;
using Paddock.Sandbox.Wasm.Abi;
using Paddock.Sandbox.Wasm.JavaScript;

namespace Paddock.Sandbox.Wasm.Tests;

/// <summary>Plugins that call plugins: no number of chains runs out of threads, whatever the plugins are written in.</summary>
public sealed class ChainTests
{
    private const int Threads = 2, Deepest = 10;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("w")]
    [InlineData("j")]
    [InlineData("wj")]
    [InlineData("jw")]
    public async Task Call_MoreChainsThanThreads_AllComplete(string pattern)
    {
        await using var wasm = new WebAssemblyRuntime(new WebAssemblyRuntimeOptions { Threads = Threads });
        await using var js = new JavaScriptRuntime(new JavaScriptRuntimeOptions { Threads = Threads, ConcurrentCalls = Threads * 2 });
        await using var w = await wasm.CreateAsync(Guests.Spec(Guests.Gk, new Limits { Timeout = TimeSpan.FromMinutes(2) }), Stop);
        await using var j = await js.CreateAsync(RuntimeFixture.Spec("module.exports.plugin_call = async (c) => (await c.host.plugin.call('p', 'f'))", limits: new Limits { Timeout = TimeSpan.FromMinutes(2) }), Stop);
        var reached = new int[Deepest + 1];
        var chains = Enumerable.Range(0, Threads * 2).Select(_ => Task.Run(() => Descend(0)));
        var results = await Task.WhenAll(chains);
        Assert.All(results, r => Assert.Equal(Deepest.ToString(System.Globalization.CultureInfo.InvariantCulture), r));
        Assert.All(reached, n => Assert.Equal(Threads * 2, n));

        async Task<string> Descend(int depth)
        {
            Interlocked.Increment(ref reached[depth]);
            if (depth == Deepest) return depth.ToString(System.Globalization.CultureInfo.InvariantCulture);
            var channel = new ChannelOf(async (_, _, _) =>
            {
                await Task.Yield();
                return ChannelOf.Json(await Descend(depth + 1));
            });
            var plugin = pattern[depth % pattern.Length] == 'w' ? w : j;
            var result = await plugin.CallAsync(Guests.Call("plugin_call", "{}") with { Depth = depth }, channel, Stop);
            return result.Error is { } error ? error.Code + error.Message : Encoding.UTF8.GetString(result.Value.Span);
        }
    }

    [Fact]
    public async Task Call_PluginThatNeverEnds_LeavesThreadsToOthers()
    {
        await using var wasm = new WebAssemblyRuntime(new WebAssemblyRuntimeOptions { Threads = 4, ThreadsPerPlugin = 2 });
        await using var hostile = await wasm.CreateAsync(Guests.Spec(Guests.Gk), Stop);
        await using var other = await wasm.CreateAsync(Guests.Spec(Guests.Gk), Stop);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var endless = Enumerable.Range(0, 8).Select(_ => hostile.CallAsync(Guests.Call("loop"), RefusingHostChannel.Instance, end.Token).AsTask()).ToArray();
        var answer = await other.CallAsync(Guests.Call("count"), RefusingHostChannel.Instance, Stop);
        Assert.Equal("1", Encoding.UTF8.GetString(answer.Value.Span));
        await end.CancelAsync();
        Assert.All(await Task.WhenAll(endless), r => Assert.Equal(CallStatus.Cancelled, r.Status));
    }

    [Fact]
    public async Task Create_PluginsThatNeverInitialise_LeaveThreadsToCalls()
    {
        await using var wasm = new WebAssemblyRuntime(new WebAssemblyRuntimeOptions { Threads = 2, ConcurrentLoads = 2 });
        await using var other = await wasm.CreateAsync(Guests.Spec(Guests.Gk), Stop);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var endless = Guests.Wat("""(module (memory (export "memory") 1) (func (export "_start")) (func $s loop br 0 end) (start $s))""");
        var loads = Enumerable.Range(0, 6).Select(_ => wasm.CreateAsync(Guests.Spec(endless), end.Token).AsTask()).ToArray();
        var answer = await other.CallAsync(Guests.Call("count"), RefusingHostChannel.Instance, Stop);
        Assert.Equal("1", Encoding.UTF8.GetString(answer.Value.Span));
        await end.CancelAsync();
        foreach (var load in loads) Assert.Equal(ErrorCodes.Cancelled, (await Assert.ThrowsAsync<SandboxLoadException>(() => load)).Error.Code);
    }
}
