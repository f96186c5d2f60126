using System.Diagnostics;
using System.Text;
using Paddock.Sandbox.Wasm.JavaScript;

[assembly: AssemblyFixture(typeof(Paddock.Threats.Tests.Arena))]

namespace Paddock.Threats.Tests;

/// <summary>A runtime with a neighbour in it. Every attack is followed by a call of the neighbour, which must answer.</summary>
public sealed class Arena : IAsyncLifetime
{
    private ISandbox _neighbour = null!;

    public JavaScriptRuntime Runtime { get; } = new(new JavaScriptRuntimeOptions { Threads = 2 });

    public static Limits Tight { get; } = new() { Timeout = TimeSpan.FromMilliseconds(400), MemoryBytes = 16 << 20, InitTimeout = TimeSpan.FromMilliseconds(400) };

    public static SandboxSpec Spec(string code, Limits? limits = null) => new()
    {
        Digest = "threat",
        Runtime = PluginRuntime.JavaScript,
        Files = new Dictionary<string, ReadOnlyMemory<byte>> { ["plugin.js"] = Encoding.UTF8.GetBytes(code) },
        Entry = "plugin.js",
        Limits = limits ?? Tight,
    };

    public static SandboxCall Call(string input = "null") => new() { Input = Encoding.UTF8.GetBytes(input) };

    public static string Text(CallResult result) => Encoding.UTF8.GetString(result.Value.Span);

    public async Task<CallResult> Attack(string code, Limits? limits = null, IHostChannel? channel = null, string input = "null")
    {
        await using var sandbox = await Runtime.CreateAsync(Spec(code, limits), TestContext.Current.CancellationToken);
        var result = await sandbox.CallAsync(Call(input), channel ?? RefusingHostChannel.Instance, TestContext.Current.CancellationToken);
        await NeighbourAnswers();
        return result;
    }

    public async Task NeighbourAnswers()
    {
        var answer = await _neighbour.CallAsync(Call("41"), RefusingHostChannel.Instance, TestContext.Current.CancellationToken);
        Assert.Equal("42", Text(answer));
    }

    /// <summary>The same payload where the defence is not: plain node.</summary>
    public static string InNode(string script)
    {
        using var node = Process.Start(new ProcessStartInfo("node", ["-e", script]) { RedirectStandardOutput = true })!;
        var output = node.StandardOutput.ReadToEnd();
        node.WaitForExit();
        return output.Trim();
    }

    public async ValueTask InitializeAsync() => _neighbour = await Runtime.CreateAsync(Spec("let calls = 0; module.exports = (c) => c.input + ++calls", new Limits()));

    public async ValueTask DisposeAsync()
    {
        await _neighbour.DisposeAsync();
        await Runtime.DisposeAsync();
    }
}

/// <summary>A channel that answers with what a test says.</summary>
internal sealed class ChannelOf(Func<string, string, CancellationToken, Task<HostReply>> answer) : IHostChannel
{
    public static HostReply Json(string json) => HostReply.Ok(Encoding.UTF8.GetBytes(json));

    public async ValueTask<HostReply> InvokeAsync(string function, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken) =>
        await answer(function, Encoding.UTF8.GetString(arguments.Span), cancellationToken);
}
