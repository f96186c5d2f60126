namespace Paddock.Lifecycle;

internal sealed class PluginLoader(InstalledPlugins installed, LoadedPackages loaded) : IPluginLoader
{
    public async ValueTask<Result<bool>> LoadAsync(string tenant, string plugin, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        ArgumentNullException.ThrowIfNull(plugin);
        if (installed.IsStopped) return ServiceError.SafeMode;
        if (installed.Find(tenant, plugin) is not { } live) return ServiceError.PluginNotFound;
        return await loaded.WarmAsync(live, cancellationToken).ConfigureAwait(false) is { } error ? error : true;
    }
}
