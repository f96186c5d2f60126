using System.Text.Json;
using Paddock.Audit;
using Paddock.Store;

namespace Paddock.Calls;

/// <summary>Writes what came of a snippet's call: its execution, its logs and its audit record, together.</summary>
internal sealed class ExecutionJournal(Database database, ExecutionStore executions, AuditStore audit, int keptResultBytes) : ICallJournal
{
    public ValueTask RecordAsync(Plugin plugin, string executionId, PluginCall call, DateTimeOffset startedAt, CallResult result)
    {
        var row = new ExecutionRow
        {
            Id = executionId,
            Tenant = plugin.Identity.Tenant,
            PluginId = plugin.Identity.Id,
            Digest = plugin.Digest,
            Actor = call.Caller.Owner,
            StartedAt = Time.Stored(startedAt),
            DurationUs = (long)result.Duration.TotalMicroseconds,
            Status = (int)result.Status,
            InputBytes = call.Input.Length,
            ContextBytes = call.Context?.Length ?? 0,
            Result = result.Value.IsEmpty || result.Value.Length > keptResultBytes ? null : result.Value.ToArray(),
            ResultBytes = result.Value.Length,
            Error = result.Error is null ? null : JsonSerializer.Serialize(result.Error),
            HostCalls = result.HostCalls,
        };
        var record = new AuditRecord
        {
            At = startedAt,
            Tenant = row.Tenant,
            Actor = row.Actor,
            PluginId = row.PluginId,
            ExecutionId = executionId,
            Action = "plugin.call",
            Target = call.Function,
            Allowed = result.Status != CallStatus.Denied,
            Code = result.Error?.Code,
        };
        return new(database.WriteAsync(connection =>
        {
            audit.Append(connection, record);
            return executions.Insert(connection, row, result.Logs);
        }, CancellationToken.None));
    }
}
