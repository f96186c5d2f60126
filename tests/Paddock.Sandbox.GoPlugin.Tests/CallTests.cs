using System.Text;
using System.Text.Json.Nodes;
using Paddock.Sandbox.GoPlugin.Processes;

namespace Paddock.Sandbox.GoPlugin.Tests;

/// <summary>Real plugins of Go, compiled with HashiCorp's library, under the real launcher.</summary>
public sealed class CallTests(Plugins plugins)
{
    private static readonly Limits Small = Plugins.Roomy with { LogBytes = 20_000, LogEntries = 200, HostCalls = 5, ResultBytes = 100_000 };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("echo", """{"a":[1,"ü"]}""", """{"a":[1,"ü"]}""")]
    [InlineData("echo", "null", "null")]
    [InlineData("count", "null", "1")]
    [InlineData("file", "null", "null")]
    [InlineData("parallel", "null", "\"done\"")]
    public async Task Call_Function_ReturnsItsResult(string function, string input, string expected) =>
        Assert.Equal(expected, Plugins.Text(await plugins.Run(function, input)));

    [Theory]
    [InlineData(1)]
    [InlineData(300_000)]
    [InlineData(3_000_000)]
    public async Task Call_LargeInput_ComesBack(int length)
    {
        await using var sandbox = await plugins.Load(Plugins.Spec(limits: Plugins.Roomy with { ResultBytes = 4 << 20 }));
        var input = $"\"{new string('x', length)}\"";
        for (var i = 0; i < 3; i++) Assert.Equal(input, Plugins.Text(await sandbox.CallAsync(Plugins.Call("echo", input), RefusingHostChannel.Instance, Stop)));
    }

    [Theory]
    [InlineData("fail", ErrorCodes.GuestError)]
    [InlineData("no_such", ErrorCodes.GuestError)]
    [InlineData("text", ErrorCodes.ResultInvalid)]
    [InlineData("large", ErrorCodes.ResultLimit)]
    [InlineData("huge", ErrorCodes.ResultLimit)]
    [InlineData("flood", ErrorCodes.LogLimit)]
    [InlineData("asks", ErrorCodes.HostCallLimit)]
    [InlineData("memory", ErrorCodes.MemoryLimit)]
    [InlineData("deep", ErrorCodes.MemoryLimit)]
    [InlineData("panic", ErrorCodes.ProcessEnded)]
    [InlineData("exit", ErrorCodes.ProcessEnded)]
    [InlineData(null, ErrorCodes.EntryPointNotFound)]
    public async Task Call_Misbehaviour_EndsWithItsCodeAndTheNextIsServed(string? function, string code)
    {
        await using var sandbox = await plugins.Load(Plugins.Spec(limits: Small));
        var result = await sandbox.CallAsync(Plugins.Call(function), RefusingHostChannel.Instance, Stop);
        Assert.Equal(code, result.Error?.Code);
        Assert.Equal("7", Plugins.Text(await sandbox.CallAsync(Plugins.Call("echo", "7"), RefusingHostChannel.Instance, Stop)));
    }

    [Fact]
    public async Task Call_WithLessMemory_HasAProcessOfItsOwn_AndTheWarmOneStays()
    {
        await using var sandbox = await plugins.Load();
        Assert.Equal("1", Plugins.Text(await sandbox.CallAsync(Plugins.Call("count"), RefusingHostChannel.Instance, Stop)));
        var less = Plugins.Roomy with { MemoryBytes = 128 << 20 };
        Assert.Equal("1", Plugins.Text(await sandbox.CallAsync(Plugins.Call("count") with { Limits = less }, RefusingHostChannel.Instance, Stop)));
        Assert.Equal("2", Plugins.Text(await sandbox.CallAsync(Plugins.Call("count"), RefusingHostChannel.Instance, Stop)));
    }

    [Theory]
    [InlineData("loop")]
    [InlineData("sleep")]
    public async Task Call_Endless_EndsAtItsTimeAndItsProcessIsGone(string function)
    {
        await using var sandbox = await plugins.Load(Plugins.Spec(limits: Plugins.Roomy with { Timeout = TimeSpan.FromMilliseconds(1500) }));
        Assert.Equal("1", Plugins.Text(await sandbox.CallAsync(Plugins.Call("count"), RefusingHostChannel.Instance, Stop)));
        var result = await sandbox.CallAsync(Plugins.Call(function), RefusingHostChannel.Instance, Stop);
        Assert.Equal(ErrorCodes.TimeLimit, result.Error?.Code);
        // Another process: it counts from the beginning.
        Assert.Equal("1", Plugins.Text(await sandbox.CallAsync(Plugins.Call("count"), RefusingHostChannel.Instance, Stop)));
    }

    [Fact]
    public async Task Call_Cancelled_Ends()
    {
        await using var sandbox = await plugins.Load();
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        var result = await sandbox.CallAsync(Plugins.Call("loop"), RefusingHostChannel.Instance, source.Token);
        Assert.Equal(CallStatus.Cancelled, result.Status);
    }

    [Fact]
    public async Task Call_Panic_IsInTheLog()
    {
        var result = await plugins.Run("panic");
        Assert.Contains(result.Logs, l => l.Message.Contains("the plugin panics", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Call_LogAndPrint_AreKept()
    {
        var logged = await plugins.Run("log");
        Assert.Equal((LogSeverity.Warn, "hello"), Assert.Single(logged.Logs.Select(l => (l.Severity, l.Message))));
    }

    [Fact]
    public async Task Call_ManyAtOnce_EachHasItsOwnAnswer()
    {
        await using var sandbox = await plugins.Load();
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(async () => Plugins.Text(await sandbox.CallAsync(Plugins.Call("echo", $"{i}"), RefusingHostChannel.Instance, Stop)))));
        Assert.Equal(Enumerable.Range(0, 40), answers.Select(int.Parse));
    }

    [Fact]
    public async Task Call_AtOnce_HostCallsAreEachCallsOwn()
    {
        await using var sandbox = await plugins.Load();
        var seen = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(async () =>
        {
            var asked = new List<string>();
            var channel = new ChannelOf((_, a, _) =>
            {
                lock (asked) asked.Add(a);
                return Task.FromResult(ChannelOf.Json($"{i}"));
            });
            var result = await sandbox.CallAsync(Plugins.Call("host", $$$"""{"name":"config.get","args":{"key":"{{{i}}}"}}"""), channel, Stop);
            return (i, Text: Plugins.Text(result), Asked: string.Join(' ', asked));
        })));
        Assert.All(seen, s => Assert.Equal(($"{s.i}", $$"""{"key":"{{s.i}}"}"""), (s.Text, s.Asked)));
    }

    [Fact]
    public async Task Call_Stateful_KeepsOneProcess()
    {
        await using var sandbox = await plugins.Load(Plugins.Spec(stateful: true));
        var counts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(async () => Plugins.Text(await sandbox.CallAsync(Plugins.Call("count"), RefusingHostChannel.Instance, Stop)))));
        Assert.Equal(Enumerable.Range(1, 20), counts.Select(int.Parse).Order());
    }

    [Fact]
    public async Task Call_CallerThatBlocksItsThread_KeepsNobodyFromReading()
    {
        await using var sandbox = await plugins.Load(Plugins.Spec(stateful: true));
        for (var i = 0; i < 20; i++) Assert.Equal("1", await TwiceAsync(sandbox));
    }

    [Fact]
    public async Task Call_OfItselfThroughTheHost_HasAProcessOfItsOwnOrEndsWithItsTime()
    {
        foreach (var stateful in new[] { false, true })
        {
            await using var sandbox = await plugins.Load(Plugins.Spec(stateful: stateful));
            CallResult? inner = null;
            var channel = new ChannelOf(async (_, _, ct) =>
            {
                var shorter = stateful ? Plugins.Roomy with { Timeout = TimeSpan.FromMilliseconds(200) } : null;
                inner = await sandbox.CallAsync(Plugins.Call("echo", "5") with { Depth = 1, Limits = shorter }, RefusingHostChannel.Instance, ct);
                return ChannelOf.Json("1");
            });
            Assert.Equal("1", Plugins.Text(await sandbox.CallAsync(Plugins.Call("host", """{"name":"plugin_call","args":{}}"""), channel, Stop)));
            Assert.Equal((stateful ? CallStatus.LimitExceeded : CallStatus.Completed, stateful ? ErrorCodes.TurnLimit : null), (inner!.Status, inner.Error?.Code));
        }
    }

    [Fact]
    public async Task Call_Config_ReachesInitAndAnotherConfigAnotherProcess()
    {
        await using var sandbox = await plugins.Load();
        var one = Plugins.Call("config") with { Config = """{"a":"x","b":2,"c":[true]}"""u8.ToArray() };
        Assert.Equal("""{"a":"x","b":"2","c":"[true]"}""", Plugins.Text(await sandbox.CallAsync(one, RefusingHostChannel.Instance, Stop)));
        var other = one with { Config = """{"a":"y"}"""u8.ToArray() };
        Assert.Equal("""{"a":"y"}""", Plugins.Text(await sandbox.CallAsync(other, RefusingHostChannel.Instance, Stop)));
        var failing = one with { Config = """{"fail":"no such database"}"""u8.ToArray() };
        var failed = await sandbox.CallAsync(failing, RefusingHostChannel.Instance, Stop);
        Assert.Equal(ErrorCodes.GuestError, failed.Error?.Code);
        Assert.Contains("no such database", failed.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Register_Newer_ReturnsItsJson()
    {
        await using var sandbox = await plugins.Load();
        var registration = JsonNode.Parse((await sandbox.RegisterAsync(Stop))!.Value.Span)!;
        Assert.Equal(("newer", "1.2.3"), ((string?)registration["name"], (string?)registration["version"]));
    }

    [Fact]
    public async Task Register_Older_StructBecomesGoatKitsJson()
    {
        await using var sandbox = await plugins.Load(Plugins.Spec("older"));
        var json = Encoding.UTF8.GetString((await sandbox.RegisterAsync(Stop))!.Value.Span);
        Assert.Equal(
            """{"name":"older","version":"2.0.0","min_host_version":"0.1.0","routes":[{"method":"GET","path":"/older","handler":"echo","middleware":["auth","admin"]}],"menu_items":[{"id":"top","label":"Top","order":-3,"children":[{"id":"below","label":"Below"}]}],"widgets":[{"id":"w","refreshable":true,"refresh_sec":60}],"jobs":[{"id":"nightly","handler":"echo","schedule":"@daily","enabled":false}],"i18n":{"languages":["en"],"translations":{"en":{"some_Key":"Text"}}},"error_codes":[{"code":"broken","http_status":502}],"resources":{"memory_mb":128,"call_timeout":"20s"},"hide_menu_items":["stats"]}""",
            json);
        Assert.Equal("3", Plugins.Text(await sandbox.CallAsync(Plugins.Call("echo", "3"), RefusingHostChannel.Instance, Stop)));
    }

    [Fact]
    public async Task Environment_IsTheSeedsAndNothingElse()
    {
        var names = JsonNode.Parse(Plugins.Text(await plugins.Run("environment")))!.AsArray().Select(v => ((string)v!).Split('=')[0]).Where(n => n != "PWD");
        Assert.Equal(["GOATFLOW_NO_NETWORK", "GOATKIT_PLUGIN", "HOME", "PATH", "PLUGIN_MAX_PORT", "PLUGIN_MIN_PORT", "PLUGIN_PROTOCOL_VERSIONS", "TMPDIR", "TZ"], names.Order(StringComparer.Ordinal));
    }

    /// <summary>Blocks the thread, perhaps, that has just read the first answer.</summary>
    private static async Task<string> TwiceAsync(ISandbox sandbox)
    {
        var call = Plugins.Call("echo", "1");
        await sandbox.CallAsync(call, RefusingHostChannel.Instance, Stop).ConfigureAwait(false);
        return Plugins.Text(sandbox.CallAsync(call, RefusingHostChannel.Instance, Stop).AsTask().GetAwaiter().GetResult());
    }

    [Fact]
    public async Task Dispose_Sandbox_LeavesNoDirectory()
    {
        var before = Directory.GetDirectories(SocketDirectory.Base, "pdk-*").ToHashSet();
        var sandbox = await plugins.Load(Plugins.Hostile("newer") with { Files = Plugins.Spec().Files });
        var made = Directory.GetDirectories(SocketDirectory.Base, "pdk-*").Except(before).ToArray();
        Assert.NotEmpty(made);
        await sandbox.DisposeAsync();
        Assert.Contains(made, d => !Directory.Exists(d));
    }
}
