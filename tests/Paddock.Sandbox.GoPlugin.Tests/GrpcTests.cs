using System.Text;
using Paddock.Sandbox.GoPlugin.Grpc;

namespace Paddock.Sandbox.GoPlugin.Tests;

/// <summary>A real plugin over gRPC: HashiCorp's library, Google's gRPC for Go, and the library of guest/go.</summary>
public sealed class GrpcTests(Plugins plugins)
{
    private static readonly Limits s_small = Plugins.Roomy with { HostCalls = 5, ResultBytes = 100_000 };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("echo", """{"a":[1,"ü"]}""", """{"a":[1,"ü"]}""")]
    [InlineData("echo", "null", "null")]
    [InlineData("count", "null", "1")]
    [InlineData("parallel", "null", "\"done\"")]
    [InlineData("parallel", "1100000", "\"done\"")]
    public async Task Call_Function_ReturnsItsResult(string function, string input, string expected)
    {
        await using var sandbox = await plugins.Load(Spec());
        Assert.Equal(expected, Plugins.Text(await sandbox.CallAsync(Plugins.Call(function, input), RefusingHostChannel.Instance, Stop)));
    }

    [Theory]
    [InlineData("fail", ErrorCodes.GuestError)]
    [InlineData("no_such", ErrorCodes.GuestError)]
    [InlineData("text", ErrorCodes.ResultInvalid)]
    [InlineData("large", ErrorCodes.ResultLimit)]
    [InlineData("huge", ErrorCodes.ResultLimit)]
    [InlineData("asks", ErrorCodes.HostCallLimit)]
    [InlineData("panic", ErrorCodes.ProcessEnded)]
    [InlineData("exit", ErrorCodes.ProcessEnded)]
    public async Task Call_Misbehaviour_EndsWithItsCodeAndTheNextIsServed(string function, string code)
    {
        await using var sandbox = await plugins.Load(Spec(s_small));
        var result = await sandbox.CallAsync(Plugins.Call(function), RefusingHostChannel.Instance, Stop);
        Assert.Equal(code, result.Error?.Code);
        Assert.Equal("7", Plugins.Text(await sandbox.CallAsync(Plugins.Call("echo", "7"), RefusingHostChannel.Instance, Stop)));
    }

    [Theory]
    [InlineData("loop")]
    [InlineData("sleep")]
    public async Task Call_Endless_EndsAtItsTime(string function)
    {
        await using var sandbox = await plugins.Load(Spec(Plugins.Roomy with { Timeout = TimeSpan.FromMilliseconds(1500) }));
        var result = await sandbox.CallAsync(Plugins.Call(function), RefusingHostChannel.Instance, Stop);
        Assert.Equal(ErrorCodes.TimeLimit, result.Error?.Code);
    }

    [Fact]
    public async Task Call_LargeInput_ComesBack()
    {
        await using var sandbox = await plugins.Load(Spec(Plugins.Roomy with { ResultBytes = 4 << 20 }));
        var input = $"\"{new string('x', 3_000_000)}\"";
        Assert.Equal(input, Plugins.Text(await sandbox.CallAsync(Plugins.Call("echo", input), RefusingHostChannel.Instance, Stop)));
    }

    [Fact]
    public async Task Register_IsItsJson()
    {
        await using var sandbox = await plugins.Load(Spec());
        Assert.Equal("""{"name":"over-grpc","version":"3.0.0"}""", Encoding.UTF8.GetString((await sandbox.RegisterAsync(Stop))!.Value.Span));
    }

    [Fact]
    public async Task Call_Config_ReachesInit()
    {
        await using var sandbox = await plugins.Load(Spec());
        var call = Plugins.Call("config") with { Config = """{"a":"x"}"""u8.ToArray() };
        Assert.Equal("""{"a":"x"}""", Plugins.Text(await sandbox.CallAsync(call, RefusingHostChannel.Instance, Stop)));
        var failed = await sandbox.CallAsync(call with { Config = """{"fail":"no such database"}"""u8.ToArray() }, RefusingHostChannel.Instance, Stop);
        Assert.Equal(ErrorCodes.GuestError, failed.Error?.Code);
        Assert.Contains("no such database", failed.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostCall_ThroughTheBroker_ReachesTheHostsFunction()
    {
        await using var sandbox = await plugins.Load(Spec());
        var seen = "";
        var channel = new ChannelOf((f, a, _) =>
        {
            seen = $"{f} {a}";
            return Task.FromResult(ChannelOf.Json("""{"answer":42}"""));
        });
        var result = await sandbox.CallAsync(Plugins.Call("host", """{"name":"cache_get","args":{"key":"k"}}"""), channel, Stop);
        Assert.Equal("""{"answer":42}""", Plugins.Text(result));
        Assert.Equal("""cache.get {"key":"k"}""", seen);
        Assert.Equal((LogSeverity.Warn, "hello"), Assert.Single((await sandbox.CallAsync(Plugins.Call("log"), channel, Stop)).Logs.Select(l => (l.Severity, l.Message))));
    }

    [Fact]
    public async Task Print_ThroughItsStdioService_IsInTheLogLineByLine()
    {
        await using var sandbox = await plugins.Load(Spec());
        var channel = new ChannelOf((_, _, _) => Task.FromResult(ChannelOf.Json("1")));
        // A line that comes after its answer is lost; most come before.
        HashSet<(LogSeverity, string)> lines = [];
        for (var round = 0; round < 300 && lines.Count < 2; round++)
        {
            var result = await sandbox.CallAsync(Plugins.Call("print"), channel, Stop);
            Plugins.Text(result);
            foreach (var line in result.Logs) lines.Add((line.Severity, line.Message));
        }

        Assert.Equal([(LogSeverity.Info, "printed in pieces"), (LogSeverity.Warn, "complained")], lines.OrderBy(l => l.Item1));
    }

    [Fact]
    public async Task Print_MoreThanAPipeHolds_DoesNotStopThePlugin()
    {
        await using var sandbox = await plugins.Load(Spec(Plugins.Roomy with { LogEntries = 100 }));
        Assert.Equal(ErrorCodes.LogLimit, (await sandbox.CallAsync(Plugins.Call("flood"), RefusingHostChannel.Instance, Stop)).Error?.Code);
        Assert.Equal("7", Plugins.Text(await sandbox.CallAsync(Plugins.Call("echo", "7"), RefusingHostChannel.Instance, Stop)));
    }

    [Fact]
    public async Task T40_AnyBytes_EndInAMessageOrACodedFailure()
    {
        var random = new Random(20261121);
        var sample = GrpcFrame.Write(new ProtoWriter().Uint(1, 300).Text(2, "unix").Text(3, "/sockets/plugin").Texts(4, new Dictionary<string, string> { ["a"] = "b" }).Written.Span);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = (byte[])sample.Clone();
            for (var i = random.Next(1, 5); i > 0; i--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            using var body = new MemoryStream(bytes);
            try
            {
                while (await GrpcFrame.ReadAsync(body, 1 << 20, ErrorCodes.ResultLimit, Stop) is { } message) _ = new ProtoMessage(message).Text(2);
            }
            catch (ProtocolException e)
            {
                Assert.True(e.Code is ErrorCodes.ProtocolError or ErrorCodes.ResultLimit);
            }
        }
    }

    private static SandboxSpec Spec(Limits? limits = null) => Plugins.Spec("over-grpc", limits, folder: "tests/Paddock.Sandbox.GoPlugin.Tests/Programs/grpc");
}
