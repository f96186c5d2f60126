using Paddock.Store;

namespace Paddock.Permissions;

/// <summary>A permission request as it is stored, with the digest of its plugin as it is now.</summary>
internal sealed class PermissionRequestRow
{
    public const string Columns = "t.id, t.tenant, t.owner, t.plugin_id AS PluginId, t.digest, p.digest AS PluginDigest, t.resource, t.access, t.scope, t.reason, t.status, t.requested_by AS RequestedBy, t.created_at AS CreatedAt, t.resolved_by AS ResolvedBy, t.resolved_at AS ResolvedAt, t.grant_id AS GrantId";

    public string Id { get; set; } = "";

    public string Tenant { get; set; } = "";

    public string Owner { get; set; } = "";

    public string PluginId { get; set; } = "";

    public string Digest { get; set; } = "";

    public string PluginDigest { get; set; } = "";

    public int Resource { get; set; }

    public int Access { get; set; }

    public string Scope { get; set; } = "[]";

    public string Reason { get; set; } = "";

    public int Status { get; set; }

    public string RequestedBy { get; set; } = "";

    public long CreatedAt { get; set; }

    public string? ResolvedBy { get; set; }

    public long? ResolvedAt { get; set; }

    public string? GrantId { get; set; }

    public bool IsPending => Status == (int)PermissionRequestStatus.Pending;

    public bool IsStale => Digest != PluginDigest;

    public PermissionRequestRecord ToRecord() => new()
    {
        Id = Id,
        PluginId = PluginId,
        Permission = StoredPermission.Read(Resource, Access, Scope),
        Reason = Reason,
        Status = (PermissionRequestStatus)Status,
        Digest = Digest,
        Stale = IsStale,
        RequestedBy = RequestedBy,
        CreatedAt = Time.Read(CreatedAt),
        ResolvedBy = ResolvedBy,
        ResolvedAt = Time.Read(ResolvedAt),
        GrantId = GrantId,
    };
}
