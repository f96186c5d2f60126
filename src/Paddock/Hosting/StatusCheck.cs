using Microsoft.Data.Sqlite;
using Paddock.HostApi.Databases;
using Paddock.Plugins;
using Paddock.Store;

namespace Paddock.Hosting;

internal sealed class StatusCheck(Database database, PluginHost host, PluginCache cache) : IPaddockStatus
{
    public async ValueTask<PaddockStatus> CheckAsync(CancellationToken cancellationToken)
    {
        bool ready = await IsReadyAsync(cancellationToken).ConfigureAwait(false);
        return new(ready, ready ? database.SchemaVersion : 0, SqliteNative.Version, host.Runtimes, cache.Count);
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await database.CanWriteAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SqliteException or ObjectDisposedException)
        {
            return false;
        }
    }
}
