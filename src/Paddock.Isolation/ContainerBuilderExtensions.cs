using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Paddock.Sandbox.Container;

namespace Paddock;

/// <summary>Lets plugins run in containers.</summary>
public static partial class ContainerBuilderExtensions
{
    /// <summary>Lets the host run container plugins, and Python and Node plugins where a container is asked for. The engine is looked for at the first of them.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="options">Which engine, where its records are kept, and how images are built.</param>
    public static IPaddockBuilder AddContainers(this IPaddockBuilder builder, ContainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(options);
        builder.Services.TryAddSingleton(services =>
        {
            var logger = services.GetService<ILoggerFactory>()?.CreateLogger<ContainerEngine>() ?? NullLogger<ContainerEngine>.Instance;
            return new ContainerEngine(options with { Report = options.Report ?? (message => LogEngine(logger, message)) });
        });
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ContainerSweep>());
        // SECURITY: whoever reaches an engine's socket owns the machine.
        builder.Services.PostConfigure<PaddockOptions>(host =>
        {
            foreach (string directory in options.PrivateDirectories) host.PrivateDirectories.Add(directory);
        });
        foreach (var runtime in (PluginRuntime[])[PluginRuntime.Container, PluginRuntime.Python, PluginRuntime.Node])
            builder.AddRuntime(services => new ContainerRuntime(services.GetRequiredService<ContainerEngine>(), runtime));
        return builder;
    }

    [LoggerMessage(EventId = 4600, Level = LogLevel.Warning, Message = "The container engine failed: {Message}")]
    private static partial void LogEngine(ILogger logger, string message);
}
