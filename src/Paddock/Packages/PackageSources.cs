using Dapper;
using Paddock.Audit;
using Paddock.Lifecycle;
using Paddock.Store;

namespace Paddock.Packages;

/// <summary>Which package came from which entry of the packages directory, and what its coming and going means.</summary>
internal sealed class PackageSources(Database database, InstalledPlugins installed, PackageActivation activation, NameLocks locks, AuditStore audit, TimeProvider clock)
{
    /// <summary>Why a package does not run whose file is gone. It runs again when the file is back.</summary>
    public const string Removed = "SOURCE_REMOVED";

    public IReadOnlyList<string> Entries(string tenant) => database.Read(connection =>
        connection.Query<string>("SELECT origin FROM plugins WHERE tenant = @tenant AND kind = 1 AND uninstalled_at IS NULL AND origin IS NOT NULL", new { tenant }).AsList());

    /// <summary>The entry is gone: what came from it is unloaded, and kept.</summary>
    public Task GoneAsync(Principal owner, string entry, CancellationToken cancellationToken) => UnloadAsync(owner, entry, except: null, cancellationToken);

    /// <summary>The entry was installed under a name: that one may run, and what came from the entry under another name may not.</summary>
    public async Task BackAsync(Principal owner, string entry, string name, CancellationToken cancellationToken)
    {
        await UnloadAsync(owner, entry, except: name, cancellationToken).ConfigureAwait(false);
        if (installed.Find(owner.Tenant, name) is { State.Quarantine: Removed } live) await SetAsync(owner, live, null, "package.source-back", cancellationToken).ConfigureAwait(false);
    }

    private async Task UnloadAsync(Principal owner, string entry, string? except, CancellationToken cancellationToken)
    {
        var names = database.Read(connection => connection.Query<string>(
            "SELECT name FROM plugins WHERE tenant = @Tenant AND kind = 1 AND uninstalled_at IS NULL AND origin = @entry", new { owner.Tenant, entry }).AsList());
        foreach (string name in names.Where(n => n != except))
        {
            if (installed.Find(owner.Tenant, name) is { State.Quarantine: null } live) await SetAsync(owner, live, Removed, "package.source-removed", cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task SetAsync(Principal owner, InstalledPlugin live, string? quarantine, string action, CancellationToken cancellationToken)
    {
        using var held = await locks.EnterAsync(owner.Tenant, live.Name, cancellationToken).ConfigureAwait(false);
        // Removed meanwhile, perhaps with another under its name by now.
        if (installed.Find(owner.Tenant, live.Name) != live) return;
        await database.WriteAsync(connection =>
        {
            audit.Append(connection, ActRecord.Of(clock, owner, action, live.Identity.Id, live.Name));
            PackageWrites.SetEnabled(connection, live.Identity.Id, live.State.Enabled, quarantine, activation.Now);
            return 0;
        }, cancellationToken).ConfigureAwait(false);
        activation.Apply(live, live.State with { Quarantine = quarantine });
    }
}
