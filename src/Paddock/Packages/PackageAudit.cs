using Microsoft.Data.Sqlite;
using Paddock.Audit;
using Paddock.Store;

namespace Paddock.Packages;

/// <summary>What is written, with its audit record, whenever a version comes into service.</summary>
internal static class PackageAudit
{
    public static void Activate(
        SqliteConnection connection, AuditStore audit, TimeProvider clock, Principal principal, PackageRow row, VersionRow version, PluginManifest manifest, VersionState former)
    {
        PackageWrites.Activate(connection, version, manifest.Description, (int)manifest.Runtime, former, Time.Stored(clock.GetUtcNow()));
        string publisher = version.Publisher ?? "";
        string? accepted = PackageWrites.AcceptedVersion(connection, row.Tenant, row.Name, publisher);
        if (accepted is null || Paddock.Packaging.VersionOrder.Compare(version.Version, accepted) > 0)
            PackageWrites.Accept(connection, row.Tenant, row.Name, publisher, version.Version);
        audit.Append(connection, ActRecord.Of(clock, principal, "package.activate", row.Id, $"{row.Name} {version.Version} {version.Digest}"));
    }
}
