using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Paddock.Audit;
using Paddock.Calls;
using Paddock.HostApi;
using Paddock.HostApi.Databases;
using Paddock.HostApi.Files;
using Paddock.Hosting;
using Paddock.Jobs;
using Paddock.Packaging;
using Paddock.Permissions;
using Paddock.Plugins;
using Paddock.Replay;
using Paddock.Store;
using Paddock.Tokens;

namespace Paddock;

/// <summary>Adds Paddock to an application.</summary>
public static class PaddockServiceCollectionExtensions
{
    /// <summary>Adds the host: <see cref="IPluginService"/>, <see cref="IExecutionService"/>, <see cref="IPermissionService"/>, <see cref="ITokenStore"/>, <see cref="IAuditLog"/>, <see cref="IReplayService"/> and <see cref="IPaddockStatus"/>. The store is opened, and the schema migrated, when the application starts, or with the first of these services where nothing starts.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets at least the data directory. An option out of range ends the start with an <see cref="OptionsValidationException"/>, a data directory that cannot be used with a <see cref="StoreException"/>.</param>
    public static IPaddockBuilder AddPaddock(this IServiceCollection services, Action<PaddockOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        // Now, not with the store: whoever uses SQLite first chooses the library for the whole process.
        _ = SqliteNative.Version;
        services.AddLogging();
        services.AddOptions<PaddockOptions>().Configure(configure).ValidateOnStart();
        services.AddSingleton<IValidateOptions<PaddockOptions>, PaddockOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<PaddockOptions>>().Value);
        AddStore(services);
        AddCalls(services);
        AddJobs(services);
        PackageServices.Add(services);
        services.TryAddSingleton<IPluginService, PluginService>();
        services.TryAddSingleton<IExecutionService, ExecutionService>();
        services.TryAddSingleton<IPermissionService, PermissionService>();
        services.TryAddSingleton<IReplayService, ReplayService>();
        services.TryAddSingleton<ITokenStore, TokenStore>();
        services.TryAddSingleton<IPaddockStatus, StatusCheck>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RetentionTimer>());
        return new PaddockBuilder(services);
    }

    private static void AddStore(IServiceCollection services)
    {
        services.TryAddSingleton(provider => Database.Open(
            provider.GetRequiredService<PaddockOptions>().DataDirectory, provider.GetRequiredService<ILoggerFactory>().CreateLogger("Paddock.Store")));
        services.TryAddSingleton<AuditStore>();
        services.TryAddSingleton<IAuditSink>(provider => provider.GetRequiredService<AuditStore>());
        services.TryAddSingleton<IAuditLog>(provider => provider.GetRequiredService<AuditStore>());
        services.TryAddSingleton<IKeyValueStore, KeyValueStore>();
        services.TryAddSingleton<PluginStore>();
        services.TryAddSingleton<ExecutionStore>();
        services.TryAddSingleton<PermissionStore>();
        services.TryAddSingleton<GrantSource>();
        services.TryAddSingleton<IGrantSource>(provider => provider.GetRequiredService<GrantSource>());
        services.TryAddSingleton<ReplayStore>();
        services.TryAddSingleton<ICallRecorder>(provider => provider.GetRequiredService<ReplayStore>());
        services.TryAddSingleton<Retention>();
    }

    private static void AddCalls(IServiceCollection services)
    {
        services.TryAddSingleton(provider => new PluginLedgers(provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(Door);
        services.TryAddSingleton(provider => Roots(provider.GetRequiredService<PaddockOptions>()));
        services.TryAddSingleton<PermissionRules>();
        services.TryAddSingleton<PackageVerifier>();
        services.TryAddSingleton(provider => new PluginAdmission(provider.GetRequiredService<PackageVerifier>(), provider.GetRequiredService<PaddockOptions>()));
        services.TryAddSingleton(provider => Calls(provider, provider.GetRequiredService<PaddockOptions>()));
        services.TryAddSingleton(provider => new PluginHost(provider.GetServices<ISandboxRuntime>(), provider.GetRequiredService<CallServices>()));
        services.TryAddSingleton(provider =>
        {
            // Services are disposed in the reverse order of their making: loaded plugins before their runtimes and the store.
            _ = provider.GetRequiredService<PluginHost>();
            var options = provider.GetRequiredService<PaddockOptions>();
            return new PluginCache(options.LoadedPlugins, options.LoadedBytes);
        });
        services.TryAddSingleton<LoadedPlugins>();
    }

    private static void AddJobs(IServiceCollection services)
    {
        services.TryAddSingleton<IJobRunStore, JobRunStore>();
        services.TryAddSingleton<IJobs, NoScheduler>();
        services.TryAddSingleton<IScheduleCheck, NoScheduler>();
    }

    private static CallServices Calls(IServiceProvider provider, PaddockOptions options)
    {
        var clock = provider.GetRequiredService<TimeProvider>();
        var journal = new ExecutionJournal(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<ExecutionStore>(), provider.GetRequiredService<AuditStore>(), options.KeptResultBytes);
        return new(new CallGate(options.Calls, clock), provider.GetRequiredService<HostDoor>(), journal, provider.GetRequiredService<PackageJournal>(), clock, options.CallsPerPlugin) { Recorder = provider.GetRequiredService<ICallRecorder>() };
    }

    private static HostDoor Door(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<PaddockOptions>().HostApi;
        var logger = provider.GetRequiredService<ILoggerFactory>().CreateLogger("Paddock.HostApi");
        return new HostDoor(
            provider.GetRequiredService<IGrantSource>(), provider.GetRequiredService<IKeyValueStore>(), provider.GetRequiredService<IAuditSink>(),
            provider.GetRequiredService<TimeProvider>(), options with { OnFault = options.OnFault ?? ((function, e) => HostLog.HostCallFailed(logger, function, e)) },
            PackageServices.Groups(provider),
            ledgers: provider.GetRequiredService<PluginLedgers>(), roots: provider.GetRequiredService<GrantableRoots>());
    }

    private static GrantableRoots Roots(PaddockOptions options) => new([options.DataDirectory, .. options.PrivateDirectories]);
}
