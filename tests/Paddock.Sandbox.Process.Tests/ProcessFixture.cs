using System.Text;
using Paddock.Sandbox.Protocol;

[assembly: AssemblyFixture(typeof(Paddock.Sandbox.Process.Tests.ProcessFixture))]

namespace Paddock.Sandbox.Process.Tests;

/// <summary>The real launcher, and the runtimes on it.</summary>
public sealed class ProcessFixture
{
    public IProcessLauncher Launcher { get; } = new BubblewrapLauncher();

    public ValueTask<ISandbox> CreateAsync(SandboxSpec spec, bool fresh = false, CancellationToken cancellationToken = default) =>
        CreateAsync(spec, new ProtocolOptions { FreshProcesses = fresh }, cancellationToken);

    public ValueTask<ISandbox> CreateAsync(SandboxSpec spec, ProtocolOptions pool, CancellationToken cancellationToken = default)
    {
        var options = new ProcessOptions { Pool = pool };
        ISandboxRuntime runtime = spec.Runtime switch
        {
            PluginRuntime.Python => new PythonRuntime(Launcher, options),
            PluginRuntime.Node => new NodeRuntime(Launcher, options),
            PluginRuntime.Dotnet => new DotnetRuntime(Launcher, options),
            _ => new CommandRuntime(Launcher, options),
        };
        return runtime.CreateAsync(spec, cancellationToken);
    }

    /// <summary>The result as JSON; a failure fails the test.</summary>
    public async Task<string> Value(SandboxSpec spec, string input = "null", string? function = null, IHostChannel? channel = null)
    {
        await using var sandbox = await CreateAsync(spec, cancellationToken: TestContext.Current.CancellationToken);
        return await Value(sandbox, input, function, channel);
    }

    public static async Task<string> Value(ISandbox sandbox, string input = "null", string? function = null, IHostChannel? channel = null)
    {
        var result = await sandbox.CallAsync(Plugins.Call(input, function), channel ?? RefusingHostChannel.Instance, TestContext.Current.CancellationToken);
        Assert.True(result.Status == CallStatus.Completed, $"{result.Error?.Code} {result.Error?.Message}\n{result.Error?.Stack}\n{string.Join('\n', result.Logs.Select(l => l.Message))}");
        return Encoding.UTF8.GetString(result.Value.Span);
    }

    public async Task<CallResult> Run(SandboxSpec spec, string input = "null", string? function = null, IHostChannel? channel = null)
    {
        await using var sandbox = await CreateAsync(spec, cancellationToken: TestContext.Current.CancellationToken);
        return await sandbox.CallAsync(Plugins.Call(input, function), channel ?? RefusingHostChannel.Instance, TestContext.Current.CancellationToken);
    }
}

/// <summary>A channel that answers with what a test says.</summary>
internal sealed class ChannelOf(Func<string, string, CancellationToken, Task<HostReply>> answer) : IHostChannel
{
    public static HostReply Json(string json) => HostReply.Ok(Encoding.UTF8.GetBytes(json));

    public async ValueTask<HostReply> InvokeAsync(string function, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken) =>
        await answer(function, Encoding.UTF8.GetString(arguments.Span), cancellationToken);
}
