namespace Paddock;

/// <summary>The use cases around consent. Authors ask; only operators grant, approve, deny and revoke.</summary>
public interface IPermissionService
{
    /// <summary>Grants in every state, newest first, of one kind or plugin where given. A plugin that is not visible gives an empty list.</summary>
    ValueTask<Result<IReadOnlyList<GrantRecord>>> ListAsync(Principal principal, PermissionType? resource = null, string? pluginId = null, CancellationToken cancellationToken = default);

    /// <summary>Grants a permission to a plugin for its code as it is. Codes: <c>FORBIDDEN</c>, <c>PLUGIN_NOT_FOUND</c>, <c>REQUEST_STALE</c>, findings.</summary>
    ValueTask<Result<GrantRecord>> GrantAsync(Principal principal, GrantRequest request, CancellationToken cancellationToken = default);

    /// <summary>Takes a grant back; calls under way are denied from their next host call on. Revoking twice is no error. Codes: <c>FORBIDDEN</c>, <c>PERMISSION_NOT_FOUND</c>.</summary>
    ValueTask<Result<GrantRecord>> RevokeAsync(Principal principal, string grantId, CancellationToken cancellationToken = default);

    /// <summary>Permission requests, newest first, of one status or plugin where given.</summary>
    ValueTask<Result<IReadOnlyList<PermissionRequestRecord>>> ListRequestsAsync(Principal principal, PermissionRequestStatus? status = null, string? pluginId = null, CancellationToken cancellationToken = default);

    /// <summary>Asks for a permission, bound to the plugin's code as it is. Codes: <c>FORBIDDEN</c> for an agent, <c>PLUGIN_NOT_FOUND</c>, <c>REQUEST_QUOTA</c> (50 pending), findings.</summary>
    ValueTask<Result<PermissionRequestRecord>> CreateRequestAsync(Principal principal, PermissionRequestDraft draft, CancellationToken cancellationToken = default);

    /// <summary>Approves a request. Codes: <c>FORBIDDEN</c>, <c>REQUEST_NOT_FOUND</c>, <c>REQUEST_RESOLVED</c>, <c>REQUEST_STALE</c> if the code changed since it was asked for, findings.</summary>
    ValueTask<Result<GrantRecord>> ApproveRequestAsync(Principal principal, string requestId, GrantExpiry expiry, CancellationToken cancellationToken = default);

    /// <summary>Denies a request. Codes: <c>FORBIDDEN</c>, <c>REQUEST_NOT_FOUND</c>, <c>REQUEST_RESOLVED</c>.</summary>
    ValueTask<Result<PermissionRequestRecord>> DenyRequestAsync(Principal principal, string requestId, CancellationToken cancellationToken = default);
}
