using System.Text;
using Paddock.Policy;

namespace Paddock.Packages;

/// <summary>A policy as it is stored.</summary>
internal sealed class PolicyRow
{
    public const string Columns = "t.plugin_id AS PluginId, t.tenant, t.owner, t.policy, t.revision, t.updated_by AS UpdatedBy, t.updated_at AS UpdatedAt";

    public string PluginId { get; set; } = "";

    public string Tenant { get; set; } = "";

    public string Owner { get; set; } = "";

    public string Policy { get; set; } = "";

    public long Revision { get; set; }

    public string UpdatedBy { get; set; } = "";

    public long UpdatedAt { get; set; }

    /// <summary>A policy to be stored; each writing is one revision more.</summary>
    public static PolicyRow Of(PackageRow package, PluginPolicy policy, Principal by, long now) => new()
    {
        PluginId = package.Id,
        Tenant = package.Tenant,
        Owner = package.Owner,
        Policy = Encoding.UTF8.GetString(PolicyJson.Write(policy)),
        UpdatedBy = by.Owner,
        UpdatedAt = now,
    };

    /// <summary>A policy as it was stored. One that cannot be read lets nothing run.</summary>
    // SECURITY: fail closed. A row damaged or written by a newer version must not fall back to anything that runs.
    public static PluginPolicy? Read(PolicyRow? row) =>
        row is null ? null : PolicyJson.Read(Encoding.UTF8.GetBytes(row.Policy)).Policy ?? new PluginPolicy { Status = PolicyStatus.Blocked };
}
