using Microsoft.Extensions.Logging;
using Paddock.HostApi;
using Paddock.HostApi.Databases;
using Paddock.Lifecycle;
using Paddock.Store;

namespace Paddock.Packages;

/// <summary>What the host keeps for a package outside the store, and gives up when it is uninstalled.</summary>
internal sealed class PackageData(IEnumerable<DatabaseFunctions> databases, PluginLedgers ledgers, BlobStore blobs, PackageStore packages, ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger("Paddock.Lifecycle");

    /// <summary>Removes roles in databases and windows of rates. What cannot be removed now is logged: the package is gone all the same, and a role without a login that anybody knows does nothing.</summary>
    public async Task ForgetAsync(PluginIdentity plugin, CancellationToken cancellationToken)
    {
        ledgers.Remove(plugin.Tenant, plugin.Id);
        blobs.Sweep(packages.Referenced);
        foreach (var database in databases)
        {
            try
            {
                await database.ForgetAsync(plugin.Tenant, plugin.Id, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LifecycleLog.ForgettingFailed(_logger, plugin.Name ?? plugin.Id, e);
            }
        }
    }
}
