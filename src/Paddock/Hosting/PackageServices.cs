using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Paddock.Agents;
using Paddock.Calls;
using Paddock.Contributions;
using Paddock.HostApi;
using Paddock.HostApi.PluginCalls;
using Paddock.HostApi.Secrets;
using Paddock.HostApi.Translations;
using Paddock.Lifecycle;
using Paddock.Packages;
using Paddock.Store;

namespace Paddock.Hosting;

/// <summary>The services of installed packages.</summary>
internal static class PackageServices
{
    public static void Add(IServiceCollection services)
    {
        AddStore(services);
        AddLifecycle(services);
        AddHostFunctions(services);
        services.TryAddSingleton<NamedCalls>();
        services.TryAddSingleton<IPluginCalls>(provider => provider.GetRequiredService<NamedCalls>());
        services.TryAddSingleton<HostTools>();
        services.TryAddSingleton<IPluginToolRouter, PluginToolRouter>();
        services.TryAddSingleton<ContributionRegistry>();
        services.TryAddSingleton<IContributions>(provider => provider.GetRequiredService<ContributionRegistry>());
        services.TryAddSingleton<ContributionCheck>();
        services.TryAddSingleton<IPluginAssets, PluginAssets>();
        services.TryAddSingleton<IPluginLoader, PluginLoader>();
        services.TryAddSingleton<IPluginInsight, PluginInsight>();
        services.TryAddSingleton<IPluginEvents, PluginEvents>();
        services.TryAddSingleton<IHostControl, HostControl>();
    }

    private static void AddStore(IServiceCollection services)
    {
        services.TryAddSingleton(provider => new BlobStore(provider.GetRequiredService<Database>().Directory));
        services.TryAddSingleton<PackageStore>();
        services.TryAddSingleton<TrustStore>();
        services.TryAddSingleton<ITrustService>(provider => provider.GetRequiredService<TrustStore>());
        services.TryAddSingleton<PackageReader>();
        services.TryAddSingleton<PackagePolicy>();
        services.TryAddSingleton<PackageConfigs>();
        services.TryAddSingleton<PackageRecords>();
        services.TryAddSingleton<PackageSources>();
        services.TryAddSingleton<PackageUse>();
        services.TryAddSingleton<PackageData>();
        services.TryAddSingleton<PackageSecrets>();
        services.TryAddSingleton<ISecretStore>(provider => provider.GetRequiredService<PackageSecrets>());
        services.TryAddSingleton(provider => SecretProtector.FromKeyFile(Path.Combine(provider.GetRequiredService<Database>().Directory.Path, "secrets.key")));
    }

    private static void AddLifecycle(IServiceCollection services)
    {
        services.TryAddSingleton<InstalledPlugins>();
        services.TryAddSingleton<NameLocks>();
        services.TryAddSingleton<LoadedPackages>();
        services.TryAddSingleton<PackageActivation>();
        services.TryAddSingleton<PackageConsent>();
        services.TryAddSingleton<PackageInstaller>();
        services.TryAddSingleton<PackageReviews>();
        services.TryAddSingleton<IPackageService, PackageService>();
        services.TryAddSingleton<PackageJournal>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, PackagesStart>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, HealthActions>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, PackagesDirectory>());
    }

    // What needs nothing from the application is there without asking; a cache in memory unless the application has another; the configuration where it has one.
    private static void AddHostFunctions(IServiceCollection services)
    {
        services.AddDistributedMemoryCache();
        services.AddSingleton(_ => HostFunctions.Clock());
        services.AddSingleton(provider => HostFunctions.Cache(provider.GetRequiredService<IDistributedCache>()));
        services.TryAddSingleton<IPluginCaller>(provider => new PluginCaller(new Lazy<NamedCalls>(provider.GetRequiredService<NamedCalls>)));
        services.AddSingleton(provider => HostFunctions.PluginCalls(provider.GetRequiredService<IPluginCaller>()));
        services.TryAddSingleton<ITranslator, ContributedTexts>();
        services.AddSingleton(provider => HostFunctions.Translations(provider.GetRequiredService<ITranslator>()));
    }

    /// <summary>The groups that a host has.</summary>
    public static IEnumerable<HostFunctionGroup> Groups(IServiceProvider provider)
    {
        foreach (var group in provider.GetServices<HostFunctionGroup>()) yield return group;
        if (provider.GetService<IConfiguration>() is { } configuration) yield return HostFunctions.Config(configuration);
    }
}
