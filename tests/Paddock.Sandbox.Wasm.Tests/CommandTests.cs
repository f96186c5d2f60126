using System.Text;

namespace Paddock.Sandbox.Wasm.Tests;

/// <summary>Ordinary programs, compiled by clang with wasi-libc.</summary>
public sealed class CommandTests(WasmFixture wasm)
{
    [Theory]
    [InlineData(null, """{"a":"ü"}""", """{"a":"ü"}""")]
    [InlineData("echo", "[1]", "[1]")]
    [InlineData("count", "null", "1")]
    [InlineData("nap", "null", "1")]
    [InlineData("file", "null", "null")]
    [InlineData("path", "null", "null")]
    public async Task Call_Program_AnswersOnStandardOutput(string? function, string input, string expected) =>
        Assert.Equal(expected, await wasm.Value(Guests.Command, function, input));

    [Fact]
    public async Task Load_EveryFunctionOfPreview1_LinksWithTheTypesOfWasiLibc() => Assert.Equal("null", await wasm.Value(Guests.C("wasi.c"), null));

    [Fact]
    public async Task Call_ExitsWithAnError_FailsAndKeepsWhatItSaid()
    {
        var result = await wasm.Run(Guests.Command, "no_such");
        Assert.Equal((CallStatus.GuestFault, ErrorCodes.GuestError), (result.Status, result.Error?.Code));
        Assert.Equal("no function no_such", Assert.Single(result.Logs).Message);
    }

    [Fact]
    public async Task Call_Config_IsInTheEnvironment()
    {
        await using var sandbox = await wasm.Load(Guests.Command);
        var call = Guests.Call("config") with { Config = Encoding.UTF8.GetBytes("""{"name":"x"}""") };
        var result = await sandbox.CallAsync(call, RefusingHostChannel.Instance, TestContext.Current.CancellationToken);
        Assert.Equal("""{"name":"x"}""", Encoding.UTF8.GetString(result.Value.Span));
    }
}
