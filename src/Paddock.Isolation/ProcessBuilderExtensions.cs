using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Paddock.Sandbox.Process;

namespace Paddock;

/// <summary>Lets plugins run in processes of their own.</summary>
public static class ProcessBuilderExtensions
{
    /// <summary>Lets the host run Python, Node, .NET and command plugins, each in the operating system's sandbox. Where a part of that sandbox is missing they are refused, with the part's name.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="options">Interpreters, and how many processes; null for the defaults.</param>
    public static IPaddockBuilder AddProcesses(this IPaddockBuilder builder, ProcessOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton<IProcessLauncher>(_ => new BubblewrapLauncher(options?.Launcher));
        return builder
            .AddRuntime(services => new PythonRuntime(services.GetRequiredService<IProcessLauncher>(), options))
            .AddRuntime(services => new NodeRuntime(services.GetRequiredService<IProcessLauncher>(), options))
            .AddRuntime(services => new DotnetRuntime(services.GetRequiredService<IProcessLauncher>(), options))
            .AddRuntime(services => new CommandRuntime(services.GetRequiredService<IProcessLauncher>(), options));
    }
}
