namespace Paddock.Audit;

/// <summary>The audit's record of what somebody who may did to the host, not a guest.</summary>
internal static class ActRecord
{
    public static AuditRecord Of(TimeProvider clock, Principal principal, string action, string? pluginId = null, string? target = null) => new()
    {
        At = clock.GetUtcNow(),
        Tenant = principal.Tenant,
        Actor = principal.Owner,
        PluginId = pluginId,
        Action = action,
        Target = target,
        Allowed = true,
    };
}
