using Paddock.Store;

namespace Paddock.Audit;

/// <summary>An audit record as it is stored.</summary>
internal sealed class AuditRow
{
    public const string Columns = "seq, at, tenant, owner, actor, plugin_id AS PluginId, execution_id AS ExecutionId, action, target, allowed, code, grant_id AS GrantId, arguments_digest AS ArgumentsDigest, times, mac";

    public long Seq { get; set; }

    public long At { get; set; }

    public string Tenant { get; set; } = "";

    public string Owner { get; set; } = "";

    public string Actor { get; set; } = "";

    public string? PluginId { get; set; }

    public string? ExecutionId { get; set; }

    public string Action { get; set; } = "";

    public string? Target { get; set; }

    public bool Allowed { get; set; }

    public string? Code { get; set; }

    public string? GrantId { get; set; }

    public string? ArgumentsDigest { get; set; }

    public long Times { get; set; } = 1;

    public byte[] Mac { get; set; } = [];

    public AuditRecord ToRecord() => new()
    {
        At = Time.Read(At),
        Tenant = Tenant,
        Actor = Actor,
        PluginId = PluginId,
        ExecutionId = ExecutionId,
        Action = Action,
        Target = Target,
        Allowed = Allowed,
        Code = Code,
        GrantId = GrantId,
        ArgumentsDigest = ArgumentsDigest,
        Times = Times,
    };
}
