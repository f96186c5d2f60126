using System.Text.Json;
using Paddock.Store;

namespace Paddock.Permissions;

/// <summary>A grant as it is stored, with the digest of its plugin as it is now.</summary>
internal sealed class GrantRow
{
    public const string Columns = "t.id, t.tenant, t.owner, t.plugin_id AS PluginId, t.digest, p.digest AS PluginDigest, t.resource, t.access, t.scope, t.granted_by AS GrantedBy, t.request_id AS RequestId, t.created_at AS CreatedAt, t.expires_at AS ExpiresAt, t.revoked_at AS RevokedAt";

    public string Id { get; set; } = "";

    public string Tenant { get; set; } = "";

    public string Owner { get; set; } = "";

    public string PluginId { get; set; } = "";

    public string Digest { get; set; } = "";

    public string PluginDigest { get; set; } = "";

    public int Resource { get; set; }

    public int Access { get; set; }

    public string Scope { get; set; } = "[]";

    public string GrantedBy { get; set; } = "";

    public string? RequestId { get; set; }

    public long CreatedAt { get; set; }

    public long ExpiresAt { get; set; }

    public long? RevokedAt { get; set; }

    public GrantRecord ToRecord(DateTimeOffset now) => new()
    {
        Id = Id,
        PluginId = PluginId,
        Permission = StoredPermission.Read(Resource, Access, Scope),
        Digest = Digest,
        State = State(now),
        GrantedBy = GrantedBy,
        CreatedAt = Time.Read(CreatedAt),
        ExpiresAt = Time.Read(ExpiresAt),
        RevokedAt = Time.Read(RevokedAt),
        RequestId = RequestId,
    };

    public Grant ToGrant() => new(Id, PluginId, Digest, StoredPermission.Read(Resource, Access, Scope), Time.Read(ExpiresAt));

    private GrantState State(DateTimeOffset now)
    {
        if (RevokedAt is not null) return GrantState.Revoked;
        if (now >= Time.Read(ExpiresAt)) return GrantState.Expired;
        return Digest == PluginDigest ? GrantState.Active : GrantState.Suspended;
    }
}

/// <summary>A permission as three columns.</summary>
internal static class StoredPermission
{
    public static Permission Read(int resource, int access, string scope) =>
        new((PermissionType)resource, (Access)access, JsonSerializer.Deserialize<string[]>(scope) ?? []);

    public static string Scope(Permission permission) => JsonSerializer.Serialize(permission.Scope);
}
