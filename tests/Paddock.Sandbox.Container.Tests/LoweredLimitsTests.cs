using System.Text;
using System.Text.Json;
using Paddock.Engines;
using Paddock.Sandbox.Protocol;
using Paddock.Threats.Tests;

namespace Paddock;

/// <summary>A call that may have less than its plugin: what its container has, seen from inside, and what becomes of the warm one.</summary>
public abstract class LoweredLimitsTests(EngineFixture engines)
{
    private const long Taken = 100 << 20;
    private const string Python = """
        import os, signal
        mark = os.urandom(8).hex()
        def which(): return mark
        def take(): return len(bytes(b'1') * (100 << 20))
        def fork():
            children = []
            try:
                while len(children) < 40:
                    child = os.fork()
                    if child == 0: signal.pause()
                    children.append(child)
            except OSError: pass
            for child in children:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
            return len(children)
        """;

    private const string Node = """
        const mark = require('crypto').randomUUID();
        exports.which = () => mark;
        exports.take = () => Buffer.alloc(100 << 20, 1).length;
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(PluginRuntime.Python)]
    [InlineData(PluginRuntime.Node)]
    public async Task Call_WithLessMemory_HasLess_AndTheWarmContainerStays(PluginRuntime runtime)
    {
        await using var bench = await OpenAsync(Speaking(runtime));
        string mark = await ValueAsync(bench, "which");
        var less = bench.Spec.Limits with { MemoryBytes = 90 << 20 };
        Assert.Equal(ErrorCodes.MemoryLimit, (await CallAsync(bench, "take", less)).Error?.Code);

        // Control: the same call within the plugin's own limits; and more than those is not to be had.
        Assert.Equal($"{Taken}", await ValueAsync(bench, "take"));
        Assert.Equal($"{Taken}", await ValueAsync(bench, "take", bench.Spec.Limits with { Cpu = 0.5 }));
        Assert.Equal(mark, await ValueAsync(bench, "which"));
        Assert.NotEqual(mark, await ValueAsync(bench, "which", less));
        Assert.Equal(mark, await ValueAsync(bench, "which", bench.Spec.Limits with { MemoryBytes = 1L << 40 }));
        using var client = await engines.ConnectAsync();
        Assert.Single(await client.ContainersAsync($"dev.paddock.package={bench.Spec.Digest}", Token));
    }

    [Fact]
    public async Task Call_WithFewerProcesses_HasFewer()
    {
        await using var bench = await OpenAsync(Speaking(PluginRuntime.Python));
        Assert.InRange(int.Parse(await ValueAsync(bench, "fork", bench.Spec.Limits with { Processes = 16 }), null), 1, 16);

        // Control: the plugin's own limit.
        Assert.Equal("40", await ValueAsync(bench, "fork"));
    }

    [Fact]
    public async Task Call_WithLess_OfAPluginThatKeepsState_IsRefused()
    {
        await using var bench = await OpenAsync(Speaking(PluginRuntime.Python) with { Stateful = true });
        string mark = await ValueAsync(bench, "which");
        var result = await CallAsync(bench, "which", bench.Spec.Limits with { MemoryBytes = 90 << 20 });
        Assert.Equal((CallStatus.Denied, ErrorCodes.SandboxUnavailable), (result.Status, result.Error?.Code));
        Assert.Equal(mark, await ValueAsync(bench, "which"));
    }

    [Fact]
    public async Task OneShot_WithLess_HasLess()
    {
        await using var memory = await OpenAsync(Specs.Python("print(len(b'1' * (100 << 20)))"));
        Assert.Equal(ErrorCodes.MemoryLimit, (await CallAsync(memory, null, memory.Spec.Limits with { MemoryBytes = 90 << 20 })).Error?.Code);
        Assert.Equal($"{Taken}\n", await PrintedAsync(memory, null));
        await using var processes = await OpenAsync(Specs.Python(Python + "\nprint(fork())"));
        Assert.InRange(int.Parse(await PrintedAsync(processes, processes.Spec.Limits with { Processes = 16 }), null), 1, 16);
        Assert.Equal("40\n", await PrintedAsync(processes, null));
    }

    // The worker has the room of several calls; each of them is held to its own by the engine inside.
    [Fact]
    public async Task Worker_WithLessMemory_HasLess()
    {
        await engines.ReadyAsync();
        await using var host = await WholeHost.StartAsync(build: b => b.AddContainers(engines.Options("lowered-worker")));
        var runtime = host.Get<IEnumerable<ISandboxRuntime>>().Single(r => r is { Runtime: PluginRuntime.JavaScript, Isolation: IsolationLevel.Container });
        var spec = Specs.Node("exports.take = () => new Uint8Array(40 << 20).fill(1).length;") with { Runtime = PluginRuntime.JavaScript, RuntimeVersion = null, Limits = new Limits { MemoryBytes = 64 << 20 } };
        await using var sandbox = await runtime.CreateAsync(spec, Token);
        var call = new SandboxCall { Function = "take", Input = "null"u8.ToArray(), Limits = spec.Limits with { MemoryBytes = 24 << 20 } };
        Assert.Equal(ErrorCodes.MemoryLimit, (await sandbox.CallAsync(call, RefusingHostChannel.Instance, Token)).Error?.Code);
        var control = await sandbox.CallAsync(call with { Limits = null }, RefusingHostChannel.Instance, Token);
        Assert.Equal($"{40 << 20}", Encoding.UTF8.GetString(control.Value.Span));
    }

    private static SandboxSpec Speaking(PluginRuntime runtime) => Specs.Speaking(runtime, runtime == PluginRuntime.Python ? Python : Node);

    private Task<Bench> OpenAsync(SandboxSpec spec) => Bench.OpenAsync(
        engines, spec with { Limits = spec.Limits with { MemoryBytes = 300 << 20, Processes = 80 } }, "lowered", o => o with { Pool = new ProtocolOptions { Processes = 1 } });

    private static async Task<CallResult> CallAsync(Bench bench, string? function, Limits? limits = null) =>
        await bench.Sandbox.CallAsync(new SandboxCall { Function = function, Input = "null"u8.ToArray(), Limits = limits }, RefusingHostChannel.Instance, Token);

    private static async Task<string> ValueAsync(Bench bench, string? function, Limits? limits = null)
    {
        var result = await CallAsync(bench, function, limits);
        Assert.True(result.Status == CallStatus.Completed, $"{result.Error?.Code} {result.Error?.Message}");
        return Encoding.UTF8.GetString(result.Value.Span);
    }

    private static async Task<string> PrintedAsync(Bench bench, Limits? limits) =>
        JsonElement.Parse(await ValueAsync(bench, null, limits)).GetProperty("stdout").GetString()!;
}

[Collection("Docker")]
public sealed class DockerLoweredLimitsTests(DockerFixture engines) : LoweredLimitsTests(engines);

[Collection("Podman")]
public sealed class PodmanLoweredLimitsTests(PodmanFixture engines) : LoweredLimitsTests(engines);
