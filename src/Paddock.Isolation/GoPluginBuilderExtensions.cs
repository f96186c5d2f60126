using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Paddock.Sandbox.GoPlugin;
using Paddock.Sandbox.Process;

namespace Paddock;

/// <summary>Adds the runtime for native programs that speak HashiCorp's go-plugin protocol.</summary>
public static class GoPluginBuilderExtensions
{
    /// <summary>Lets the host run go-plugin programs, such as GoatKit's, in processes of their own under the launcher. Linux only; elsewhere such a plugin is refused with that reason.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="options">How many processes, and what they are told; null for the defaults.</param>
    public static IPaddockBuilder AddGoPlugins(this IPaddockBuilder builder, GoPluginRuntimeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton<IProcessLauncher>(_ => new BubblewrapLauncher());
        return builder.AddRuntime(services => new GoPluginRuntime(services.GetRequiredService<IProcessLauncher>(), options));
    }
}
