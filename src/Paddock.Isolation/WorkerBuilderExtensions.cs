using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Paddock.Sandbox.Process;
using Paddock.Sandbox.Protocol.Workers;

namespace Paddock;

/// <summary>Puts the WebAssembly engine behind a second wall.</summary>
public static class WorkerBuilderExtensions
{
    /// <summary>Lets JavaScript and WebAssembly plugins whose level is <see cref="IsolationLevel.Process"/> run in jailed workers, one for each plugin. Which those are, policy and <see cref="PaddockOptions.Isolation"/> say. Linux only.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="options">How workers are run; null for the defaults.</param>
    public static IPaddockBuilder AddWorkers(this IPaddockBuilder builder, WorkerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton<IProcessLauncher>(_ => new BubblewrapLauncher());
        builder.Services.AddSingleton(services => new WorkerStarter(services.GetRequiredService<IProcessLauncher>(), options ?? new WorkerOptions()));
        builder.AddRuntime(services => new WorkerRuntime(PluginRuntime.JavaScript, services.GetRequiredService<WorkerStarter>().StartAsync));
        return builder.AddRuntime(services => new WorkerRuntime(PluginRuntime.Wasm, services.GetRequiredService<WorkerStarter>().StartAsync));
    }
}
