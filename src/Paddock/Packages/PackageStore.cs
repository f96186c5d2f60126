using Dapper;
using Microsoft.Data.Sqlite;
using Paddock.Store;

namespace Paddock.Packages;

/// <summary>Installed packages in the database. What they are made of is in the <see cref="BlobStore"/>.</summary>
internal sealed class PackageStore(Database database)
{
    private const string Installed = "t.kind = 1 AND t.uninstalled_at IS NULL";

    /// <summary>Every installed package of every tenant, for the start of the host.</summary>
    public IReadOnlyList<PackageRow> All() => database.Read(connection =>
        connection.Query<PackageRow>($"SELECT {PackageRow.Columns} FROM plugins t WHERE {Installed} ORDER BY t.tenant, t.name").AsList());

    /// <summary>The versions that serve, of every package, for the start of the host.</summary>
    public IReadOnlyDictionary<string, VersionRow> AllActive() => database.Read(connection =>
        connection.Query<VersionRow>($"SELECT {VersionRow.Columns} FROM package_versions t WHERE t.state = 1").ToDictionary(v => v.PluginId));

    /// <summary>The policies of every package, for the start of the host.</summary>
    public IReadOnlyDictionary<string, PolicyRow> AllPolicies() => database.Read(connection =>
        connection.Query<PolicyRow>($"SELECT {PolicyRow.Columns} FROM policies t").ToDictionary(p => p.PluginId));

    public IReadOnlyDictionary<(string PluginId, string Digest), string> AllConfigs() => database.Read(connection =>
        connection.Query<(string PluginId, string Digest, string Config)>("SELECT plugin_id, digest, config FROM plugin_configs")
            .ToDictionary(c => (c.PluginId, c.Digest), c => c.Config));

    public IReadOnlyList<PackageRow> List(Principal principal) => database.Read(connection => connection.Query<PackageRow>(
        $"SELECT {PackageRow.Columns} FROM plugins t WHERE {Scope.Visible} AND {Installed} ORDER BY t.name",
        new { principal.Tenant, principal.Owner, Everyone = Scope.SeesEveryone(principal) }).AsList());

    public PackageRow? Find(string tenant, string name) => database.Read(connection => Find(connection, tenant, name));

    public IReadOnlyList<VersionRow> Versions(string pluginId) => database.Read(connection => Versions(connection, pluginId));

    public PolicyRow? Policy(string pluginId) => database.Read(connection => Policy(connection, pluginId));

    public string? Config(string pluginId, string digest) => database.Read(connection => Config(connection, pluginId, digest));

    public IReadOnlyList<string> SecretNames(string pluginId) => database.Read(connection =>
        connection.Query<string>("SELECT name FROM secrets WHERE plugin_id = @pluginId ORDER BY name", new { pluginId }).AsList());

    /// <summary>Hashes of every blob that a version refers to.</summary>
    public IReadOnlySet<string> Referenced() => database.Read(connection => connection.Query<string>(
        """
        SELECT DISTINCT CASE WHEN f.type = 'object' THEN json_extract(f.value, '$.Sha256') END
        FROM package_versions t, json_each(CASE WHEN json_valid(t.files) THEN t.files ELSE '[]' END) f
        """).ToHashSet(StringComparer.Ordinal));

    public static PackageRow? Find(SqliteConnection connection, string tenant, string name) => connection.QuerySingleOrDefault<PackageRow>(
        $"SELECT {PackageRow.Columns} FROM plugins t WHERE t.tenant = @tenant AND t.name = @name AND {Installed}", new { tenant, name });

    /// <summary>The newest uninstalled package of a name whose values may be taken up again by a publisher.</summary>
    // SECURITY: reinstalling under a freed name. Only the holder of the same trusted key gets the same id, and with it the values.
    public static PackageRow? FindUninstalled(SqliteConnection connection, string tenant, string name, string publisher) => connection.QueryFirstOrDefault<PackageRow>(
        $"""
        SELECT {PackageRow.Columns} FROM plugins t
        WHERE t.tenant = @tenant AND t.name = @name AND t.kind = 1 AND t.uninstalled_at IS NOT NULL AND t.publisher = @publisher
        ORDER BY t.uninstalled_at DESC, t.rowid DESC LIMIT 1
        """, new { tenant, name, publisher });

    public static IReadOnlyList<VersionRow> Versions(SqliteConnection connection, string pluginId) => connection.Query<VersionRow>(
        $"SELECT {VersionRow.Columns} FROM package_versions t WHERE t.plugin_id = @pluginId ORDER BY coalesce(t.activated_at, t.installed_at) DESC, t.installed_at DESC, t.digest",
        new { pluginId }).AsList();

    public static PolicyRow? Policy(SqliteConnection connection, string pluginId) => connection.QuerySingleOrDefault<PolicyRow>(
        $"SELECT {PolicyRow.Columns} FROM policies t WHERE t.plugin_id = @pluginId", new { pluginId });

    public static string? Config(SqliteConnection connection, string pluginId, string digest) => connection.QuerySingleOrDefault<string>(
        "SELECT config FROM plugin_configs WHERE plugin_id = @pluginId AND digest = @digest", new { pluginId, digest });

    /// <summary>How many packages a tenant has, how many of them an owner has, and how many bytes there are in all.</summary>
    public static (long Packages, long Own, long Bytes) Usage(SqliteConnection connection, string tenant, string owner) => connection.QuerySingle<(long, long, long)>(
        """
        SELECT (SELECT count(*) FROM plugins t WHERE t.tenant = @tenant AND t.kind = 1 AND t.uninstalled_at IS NULL),
               (SELECT count(*) FROM plugins t WHERE t.tenant = @tenant AND t.owner = @owner AND t.kind = 1 AND t.uninstalled_at IS NULL),
               (SELECT coalesce(sum(size), 0) FROM package_versions WHERE tenant = @tenant)
        """, new { tenant, owner });
}
