namespace Paddock.AspNetCore;

/// <summary>One audit record: what was decided about one effect or act.</summary>
internal sealed record AuditResponse(
    DateTimeOffset At, string Actor, string? PluginId, string? ExecutionId, string Action, string? Target, bool Allowed, string? Code, string? PermissionId)
{
    public static AuditResponse From(AuditRecord record) => new(
        record.At, record.Actor, record.PluginId, record.ExecutionId, record.Action, record.Target, record.Allowed, record.Code, record.GrantId);
}
