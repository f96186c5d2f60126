using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Paddock.Audit;
using Paddock.Calls;
using Paddock.Packages;
using Paddock.Store;

namespace Paddock.Lifecycle;

/// <summary>Rolls back versions whose first calls all fail, and stops packages that crash again and again. Beside the calls, never within one.</summary>
internal sealed class HealthActions(
    PackageJournal journal,
    LoadedPackages loaded,
    PackageReviews reviews,
    PackageActivation activation,
    NameLocks locks,
    PackageStore store,
    InstalledPlugins installed,
    Database database,
    AuditStore audit,
    TimeProvider clock,
    ILoggerFactory loggers) : BackgroundService
{
    /// <summary>Why a package is in quarantine that crashed too often.</summary>
    public const string Crashed = "CRASHED";

    private readonly Channel<(InstalledPlugin Live, string Digest, HealthVerdict Verdict)> _todo =
        Channel.CreateUnbounded<(InstalledPlugin, string, HealthVerdict)>(new UnboundedChannelOptions { SingleReader = true });

    private readonly ILogger _logger = loggers.CreateLogger("Paddock.Lifecycle");

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        journal.Unhealthy = loaded.Unhealthy = (live, digest, verdict) => _todo.Writer.TryWrite((live, digest, verdict));
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var (live, digest, verdict) in _todo.Reader.ReadAllAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                await ActAsync(live, digest, verdict, stoppingToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LifecycleLog.ActionFailed(_logger, verdict, live.Name, e);
            }
        }
    }

    private async Task ActAsync(InstalledPlugin live, string digest, HealthVerdict verdict, CancellationToken cancellationToken)
    {
        using var held = await locks.EnterAsync(live.Identity.Tenant, live.Name, cancellationToken).ConfigureAwait(false);
        // Somebody may have replaced, disabled or removed it meanwhile.
        if (installed.Find(live.Identity.Tenant, live.Name) != live || live.State.Active?.Digest != digest || live.State.Refusal is not null) return;
        if (store.Find(live.Identity.Tenant, live.Name) is not { } row) return;
        if (verdict == HealthVerdict.RollBack)
        {
            var refused = await reviews.RollBackAsync(Host(live), live, row, null, VersionState.Failed, cancellationToken).ConfigureAwait(false);
            LifecycleLog.RolledBack(_logger, live.Name, digest, refused?.Code ?? "done");
            return;
        }

        await QuarantineAsync(live, row, Crashed, cancellationToken).ConfigureAwait(false);
        LifecycleLog.Quarantined(_logger, live.Name, digest);
    }

    private async Task QuarantineAsync(InstalledPlugin live, PackageRow row, string reason, CancellationToken cancellationToken)
    {
        await database.WriteAsync(connection =>
        {
            audit.Append(connection, ActRecord.Of(clock, Host(live), "package.quarantine", row.Id, reason));
            PackageWrites.SetEnabled(connection, row.Id, row.Enabled, reason, activation.Now);
            return 0;
        }, cancellationToken).ConfigureAwait(false);
        activation.Apply(live, live.State with { Quarantine = reason });
    }

    private static Principal Host(InstalledPlugin live) => new(live.Identity.Tenant, "host", PrincipalRole.Operator);
}
