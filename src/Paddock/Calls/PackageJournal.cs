using Paddock.Audit;
using Paddock.Lifecycle;

namespace Paddock.Calls;

/// <summary>Keeps what came of calls of installed packages: counters and logs in memory, the audit record with the next group, and what the host has to do about a plugin that fails.</summary>
internal sealed class PackageJournal(InstalledPlugins installed, IAuditSink audit, PaddockOptions options) : ICallJournal
{
    /// <summary>Told of a plugin that has to be rolled back or stopped. Must not wait.</summary>
    public Action<InstalledPlugin, string, HealthVerdict>? Unhealthy { get; set; }

    public async ValueTask RecordAsync(Plugin plugin, string executionId, PluginCall call, DateTimeOffset startedAt, CallResult result)
    {
        var identity = plugin.Identity;
        await audit.KeepAsync(new AuditRecord
        {
            At = startedAt,
            Tenant = identity.Tenant,
            Actor = call.Caller.Owner,
            PluginId = identity.Id,
            // Equal calls within a group become one record; an execution id would keep them apart, and names nothing that is stored.
            ExecutionId = result.Error is null ? null : executionId,
            Action = "plugin.call",
            Target = call.Function,
            Allowed = result.Status != CallStatus.Denied,
            Code = result.Error?.Code,
        }).ConfigureAwait(false);
        if (installed.FindById(identity.Tenant, identity.Id) is not { } live) return;
        live.Ended(result, startedAt);
        // What a caller did not wait long enough for is no crash; what had all the time that its policy allows is.
        bool hadItsTime = call.Timeout >= plugin.Limits.Timeout;
        if (result.Error?.Code == ErrorCodes.TurnLimit || (result.Error?.Code == ErrorCodes.TimeLimit && !hadItsTime)) return;
        if (plugin.Digest != live.State.Active?.Digest) return;
        var verdict = live.Health.Ended(plugin.Digest, result, options.RollBackAfter, options.QuarantineAfter);
        if (verdict != HealthVerdict.Fine) Unhealthy?.Invoke(live, plugin.Digest, verdict);
    }
}
