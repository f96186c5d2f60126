using System.Text;
using Paddock.Sandbox.Process;

[assembly: AssemblyFixture(typeof(Paddock.Sandbox.GoPlugin.Tests.Plugins))]

namespace Paddock.Sandbox.GoPlugin.Tests;

/// <summary>The runtime under the real launcher, and plugins for it.</summary>
public sealed class Plugins : IAsyncDisposable
{
    internal static readonly Limits Roomy = new() { Timeout = TimeSpan.FromSeconds(60), InitTimeout = TimeSpan.FromSeconds(60), MemoryBytes = 256 << 20 };

    // What a plugin looks for in its environment, and must not find.
    static Plugins() => Environment.SetEnvironmentVariable("PADDOCK_CANARY", "there");

    public BubblewrapLauncher Launcher { get; } = new();

    public GoPluginRuntime Runtime => field ??= new GoPluginRuntime(Launcher);

    public GoPluginRuntime Fresh => field ??= new GoPluginRuntime(Launcher, new GoPluginRuntimeOptions { FreshProcesses = true });

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    internal static SandboxSpec Spec(string name = "newer", Limits? limits = null, bool stateful = false, string folder = "tests/Paddock.Sandbox.GoPlugin.Tests/Programs/goatkit") => new()
    {
        Digest = name,
        Runtime = PluginRuntime.GoPlugin,
        Files = new Dictionary<string, ReadOnlyMemory<byte>> { [name] = GoPrograms.Build(folder) },
        Entry = name,
        Limits = limits ?? Roomy,
        Stateful = stateful,
    };

    internal static SandboxSpec Hostile(string name, Limits? limits = null) => Spec(name, limits, folder: "tests/Paddock.Sandbox.GoPlugin.Tests/Programs/hostile");

    internal static SandboxCall Call(string? function, string input = "null") => new() { Function = function, Input = Encoding.UTF8.GetBytes(input) };

    internal ValueTask<ISandbox> Load(SandboxSpec? spec = null) => Runtime.CreateAsync(spec ?? Spec(), Stop);

    internal async Task<CallResult> Run(string function, string input = "null", IHostChannel? channel = null, Limits? limits = null)
    {
        await using var sandbox = await Load(Spec(limits: limits));
        return await sandbox.CallAsync(Call(function, input), channel ?? RefusingHostChannel.Instance, Stop);
    }

    internal static string Text(CallResult result)
    {
        Assert.True(result.Status == CallStatus.Completed, $"{result.Error?.Code} {result.Error?.Message} {string.Join('\n', result.Logs.Select(l => l.Message))}");
        return Encoding.UTF8.GetString(result.Value.Span);
    }

    public ValueTask DisposeAsync() => Runtime.DisposeAsync();
}

/// <summary>A channel that answers with what a test says.</summary>
internal sealed class ChannelOf(Func<string, string, CancellationToken, Task<HostReply>> answer) : IHostChannel
{
    public static HostReply Json(string json) => HostReply.Ok(Encoding.UTF8.GetBytes(json));

    public async ValueTask<HostReply> InvokeAsync(string function, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken) =>
        await answer(function, Encoding.UTF8.GetString(arguments.Span), cancellationToken);
}
