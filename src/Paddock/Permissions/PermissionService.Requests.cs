using Microsoft.Data.Sqlite;
using Paddock.Plugins;
using Paddock.Store;

namespace Paddock.Permissions;

/// <summary>Requests: authors ask, operators decide.</summary>
internal sealed partial class PermissionService
{
    private const int LongestReason = 500;
    private const int MostPending = 50;

    public ValueTask<Result<IReadOnlyList<PermissionRequestRecord>>> ListRequestsAsync(Principal principal, PermissionRequestStatus? status, string? pluginId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        return ValueTask.FromResult(Result.Ok<IReadOnlyList<PermissionRequestRecord>>([.. store.ListRequests(principal, (int?)status, pluginId).Select(row => row.ToRecord())]));
    }

    public async ValueTask<Result<PermissionRequestRecord>> CreateRequestAsync(Principal principal, PermissionRequestDraft draft, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        ArgumentNullException.ThrowIfNull(draft);
        if (principal.Role == PrincipalRole.Agent) return ServiceError.AuthorOnly;
        List<Finding> findings = [.. PermissionRules.CheckForm(draft.Permission)];
        if (draft.Reason.Length > LongestReason || draft.Reason.Any(char.IsControl))
            findings.Add(new Finding(ServiceErrorCodes.ReasonInvalid, $"The reason is no text of up to {LongestReason} printable characters.") { Path = "reason" });
        if (findings.Count > 0) return ServiceError.Invalid(findings);
        return await database.WriteAsync<Result<PermissionRequestRecord>>(connection =>
        {
            if (PluginStore.Find(connection, principal, draft.PluginId) is not { } plugin) return ServiceError.PluginNotFound;
            return PermissionStore.PendingOf(connection, plugin.Id) < MostPending ? Ask(connection, principal, plugin, draft) : ServiceError.RequestQuota(MostPending);
        }, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<Result<GrantRecord>> ApproveRequestAsync(Principal principal, string requestId, GrantExpiry expiry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        ArgumentNullException.ThrowIfNull(expiry);
        if (principal.Role != PrincipalRole.Operator) return ServiceError.OperatorOnly;
        var now = clock.GetUtcNow();
        if (!expiry.Resolve(now).TryGetValue(out var expiresAt, out var invalid)) return invalid;
        var asked = database.Read(connection => PermissionStore.FindRequest(connection, principal, requestId));
        if (Refuse(asked) is { } unfit) return unfit;
        // Looks at directories, so not on the writer's thread. What a request asks for never changes.
        if (!rules.Grantable(StoredPermission.Read(asked!.Resource, asked.Access, asked.Scope)).TryGetValue(out var permission, out var refused)) return refused;
        return await ChangeAsync<GrantRecord>(connection =>
        {
            // SECURITY: code changed between review and approval. The writer is alone here: what is compared is what is granted for.
            var row = PermissionStore.FindRequest(connection, principal, requestId);
            if (Refuse(row) is { } error) return error;
            var plugin = PluginStore.Find(connection, principal, row!.PluginId)!;
            var grant = Give(connection, principal, plugin, permission, expiresAt, now, "permission.approve", row.Id);
            Resolve(connection, row, PermissionRequestStatus.Approved, principal, now, grant.Id);
            return grant;
        }, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<Result<PermissionRequestRecord>> DenyRequestAsync(Principal principal, string requestId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        if (principal.Role != PrincipalRole.Operator) return ServiceError.OperatorOnly;
        return await database.WriteAsync<Result<PermissionRequestRecord>>(connection =>
        {
            if (PermissionStore.FindRequest(connection, principal, requestId) is not { } row) return ServiceError.RequestNotFound;
            if (!row.IsPending) return ServiceError.RequestResolved;
            Resolve(connection, row, PermissionRequestStatus.Denied, principal, clock.GetUtcNow(), grantId: null);
            audit.Append(connection, Act(principal, "permission.deny", row.PluginId, StoredPermission.Read(row.Resource, row.Access, row.Scope), grantId: null));
            return row.ToRecord();
        }, cancellationToken).ConfigureAwait(false);
    }

    private static ServiceError? Refuse(PermissionRequestRow? row)
    {
        if (row is null) return ServiceError.RequestNotFound;
        if (!row.IsPending) return ServiceError.RequestResolved;
        return row.IsStale ? ServiceError.RequestStale : null;
    }

    private PermissionRequestRecord Ask(SqliteConnection connection, Principal principal, PluginRow plugin, PermissionRequestDraft draft)
    {
        var row = new PermissionRequestRow
        {
            Id = Ids.Request(),
            Tenant = plugin.Tenant,
            Owner = plugin.Owner,
            PluginId = plugin.Id,
            Digest = plugin.Digest,
            PluginDigest = plugin.Digest,
            Resource = (int)draft.Permission.Type,
            Access = (int)draft.Permission.Access,
            Scope = StoredPermission.Scope(draft.Permission),
            Reason = draft.Reason,
            Status = (int)PermissionRequestStatus.Pending,
            RequestedBy = principal.Owner,
            CreatedAt = Time.Stored(clock.GetUtcNow()),
        };
        PermissionStore.Insert(connection, row);
        audit.Append(connection, Act(principal, "permission.request", plugin.Id, draft.Permission, grantId: null));
        return row.ToRecord();
    }

    private static void Resolve(SqliteConnection connection, PermissionRequestRow row, PermissionRequestStatus status, Principal principal, DateTimeOffset now, string? grantId)
    {
        row.Status = (int)status;
        row.ResolvedBy = principal.Owner;
        row.ResolvedAt = Time.Stored(now);
        row.GrantId = grantId;
        PermissionStore.Resolve(connection, row);
    }
}
