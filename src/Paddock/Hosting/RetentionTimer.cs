using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Paddock.Store;

namespace Paddock.Hosting;

/// <summary>Runs retention at its interval. As a hosted service it also has the store opened, and migrated, before the application serves.</summary>
internal sealed class RetentionTimer(Retention retention, PaddockOptions options, TimeProvider clock, ILogger<RetentionTimer> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Retention.Interval, clock);
        try
        {
            do
            {
                await PruneAsync(stoppingToken).ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (Exception e) when (stoppingToken.IsCancellationRequested && e is (OperationCanceledException or ObjectDisposedException))
        {
            // The host ends. One that is disposed without having been stopped would report this as a service that failed.
        }
    }

    private async Task PruneAsync(CancellationToken stoppingToken)
    {
        try
        {
            var (executions, logs, audit) = await retention.PruneAsync(stoppingToken).ConfigureAwait(false);
            if (executions + logs + audit > 0) StoreLog.Pruned(logger, executions, logs, audit);
        }
        catch (SqliteException e)
        {
            StoreLog.PruneFailed(logger, e);
        }
    }
}
