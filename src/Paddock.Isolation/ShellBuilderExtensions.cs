using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Paddock.HostApi;
using Paddock.Sandbox.Process;

namespace Paddock;

/// <summary>Lets plugins run commands of the system.</summary>
public static class ShellBuilderExtensions
{
    /// <summary>Gives plugins <c>shell.execute</c>, in the operating system's sandbox. Each command still needs a permission that names it, and an operator who grants it.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="options">Limits; null for the defaults.</param>
    public static IPaddockBuilder AddShell(this IPaddockBuilder builder, ShellOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton<IProcessLauncher>(_ => new BubblewrapLauncher());
        return builder.AddHostFunctions(services => HostFunctions.Shell(services.GetRequiredService<IProcessLauncher>(), options));
    }
}
