using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Paddock.Sandbox.Container;
using Paddock.Sandbox.Protocol.Workers;

namespace Paddock;

/// <summary>Lets plugins run in containers.</summary>
public static partial class ContainerBuilderExtensions
{
    /// <summary>Lets the host run container plugins, and Python, Node, JavaScript and WebAssembly plugins where a container is asked for; the last two in workers. The engine is looked for at the first of them.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="options">Which engine, where its records are kept, and how images are built.</param>
    /// <param name="workers">How workers are run; null for the defaults.</param>
    public static IPaddockBuilder AddContainers(this IPaddockBuilder builder, ContainerOptions options, WorkerOptions? workers = null)
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
        foreach (var runtime in (PluginRuntime[])[PluginRuntime.JavaScript, PluginRuntime.Wasm])
            builder.AddRuntime(services => new WorkerRuntime(runtime, InContainer(services.GetRequiredService<ContainerEngine>(), workers ?? new WorkerOptions()), IsolationLevel.Container));
        return builder;
    }

    private static Func<SandboxSpec, CancellationToken, ValueTask<IGuestProcess>> InContainer(ContainerEngine engine, WorkerOptions options)
    {
        // Read when the first is started: a host that has none needs no worker beside it.
        var workers = new Lazy<ContainerWorkers>(() => new ContainerWorkers(engine, WorkerProgram.Files, WorkerProgram.Entry));
        return (spec, cancellationToken) => workers.Value.StartAsync(spec, options.LimitsOf(spec), WorkerProgram.Environment, cancellationToken);
    }

    [LoggerMessage(EventId = 4600, Level = LogLevel.Warning, Message = "The container engine failed: {Message}")]
    private static partial void LogEngine(ILogger logger, string message);
}
