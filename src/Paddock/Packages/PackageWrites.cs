using Dapper;
using Microsoft.Data.Sqlite;

namespace Paddock.Packages;

/// <summary>The statements that change installed packages; each runs within a transaction of the writer.</summary>
internal static class PackageWrites
{
    private const int KeptVersions = 10;

    public static void Insert(SqliteConnection connection, PackageRow row) => connection.Execute(
        """
        INSERT INTO plugins (id, tenant, owner, name, description, code, enabled, runtime, digest, size, revision, created_at, updated_at, kind, publisher, origin)
        VALUES (@Id, @Tenant, @Owner, @Name, @Description, '', @Enabled, 0, '', 0, @Revision, @CreatedAt, @UpdatedAt, 1, @Publisher, @Origin)
        """, row);

    /// <summary>Takes up a package that was uninstalled: its id and values, nothing else.</summary>
    public static void Revive(SqliteConnection connection, PackageRow row) => connection.Execute(
        """
        UPDATE plugins SET uninstalled_at = NULL, owner = @Owner, description = @Description, enabled = @Enabled, quarantine = NULL, origin = @Origin,
          revision = revision + 1, created_at = @CreatedAt, updated_at = @UpdatedAt
        WHERE id = @Id AND kind = 1
        """, row);

    public static void InsertVersion(SqliteConnection connection, VersionRow row) => connection.Execute(
        """
        INSERT INTO package_versions (plugin_id, digest, tenant, owner, version, publisher, signature, files, size, registration, state, installed_by, installed_at)
        VALUES (@PluginId, @Digest, @Tenant, @Owner, @Version, @Publisher, @Signature, @Files, @Size, @Registration, @State, @InstalledBy, @InstalledAt)
        ON CONFLICT (plugin_id, digest) DO UPDATE SET state = excluded.state, signature = excluded.signature, publisher = excluded.publisher,
          files = excluded.files, size = excluded.size, registration = excluded.registration,
          installed_by = excluded.installed_by, installed_at = excluded.installed_at
        """, row);

    /// <summary>The version that waited waits no longer; nothing refers to it where it never served.</summary>
    public static void DropWaiting(SqliteConnection connection, string pluginId, string exceptDigest)
    {
        connection.Execute(
            "UPDATE package_versions SET state = 2 WHERE plugin_id = @pluginId AND state = 0 AND digest <> @exceptDigest AND activated_at IS NOT NULL", new { pluginId, exceptDigest });
        connection.Execute("DELETE FROM package_versions WHERE plugin_id = @pluginId AND state = 0 AND digest <> @exceptDigest", new { pluginId, exceptDigest });
    }

    /// <summary>Makes one version the one that serves; the one before becomes what <paramref name="former"/> says.</summary>
    public static void Activate(SqliteConnection connection, VersionRow row, string description, int runtime, VersionState former, long now)
    {
        connection.Execute("UPDATE package_versions SET state = @former WHERE plugin_id = @PluginId AND state = 1 AND digest <> @Digest",
            new { row.PluginId, row.Digest, former });
        connection.Execute("UPDATE package_versions SET state = 1, activated_at = @now WHERE plugin_id = @PluginId AND digest = @Digest", new { row.PluginId, row.Digest, now });
        // To go back to; the bytes of what goes are swept at the next start.
        connection.Execute(
            """
            DELETE FROM package_versions WHERE plugin_id = @PluginId AND digest IN (
              SELECT digest FROM package_versions WHERE plugin_id = @PluginId AND state IN (2, 3) ORDER BY activated_at DESC LIMIT -1 OFFSET @KeptVersions)
            """, new { row.PluginId, KeptVersions });
        connection.Execute(
            """
            UPDATE plugins SET digest = @Digest, size = @Size, description = @description, runtime = @runtime, publisher = @Publisher, quarantine = NULL,
              revision = revision + 1, updated_at = @now
            WHERE id = @PluginId
            """, new { row.PluginId, row.Digest, row.Size, row.Publisher, description, runtime, now });
    }

    public static void PutPolicy(SqliteConnection connection, PolicyRow row) => connection.Execute(
        """
        INSERT INTO policies (plugin_id, tenant, owner, policy, revision, updated_by, updated_at)
        VALUES (@PluginId, @Tenant, @Owner, @Policy, 1, @UpdatedBy, @UpdatedAt)
        ON CONFLICT (plugin_id) DO UPDATE SET policy = excluded.policy, revision = policies.revision + 1, updated_by = excluded.updated_by, updated_at = excluded.updated_at
        """, row);

    public static void PutConfig(SqliteConnection connection, PackageRow row, string digest, string config, long now) => connection.Execute(
        """
        INSERT INTO plugin_configs (plugin_id, digest, tenant, owner, config, updated_at) VALUES (@Id, @digest, @Tenant, @Owner, @config, @now)
        ON CONFLICT (plugin_id, digest) DO UPDATE SET config = excluded.config, updated_at = excluded.updated_at
        """, new { row.Id, row.Tenant, row.Owner, digest, config, now });

    public static void SetEnabled(SqliteConnection connection, string id, bool enabled, string? quarantine, long now) => connection.Execute(
        "UPDATE plugins SET enabled = @enabled, quarantine = @quarantine, revision = revision + 1, updated_at = @now WHERE id = @id", new { id, enabled, quarantine, now });

    /// <summary>Removes a package but for its id, its values and who may have them again.</summary>
    public static void Uninstall(SqliteConnection connection, string id, long now)
    {
        foreach (string table in (string[])["package_versions", "policies", "plugin_configs", "secrets", "grants", "permission_requests", "job_runs", "replay_consents"])
            connection.Execute($"DELETE FROM {table} WHERE plugin_id = @id", new { id });
        connection.Execute("UPDATE plugins SET uninstalled_at = @now, enabled = 0, digest = '', size = 0, config = NULL, revision = revision + 1, updated_at = @now WHERE id = @id", new { id, now });
    }

    public static void Purge(SqliteConnection connection, string id) => connection.Execute("DELETE FROM plugins WHERE id = @id AND kind = 1", new { id });

    public static string? AcceptedVersion(SqliteConnection connection, string tenant, string name, string publisher) => connection.QuerySingleOrDefault<string>(
        "SELECT version FROM accepted_versions WHERE tenant = @tenant AND name = @name AND publisher = @publisher", new { tenant, name, publisher });

    public static void Accept(SqliteConnection connection, string tenant, string name, string publisher, string version) => connection.Execute(
        """
        INSERT INTO accepted_versions (tenant, name, publisher, version) VALUES (@tenant, @name, @publisher, @version)
        ON CONFLICT (tenant, name, publisher) DO UPDATE SET version = excluded.version
        """, new { tenant, name, publisher, version });
}
