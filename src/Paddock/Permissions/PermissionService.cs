using Microsoft.Data.Sqlite;
using Paddock.Audit;
using Paddock.Plugins;
using Paddock.Store;

namespace Paddock.Permissions;

/// <summary>Grants: given, listed and taken back.</summary>
internal sealed partial class PermissionService(Database database, PermissionStore store, PermissionRules rules, GrantSource grants, AuditStore audit, TimeProvider clock) : IPermissionService
{
    public ValueTask<Result<IReadOnlyList<GrantRecord>>> ListAsync(Principal principal, PermissionType? resource, string? pluginId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        var now = clock.GetUtcNow();
        return ValueTask.FromResult(Result.Ok<IReadOnlyList<GrantRecord>>([.. store.ListGrants(principal, (int?)resource, pluginId).Select(row => row.ToRecord(now))]));
    }

    public async ValueTask<Result<GrantRecord>> GrantAsync(Principal principal, GrantRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        ArgumentNullException.ThrowIfNull(request);
        if (principal.Role != PrincipalRole.Operator) return ServiceError.OperatorOnly;
        if (!rules.Grantable(request.Permission).TryGetValue(out var permission, out var refused)) return refused;
        var now = clock.GetUtcNow();
        if (!request.Expiry.Resolve(now).TryGetValue(out var expiry, out var error)) return error;
        return await ChangeAsync<GrantRecord>(connection =>
        {
            if (PluginStore.Find(connection, principal, request.PluginId) is not { } plugin) return ServiceError.PluginNotFound;
            if (request.ReviewedDigest is { } reviewed && reviewed != plugin.Digest) return ServiceError.RequestStale;
            return Give(connection, principal, plugin, permission, expiry, now, "permission.grant", requestId: null);
        }, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<Result<GrantRecord>> RevokeAsync(Principal principal, string grantId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        if (principal.Role != PrincipalRole.Operator) return ServiceError.OperatorOnly;
        var now = clock.GetUtcNow();
        return await ChangeAsync<GrantRecord>(connection =>
        {
            if (PermissionStore.FindGrant(connection, principal, grantId) is not { } row) return ServiceError.PermissionNotFound;
            if (row.RevokedAt is null)
            {
                row.RevokedAt = Time.Stored(now);
                PermissionStore.Revoke(connection, row, principal.Owner);
                audit.Append(connection, Act(principal, "permission.revoke", row.PluginId, StoredPermission.Read(row.Resource, row.Access, row.Scope), row.Id));
            }

            return row.ToRecord(now);
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A change of grants: in force for every host call that begins after this has answered.</summary>
    private async Task<Result<T>> ChangeAsync<T>(Func<SqliteConnection, Result<T>> work, CancellationToken cancellationToken)
    {
        var result = await database.WriteAsync(work, cancellationToken).ConfigureAwait(false);
        grants.Changed();
        return result;
    }

    private GrantRecord Give(SqliteConnection connection, Principal principal, PluginRow plugin, Permission permission, DateTimeOffset expiresAt, DateTimeOffset now, string action, string? requestId)
    {
        var row = new GrantRow
        {
            Id = Ids.Grant(),
            Tenant = plugin.Tenant,
            Owner = plugin.Owner,
            PluginId = plugin.Id,
            Digest = plugin.Digest,
            PluginDigest = plugin.Digest,
            Resource = (int)permission.Type,
            Access = (int)permission.Access,
            Scope = StoredPermission.Scope(permission),
            GrantedBy = principal.Owner,
            RequestId = requestId,
            CreatedAt = Time.Stored(now),
            ExpiresAt = Time.Stored(expiresAt),
        };
        PermissionStore.Insert(connection, row);
        audit.Append(connection, Act(principal, action, plugin.Id, permission, row.Id));
        return row.ToRecord(now);
    }

    private AuditRecord Act(Principal principal, string action, string pluginId, Permission permission, string? grantId) =>
        ActRecord.Of(clock, principal, action, pluginId, $"{permission.Type} {permission.Access} {StoredPermission.Scope(permission)}") with { GrantId = grantId };
}
