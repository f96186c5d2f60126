using System.Text;

namespace Paddock.Sandbox.Wasm.Tests;

/// <summary>Plugins that keep their state between calls.</summary>
public sealed class StatefulTests(WasmFixture wasm)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Call_Twice_SeesTheStateThatTheFirstLeft()
    {
        await using var sandbox = await wasm.Load(Guests.Gk, stateful: true);
        Assert.Equal("1", await Count(sandbox));
        Assert.Equal("2", await Count(sandbox));
    }

    [Fact]
    public async Task Call_Variables_AreKept()
    {
        await using var sandbox = await wasm.Load(Guests.AssemblyScript, stateful: true);
        await sandbox.CallAsync(Guests.Call("variable"), RefusingHostChannel.Instance, Stop);
        Assert.Equal("\"set\"", Text(await sandbox.CallAsync(Guests.Call("variable"), RefusingHostChannel.Instance, Stop)));
    }

    [Fact]
    public async Task Call_AfterAFailure_StartsAnew()
    {
        await using var sandbox = await wasm.Load(Guests.Gk, stateful: true);
        Assert.Equal("1", await Count(sandbox));
        await sandbox.CallAsync(Guests.Call("trap"), RefusingHostChannel.Instance, Stop);
        Assert.Equal("1", await Count(sandbox));
    }

    [Fact]
    public async Task Call_ManyAtOnce_TakeTurns()
    {
        await using var sandbox = await wasm.Load(Guests.Gk, stateful: true);
        var counts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => Count(sandbox))));
        Assert.Equal(Enumerable.Range(1, 20), counts.Select(int.Parse).Order());
    }

    [Fact]
    public async Task Call_OfItselfWithNobodyToRefuseIt_EndsWithItsTime()
    {
        await using var sandbox = await wasm.Load(Guests.Gk, stateful: true);
        CallResult? inner = null;
        var shorter = new Limits { Timeout = TimeSpan.FromMilliseconds(200) };
        var channel = new ChannelOf(async (_, _, ct) =>
        {
            inner = await sandbox.CallAsync(Guests.Call("count") with { Limits = shorter }, RefusingHostChannel.Instance, ct);
            return ChannelOf.Json("1");
        });
        Assert.Equal("1", Text(await sandbox.CallAsync(Guests.Call("plugin_call", "{}"), channel, Stop)));
        Assert.Equal(ErrorCodes.TimeLimit, inner?.Error?.Code);
        Assert.Equal("1", await Count(sandbox));
    }

    [Fact]
    public async Task Create_Command_IsRefused()
    {
        var e = await Assert.ThrowsAsync<SandboxLoadException>(async () => await wasm.Load(Guests.Command, stateful: true));
        Assert.Equal(ErrorCodes.RuntimeUnavailable, e.Error.Code);
    }

    private static async Task<string> Count(ISandbox sandbox) => Text(await sandbox.CallAsync(Guests.Call("count"), RefusingHostChannel.Instance, Stop));

    private static string Text(CallResult result) => result.Error is { } error ? error.Code : Encoding.UTF8.GetString(result.Value.Span);
}
