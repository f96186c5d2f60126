using System.Text;

namespace Paddock.Sandbox.Wasm.Tests;

/// <summary>Extism's interface, with plugins in C and in AssemblyScript (the latter with Extism's own library).</summary>
public sealed class ExtismTests(WasmFixture wasm)
{
    public static TheoryData<string> Languages => ["C", "AssemblyScript"];

    private static byte[] Plugin(string language) => language == "C" ? Guests.Extism : Guests.AssemblyScript;

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Call_Echo_ReturnsItsInput(string language) =>
        Assert.Equal("""{"a":[1,"two and more"]}""", await wasm.Value(Plugin(language), "echo", """{"a":[1,"two and more"]}"""));

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Call_Twice_StartsFromTheSameState(string language)
    {
        await using var sandbox = await wasm.Load(Plugin(language));
        foreach (var (function, expected) in new[] { ("count", "1"), ("count", "1"), ("variable", "null"), ("variable", "null") })
        {
            var result = await sandbox.CallAsync(Guests.Call(function), RefusingHostChannel.Instance, TestContext.Current.CancellationToken);
            Assert.Equal(expected, Encoding.UTF8.GetString(result.Value.Span));
        }
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Call_Config_IsRead(string language)
    {
        await using var sandbox = await wasm.Load(Plugin(language));
        var call = Guests.Call("config") with { Config = Encoding.UTF8.GetBytes(language == "C" ? """{"name":"\"x\""}""" : """{"name":"x"}""") };
        var result = await sandbox.CallAsync(call, RefusingHostChannel.Instance, TestContext.Current.CancellationToken);
        Assert.Equal("\"x\"", Encoding.UTF8.GetString(result.Value.Span));
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Call_Fails_TellsThePluginsMessage(string language)
    {
        var result = await wasm.Run(Plugin(language), "fail");
        Assert.Equal((CallStatus.GuestFault, ErrorCodes.GuestError), (result.Status, result.Error?.Code));
        Assert.Contains("it failed", result.Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Call_Logs_AreKept(string language)
    {
        var result = await wasm.Run(Plugin(language), "log_line");
        Assert.Equal((LogSeverity.Warn, "hello"), (Assert.Single(result.Logs).Severity, result.Logs[0].Message));
    }

    [Fact]
    public async Task Register_ExportedFunction_IsAsked()
    {
        await using var sandbox = await wasm.Load(Guests.Extism);
        Assert.Contains("probe", Encoding.UTF8.GetString((await sandbox.RegisterAsync(TestContext.Current.CancellationToken))!.Value.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("empty", null)]
    [InlineData("text", ErrorCodes.ResultInvalid)]
    [InlineData("trap", ErrorCodes.GuestTrap)]
    [InlineData("outside", ErrorCodes.GuestTrap)]
    [InlineData("blocks", ErrorCodes.MemoryLimit)]
    [InlineData("fetch", ErrorCodes.HostCallRefused)]
    [InlineData("no_such", ErrorCodes.EntryPointNotFound)]
    [InlineData("memory", ErrorCodes.EntryPointNotFound)]
    public async Task Call_Function_EndsWithItsCode(string function, string? code) =>
        Assert.Equal(code, (await wasm.Run(Guests.Extism, function)).Error?.Code);

    [Fact]
    public async Task HostCall_Refused_IsToldToThePlugin() =>
        Assert.Contains(ErrorCodes.HostCallRefused, await wasm.Value(Guests.Extism, "ask_once"), StringComparison.Ordinal);

    [Fact]
    public async Task HostCall_Answered_IsToldToThePlugin() =>
        Assert.Equal("""{"value":{"n":1}}""", await wasm.Value(Guests.Extism, "ask_once", channel: new ChannelOf((f, a, _) =>
            Task.FromResult(ChannelOf.Json(f == "kv.get" && a == """{"key":"k"}""" ? """{"n":1}""" : "0")))));

    [Fact]
    public async Task HttpRequest_Granted_PassesBodyAndStatus()
    {
        var seen = "";
        var channel = new ChannelOf((f, a, _) =>
        {
            seen = $"{f} {a}";
            return Task.FromResult(ChannelOf.Json("""{"status":201,"headers":{"x":"y"},"body":"aGVsbG8=","encoding":"base64"}"""));
        });
        Assert.Equal("""[201,"hello"]""", await wasm.Value(Guests.Extism, "fetch", channel: channel));
        Assert.Equal("""http.request {"method":"POST","url":"https://example.com/","headers":{"a":"b"},"body":"aGk=","encoding":"base64"}""", seen);
    }
}
