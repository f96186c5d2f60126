namespace Paddock.AspNetCore;

/// <summary>A grant.</summary>
internal sealed record PermissionResponse
{
    public required string Id { get; init; }

    public required string PluginId { get; init; }

    public required string Resource { get; init; }

    public required IReadOnlyList<string> Actions { get; init; }

    public required ScopeBody Scope { get; init; }

    public required DateTimeOffset GrantedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>active, suspended (the code has changed), expired or revoked.</summary>
    public required string State { get; init; }

    public required string Digest { get; init; }

    public required string GrantedBy { get; init; }

    public string? RequestId { get; init; }

    public static PermissionResponse From(GrantRecord grant) => new()
    {
        Id = grant.Id,
        PluginId = grant.PluginId,
        Resource = Names.Of(grant.Permission.Type),
        Actions = Names.Of(grant.Permission.Access),
        Scope = ScopeBody.From(grant.Permission),
        GrantedAt = grant.CreatedAt,
        ExpiresAt = grant.ExpiresAt,
        RevokedAt = grant.RevokedAt,
        State = Names.Of(grant.State),
        Digest = grant.Digest,
        GrantedBy = grant.GrantedBy,
        RequestId = grant.RequestId,
    };
}

/// <summary>A permission request.</summary>
internal sealed record PermissionRequestResponse
{
    public required string Id { get; init; }

    public required string PluginId { get; init; }

    public required string Resource { get; init; }

    public required IReadOnlyList<string> Actions { get; init; }

    public required ScopeBody Scope { get; init; }

    public required string Reason { get; init; }

    public required string Status { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }

    public DateTimeOffset? ResolvedAt { get; init; }

    public required string RequestedBy { get; init; }

    public string? ResolvedBy { get; init; }

    /// <summary>The code to review; <c>stale</c> once the plugin has other code.</summary>
    public required string Digest { get; init; }

    public required bool Stale { get; init; }

    public string? PermissionId { get; init; }

    public static PermissionRequestResponse From(PermissionRequestRecord request) => new()
    {
        Id = request.Id,
        PluginId = request.PluginId,
        Resource = Names.Of(request.Permission.Type),
        Actions = Names.Of(request.Permission.Access),
        Scope = ScopeBody.From(request.Permission),
        Reason = request.Reason,
        Status = Names.Of(request.Status),
        RequestedAt = request.CreatedAt,
        ResolvedAt = request.ResolvedAt,
        RequestedBy = request.RequestedBy,
        ResolvedBy = request.ResolvedBy,
        Digest = request.Digest,
        Stale = request.Stale,
        PermissionId = request.GrantId,
    };
}
