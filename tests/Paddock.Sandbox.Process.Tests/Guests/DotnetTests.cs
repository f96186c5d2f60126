using System.Text;
using System.Text.Json;
using Paddock.Sandbox.Protocol;

namespace Paddock.Sandbox.Process.Tests.Guests;

/// <summary>A real program that links Paddock.Plugin (tests/Paddock.Plugin.Probe), on the machine's .NET.</summary>
public sealed class DotnetTests(ProcessFixture processes)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"a":"ä\n\u2028😀","b":[1.5,true,null]}""")]
    [InlineData("{\n  \"a\": [\r\n 1 ]\n}")]
    [InlineData("{}")]
    [InlineData("\"text\"")]
    [InlineData("17")]
    [InlineData("null")]
    public async Task Call_AnyInput_ComesBack(string input)
    {
        using var given = JsonDocument.Parse(input);
        using var answered = JsonDocument.Parse(await processes.Value(Plugins.Dotnet(), input));
        Assert.True(JsonElement.DeepEquals(given.RootElement, answered.RootElement));
    }

    [Fact]
    public async Task Call_LargeInputAndResult_ComesBack()
    {
        string input = $$"""{"a":"{{new string('x', 900_000)}}"}""";
        Assert.Equal(input, await processes.Value(Plugins.Dotnet(), input));
    }

    [Fact]
    public async Task Call_TypedFunction_ReadsAndWritesItsTypes()
    {
        await using var sandbox = await processes.CreateAsync(Plugins.Dotnet(), cancellationToken: Stop);
        Assert.Equal("""{"first":"b","second":"a"}""", await ProcessFixture.Value(sandbox, """{"first":"a","second":"b"}""", "typed"));
        var wrong = await sandbox.CallAsync(Plugins.Call("[1]", "typed"), RefusingHostChannel.Instance, Stop);
        Assert.Equal((ErrorCodes.GuestError, "JsonException"), (wrong.Error?.Code, wrong.Error?.Name));
    }

    [Fact]
    public async Task Call_Surroundings_AreTheCallsOwn()
    {
        await using var sandbox = await processes.CreateAsync(Plugins.Dotnet(), cancellationToken: Stop);
        var call = Plugins.Call(function: "surroundings") with { Config = """{"k":1}"""u8.ToArray(), Context = """{"user":"u"}"""u8.ToArray() };
        Assert.Equal("""[{"k":1},{"user":"u"}]""", Encoding.UTF8.GetString((await sandbox.CallAsync(call, RefusingHostChannel.Instance, Stop)).Value.Span));
        Assert.Equal("[null,null]", await ProcessFixture.Value(sandbox, function: "surroundings"));
    }

    [Theory]
    [InlineData(null, "17")]
    [InlineData("count", "1")]
    [InlineData("no_such", "17")]
    public async Task Call_WithoutAName_GoesToTheEntryPointOrRun(string? entryPoint, string expected) =>
        Assert.Equal(expected, await processes.Value(Plugins.Dotnet() with { EntryPoint = entryPoint }, "17"));

    [Fact]
    public async Task Call_Failure_SaysWhereAndServesTheNext()
    {
        await using var sandbox = await processes.CreateAsync(Plugins.Dotnet(), cancellationToken: Stop);
        string pid = await ProcessFixture.Value(sandbox, function: "pid");
        var error = (await sandbox.CallAsync(Plugins.Call(function: "fail"), RefusingHostChannel.Instance, Stop)).Error!;
        Assert.Equal((ErrorCodes.GuestError, "InvalidOperationException", "it failed"), (error.Code, error.Name, error.Message));
        Assert.Contains("Program.cs", error.Stack, StringComparison.Ordinal);
        Assert.True(error.Line > 1);
        Assert.Equal(pid, await ProcessFixture.Value(sandbox, function: "pid"));
    }

    [Fact]
    public async Task Prints_OfConsoleAndLog_AreLogsInOrder()
    {
        var result = await processes.Run(Plugins.Dotnet(), function: "prints");
        Assert.Equal("\"\"", Encoding.UTF8.GetString(result.Value.Span));
        Assert.Equal(
            [(LogSeverity.Info, "one"), (LogSeverity.Warn, "two"), (LogSeverity.Debug, "three"), (LogSeverity.Info, "four"), (LogSeverity.Info, "five")],
            result.Logs.Select(l => (l.Severity, l.Message)));
    }

    [Fact]
    public async Task T40_PrintsPastTheConsole_AreNoAnswer()
    {
        await using var sandbox = await processes.CreateAsync(Plugins.Dotnet(), cancellationToken: Stop);
        Assert.Equal("\"answered\"", await ProcessFixture.Value(sandbox, function: "past"));
        Assert.Equal("1", await ProcessFixture.Value(sandbox, "1"));
    }

    [Fact]
    public async Task HostCall_Function_ReachesTheHostAndItsCodeThePlugin()
    {
        await using var sandbox = await processes.CreateAsync(Plugins.Dotnet(), cancellationToken: Stop);
        var channel = new ChannelOf((function, arguments, _) => Task.FromResult(function == "kv.get" ? ChannelOf.Json($"[\"{function}\",{arguments}]") : HostReply.Fail(ErrorCodes.PermissionDenied, "no grant")));
        Assert.Equal("""["kv.get",{"key":"k"}]""", await ProcessFixture.Value(sandbox, """{"name":"kv.get","arguments":{"key":"k"}}""", "call", channel));
        Assert.Equal("""["kv.get",{}]""", await ProcessFixture.Value(sandbox, """{"name":"kv.get"}""", "call", channel));
        var denied = await sandbox.CallAsync(Plugins.Call("""{"name":"files.read","arguments":{"path":"x"}}""", "call"), channel, Stop);
        Assert.Equal((ErrorCodes.PermissionDenied, "no grant"), (denied.Error?.Code, denied.Error?.Message));
    }

    [Fact]
    public async Task HostCall_SeveralAtOnce_Overlap()
    {
        var all = new TaskCompletionSource();
        var waiting = 0;
        // Answers nobody before seven have asked: they can only have asked at once.
        var channel = new ChannelOf(async (_, arguments, token) =>
        {
            if (Interlocked.Increment(ref waiting) == 7) all.SetResult();
            await all.Task.WaitAsync(token);
            return ChannelOf.Json(arguments);
        });
        Assert.Equal($"[{string.Join(',', Enumerable.Range(1, 7).Select(i => $$"""{"key":"k{{i}}"}"""))}]", await processes.Value(Plugins.Dotnet(), function: "together", channel: channel));
    }

    [Fact]
    public async Task HostCall_AfterItsCall_IsRefusedAlsoDuringAnother()
    {
        await using var sandbox = await processes.CreateAsync(Plugins.Dotnet(), new ProtocolOptions { Processes = 1 }, Stop);
        var asked = 0;
        var channel = new ChannelOf((_, _, _) =>
        {
            asked++;
            return Task.FromResult(ChannelOf.Json("1"));
        });
        await ProcessFixture.Value(sandbox, function: "keep", channel: channel);
        Assert.Equal($"\"{ErrorCodes.HostCallRefused}\"", await ProcessFixture.Value(sandbox, function: "late", channel: channel));
        Assert.Equal(0, asked);
    }

    [Fact]
    public async Task Register_Contributions_AreThePluginsWord()
    {
        await using var sandbox = await processes.CreateAsync(Plugins.Dotnet(), cancellationToken: Stop);
        Assert.Equal("""{"exports":["run"]}""", Encoding.UTF8.GetString((await sandbox.RegisterAsync(Stop))!.Value.Span));
    }

    [Theory]
    [InlineData("deeper", ErrorCodes.ProcessEnded)]
    [InlineData("crash", ErrorCodes.ProcessEnded)]
    [InlineData("native", ErrorCodes.MemoryLimit)]
    public async Task Call_EndOfTheProcess_IsTheCallsOnly(string function, string code)
    {
        await using var sandbox = await processes.CreateAsync(Plugins.Dotnet(), cancellationToken: Stop);
        Assert.Equal(code, (await sandbox.CallAsync(Plugins.Call(function: function), RefusingHostChannel.Instance, Stop)).Error?.Code);
        Assert.Equal("1", await ProcessFixture.Value(sandbox, "1"));
    }

    [Fact]
    public async Task Call_LeastMemoryThatTheGuideNames_Runs()
    {
        var spec = Plugins.Dotnet();
        Assert.Equal("1", await processes.Value(spec with { Limits = spec.Limits with { MemoryBytes = 64 << 20, Processes = 32 } }, "1"));
    }

    [Fact]
    public async Task Create_ProgramThatIsNoPlugin_SaysWhy()
    {
        var files = new Dictionary<string, ReadOnlyMemory<byte>>(DotnetProbe.Files) { ["main.dll"] = "no assembly"u8.ToArray() };
        var e = await Assert.ThrowsAsync<SandboxLoadException>(async () => await processes.CreateAsync(Plugins.Dotnet() with { Files = files }, cancellationToken: Stop));
        Assert.Equal(ErrorCodes.ProcessEnded, e.Error.Code);
    }

    [Fact]
    public async Task Create_EntryThatIsOneFile_IsStartedItself()
    {
        var spec = Plugins.Command("""
            #!/bin/sh
            read line
            echo '{"jsonrpc":"2.0","id":1,"result":{"protocol":1}}'
            read line
            echo '{"jsonrpc":"2.0","id":2,"result":"by itself"}'
            """) with { Runtime = PluginRuntime.Dotnet };
        Assert.Equal("\"by itself\"", await processes.Value(spec));
    }

    [Fact]
    public async Task Create_NoInstallation_SaysWhatIsMissing()
    {
        await using var runtime = new DotnetRuntime(processes.Launcher, new ProcessOptions { Dotnet = "/usr/lib/no-dotnet" });
        var e = await Assert.ThrowsAsync<SandboxLoadException>(async () => await runtime.CreateAsync(Plugins.Dotnet(), Stop));
        Assert.Equal(ErrorCodes.SandboxUnavailable, e.Error.Code);
    }
}
