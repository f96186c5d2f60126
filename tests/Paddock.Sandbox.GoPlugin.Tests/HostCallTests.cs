using Paddock.Sandbox.GoPlugin.Calls;
using Paddock.Sandbox.GoPlugin.Processes;

namespace Paddock.Sandbox.GoPlugin.Tests;

/// <summary>What a plugin reaches of the host, and under whose name.</summary>
public sealed class HostCallTests(Plugins plugins)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("db_query", """{"query":"@reports:SELECT 1","args":null,"other":2}""", "db.query", """{"database":"reports","query":"SELECT 1"}""")]
    [InlineData("db_exec", """{"query":"DELETE","args":[]}""", "db.exec", """{"query":"DELETE","args":[]}""")]
    [InlineData("cache_set", """{"key":"k","value":"AQ==","ttl":60}""", "cache.set", """{"key":"k","value":"AQ==","ttl":60}""")]
    [InlineData("http_request", """{"method":"GET","url":"u","headers":null,"body":"AQ=="}""", "http.request", """{"method":"GET","url":"u","body":"AQ==","encoding":"base64"}""")]
    [InlineData("send_email", """{"to":"a@b","subject":"s","body":"b","html":true}""", "email.send", """{"to":"a@b","subject":"s","body":"b","html":true}""")]
    [InlineData("config_get", """{"key":"k"}""", "config.get", """{"key":"k"}""")]
    [InlineData("plugin_call", """{"plugin":"p","function":"f","args":{"x":1}}""", "plugin.call", """{"plugin":"p","function":"f","args":{"x":1}}""")]
    [InlineData("time.now", "{}", "time.now", "{}")]
    public async Task HostCall_GoatKitName_ReachesTheHostsFunction(string name, string input, string function, string arguments)
    {
        var seen = "";
        var channel = new ChannelOf((f, a, _) =>
        {
            seen = $"{f} {a}";
            return Task.FromResult(ChannelOf.Json("""{"answer":42}"""));
        });
        var result = await plugins.Run("host", $$"""{"name":"{{name}}","args":{{input}}}""", channel);
        Assert.Equal("""{"answer":42}""", Plugins.Text(result));
        Assert.Equal($"{function} {arguments}", seen);
        Assert.Equal(1, result.HostCalls);
    }

    [Fact]
    public async Task HostCall_Refused_TellsThePluginItsCode() =>
        Assert.Contains(ErrorCodes.HostCallRefused, Plugins.Text(await plugins.Run("ask")), StringComparison.Ordinal);

    [Fact]
    public async Task HostCall_Unknown_SaysSo()
    {
        var result = await plugins.Run("host", """{"name":"no_such","args":{}}""");
        Assert.Equal("unknown host function: no_such", result.Error?.Message);
    }

    [Fact]
    public async Task HostCall_NeverAnswered_EndsWithTheCall()
    {
        var channel = new ChannelOf(static async (_, _, ct) =>
        {
            await Task.Delay(Timeout.Infinite, ct);
            return ChannelOf.Json("7");
        });
        var result = await plugins.Run("ask", channel: channel, limits: Plugins.Roomy with { Timeout = TimeSpan.FromSeconds(2) });
        Assert.Equal(ErrorCodes.TimeLimit, result.Error?.Code);
    }

    [Fact]
    public async Task HostCall_MadeInParallel_AreAllAnswered()
    {
        var running = 0;
        var most = 0;
        var channel = new ChannelOf(async (_, _, ct) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            await Task.Delay(5, ct);
            Interlocked.Decrement(ref running);
            return ChannelOf.Json("7");
        });
        var result = await plugins.Run("parallel", channel: channel);
        Assert.Equal("\"done\"", Plugins.Text(result));
        Assert.Equal(40, result.HostCalls);
        Assert.InRange(most, 2, 16);
    }

    // By one MiB: sixteen are under way. By nine: only one finds room, and what it holds is the bound.
    [Theory]
    [InlineData(0, 2, 16)]
    [InlineData(9 << 20, 1, 1)]
    public async Task T40_RoomOfHostCalls_IsOfBytesToo(int bytes, int least, int most)
    {
        var room = new HostCallRoom();
        var waiting = Enumerable.Range(0, 17).Select(_ => room.EnterAsync(bytes, Stop).AsTask()).ToList();
        Assert.InRange(waiting.Count(w => w.IsCompleted), least, most);
        while (waiting.Count > 0)
        {
            var entered = await Task.WhenAny(waiting);
            waiting.Remove(entered);
            room.Leave(await entered);
        }

        await room.EmptyAsync().AsTask().WaitAsync(Stop);
    }

    [Fact]
    public async Task Call_ErrorOfAMegabyte_IsCut()
    {
        var result = await plugins.Run("prose");
        Assert.Equal((ErrorCodes.GuestError, 10_000), (result.Error?.Code, result.Error?.Message.Length));
    }

    [Fact]
    public async Task T43_FloodBetweenCalls_EndsTheProcess()
    {
        await using var pool = new ProcessPool(Plugins.Spec(), plugins.Launcher, new GoPluginRuntimeOptions());
        // On the wire itself there is no deadline of a call's.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        var (process, _) = await pool.StartAsync(limit.Token);
        Assert.Equal("", await process.Wire.InitAsync(new Dictionary<string, string>(), limit.Token));
        await process.Wire.CallAsync("babble", "null"u8.ToArray(), limit.Token);
        while (!process.HasExited) await Task.Delay(1, limit.Token);
        await pool.EndAsync(process, isCrash: false);
    }

    [Fact]
    public async Task T35_WorkThatOutlivesItsCall_ReachesNothing()
    {
        await using var sandbox = await plugins.Load(Plugins.Spec(stateful: true));
        var made = 0;
        var channel = new ChannelOf((_, _, ct) =>
        {
            // One that had begun when the call ended is cancelled.
            if (!ct.IsCancellationRequested) Interlocked.Increment(ref made);
            return Task.FromResult(ChannelOf.Json("null"));
        });
        Assert.Equal("\"left\"", Plugins.Text(await sandbox.CallAsync(Plugins.Call("later"), channel, Stop)));
        var after = Volatile.Read(ref made);
        // Many round trips to the same process, in which it goes on asking: none of that reaches the channel of the call that is over.
        for (var i = 0; i < 200; i++) await sandbox.CallAsync(Plugins.Call("count"), RefusingHostChannel.Instance, Stop);
        Assert.Equal(after, Volatile.Read(ref made));
    }

    [Fact]
    public async Task T35_Control_WhileACallIsUnderWay_TheSameAsking_ReachesItsChannel()
    {
        await using var sandbox = await plugins.Load(Plugins.Spec(stateful: true));
        await sandbox.CallAsync(Plugins.Call("later"), RefusingHostChannel.Instance, Stop);
        var reached = new TaskCompletionSource();
        var channel = new ChannelOf(async (function, _, ct) =>
        {
            if (function == "kv.set") reached.TrySetResult();
            else await reached.Task.WaitAsync(ct);
            return ChannelOf.Json("null");
        });
        Assert.Equal("null", Plugins.Text(await sandbox.CallAsync(Plugins.Call("ask"), channel, Stop)));
        Assert.True(reached.Task.IsCompletedSuccessfully);
    }
}
