using Dapper;
using Microsoft.Data.Sqlite;
using Paddock.Store;

namespace Paddock.Permissions;

/// <summary>Grants and requests in the database, as far as a principal sees them.</summary>
internal sealed class PermissionStore(Database database)
{
    private const string Grants = "grants t JOIN plugins p ON p.id = t.plugin_id";
    private const string Requests = "permission_requests t JOIN plugins p ON p.id = t.plugin_id";

    public IReadOnlyList<GrantRow> ListGrants(Principal principal, int? resource, string? pluginId) => database.Read(connection => connection.Query<GrantRow>(
        $"""
        SELECT {GrantRow.Columns} FROM {Grants}
        WHERE {Scope.Visible} AND (@resource IS NULL OR t.resource = @resource) AND (@pluginId IS NULL OR t.plugin_id = @pluginId)
        ORDER BY t.created_at DESC, t.rowid DESC
        """, new { principal.Tenant, principal.Owner, Everyone = Scope.SeesEveryone(principal), resource, pluginId }).AsList());

    public IReadOnlyList<PermissionRequestRow> ListRequests(Principal principal, int? status, string? pluginId) => database.Read(connection => connection.Query<PermissionRequestRow>(
        $"""
        SELECT {PermissionRequestRow.Columns} FROM {Requests}
        WHERE {Scope.Visible} AND (@status IS NULL OR t.status = @status) AND (@pluginId IS NULL OR t.plugin_id = @pluginId)
        ORDER BY t.created_at DESC, t.rowid DESC
        """, new { principal.Tenant, principal.Owner, Everyone = Scope.SeesEveryone(principal), status, pluginId }).AsList());

    /// <summary>What holds for one digest, if that is the plugin's code now and the plugin is enabled; expiry is left to the caller's clock.</summary>
    public IReadOnlyList<GrantRow> Holding(string tenant, string pluginId, string digest) => database.Read(connection => connection.Query<GrantRow>(
        $"""
        SELECT {GrantRow.Columns} FROM {Grants}
        WHERE t.tenant = @tenant AND t.plugin_id = @pluginId AND t.digest = @digest AND t.revoked_at IS NULL
          AND p.tenant = @tenant AND p.digest = @digest AND p.enabled
        ORDER BY t.rowid
        """, new { tenant, pluginId, digest }).AsList());

    public static GrantRow? FindGrant(SqliteConnection connection, Principal principal, string id) => connection.QuerySingleOrDefault<GrantRow>(
        $"SELECT {GrantRow.Columns} FROM {Grants} WHERE {Scope.Visible} AND t.id = @id",
        new { principal.Tenant, principal.Owner, Everyone = Scope.SeesEveryone(principal), id });

    public static PermissionRequestRow? FindRequest(SqliteConnection connection, Principal principal, string id) => connection.QuerySingleOrDefault<PermissionRequestRow>(
        $"SELECT {PermissionRequestRow.Columns} FROM {Requests} WHERE {Scope.Visible} AND t.id = @id",
        new { principal.Tenant, principal.Owner, Everyone = Scope.SeesEveryone(principal), id });

    public static int PendingOf(SqliteConnection connection, string pluginId) => connection.ExecuteScalar<int>(
        "SELECT count(*) FROM permission_requests WHERE plugin_id = @pluginId AND status = @pending", new { pluginId, pending = (int)PermissionRequestStatus.Pending });

    public static void Insert(SqliteConnection connection, GrantRow row) => connection.Execute(
        """
        INSERT INTO grants (id, tenant, owner, plugin_id, digest, resource, access, scope, granted_by, request_id, created_at, expires_at)
        VALUES (@Id, @Tenant, @Owner, @PluginId, @Digest, @Resource, @Access, @Scope, @GrantedBy, @RequestId, @CreatedAt, @ExpiresAt)
        """, row);

    public static void Insert(SqliteConnection connection, PermissionRequestRow row) => connection.Execute(
        """
        INSERT INTO permission_requests (id, tenant, owner, plugin_id, digest, resource, access, scope, reason, status, requested_by, created_at)
        VALUES (@Id, @Tenant, @Owner, @PluginId, @Digest, @Resource, @Access, @Scope, @Reason, @Status, @RequestedBy, @CreatedAt)
        """, row);

    public static void Revoke(SqliteConnection connection, GrantRow row, string by) => connection.Execute(
        "UPDATE grants SET revoked_at = @RevokedAt, revoked_by = @by WHERE id = @Id AND tenant = @Tenant", new { row.RevokedAt, by, row.Id, row.Tenant });

    public static void Resolve(SqliteConnection connection, PermissionRequestRow row) => connection.Execute(
        "UPDATE permission_requests SET status = @Status, resolved_by = @ResolvedBy, resolved_at = @ResolvedAt, grant_id = @GrantId WHERE id = @Id AND tenant = @Tenant", row);
}
