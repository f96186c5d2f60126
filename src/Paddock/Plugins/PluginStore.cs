using Dapper;
using Microsoft.Data.Sqlite;
using Paddock.Store;

namespace Paddock.Plugins;

/// <summary>Posted plugins in the database, as far as a principal sees them. Installed packages have a store of their own.</summary>
internal sealed class PluginStore(Database database)
{
    public IReadOnlyList<PluginRow> List(Principal principal, bool? enabled) => database.Read(connection => connection.Query<PluginRow>(
        $"SELECT {PluginRow.Columns} FROM plugins t WHERE {Scope.Visible} AND t.kind = 0 AND (@enabled IS NULL OR t.enabled = @enabled) ORDER BY t.created_at DESC, t.rowid DESC",
        new { principal.Tenant, principal.Owner, Everyone = Scope.SeesEveryone(principal), enabled }).AsList());

    public PluginRow? Find(Principal principal, string id) => database.Read(connection => Find(connection, principal, id));

    /// <summary>A plugin without its code.</summary>
    public PluginRow? FindHead(Principal principal, string id) => database.Read(connection => Find(connection, principal, id, PluginRow.HeadColumns));

    public static PluginRow? Find(SqliteConnection connection, Principal principal, string id, string columns = PluginRow.Columns) =>
        connection.QuerySingleOrDefault<PluginRow>(
            $"SELECT {columns} FROM plugins t WHERE {Scope.Visible} AND t.kind = 0 AND t.id = @id",
            new { principal.Tenant, principal.Owner, Everyone = Scope.SeesEveryone(principal), id });

    /// <summary>How many other plugins a plugin's owner has, and how many bytes they take.</summary>
    public static (long Plugins, long Bytes) OthersOf(SqliteConnection connection, PluginRow row) => connection.QuerySingle<(long, long)>(
        "SELECT count(*), coalesce(sum(size), 0) FROM plugins WHERE tenant = @Tenant AND owner = @Owner AND kind = 0 AND id <> @Id", new { row.Tenant, row.Owner, row.Id });

    public static void Insert(SqliteConnection connection, PluginRow row) => connection.Execute(
        """
        INSERT INTO plugins (id, tenant, owner, name, description, code, entrypoint, config, enabled, runtime, digest, size, revision, created_at, updated_at)
        VALUES (@Id, @Tenant, @Owner, @Name, @Description, @Code, @Entrypoint, @Config, @Enabled, @Runtime, @Digest, @Size, @Revision, @CreatedAt, @UpdatedAt)
        """, row);

    /// <summary>Writes a row over the one of the revision before it; false when that is no longer there.</summary>
    public static bool Replace(SqliteConnection connection, PluginRow row) => connection.Execute(
        """
        UPDATE plugins SET name = @Name, description = @Description, code = @Code, entrypoint = @Entrypoint, config = @Config,
          enabled = @Enabled, runtime = @Runtime, digest = @Digest, size = @Size, revision = @Revision, updated_at = @UpdatedAt
        WHERE id = @Id AND tenant = @Tenant AND revision = @Revision - 1
        """, row) == 1;

    /// <summary>Removes a plugin; what hangs on it goes with it.</summary>
    public static void Delete(SqliteConnection connection, PluginRow row) =>
        connection.Execute("DELETE FROM plugins WHERE id = @Id AND tenant = @Tenant", new { row.Id, row.Tenant });
}
