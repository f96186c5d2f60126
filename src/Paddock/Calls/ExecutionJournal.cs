using Paddock.Audit;
using Paddock.Store;

namespace Paddock.Calls;

/// <summary>Writes what came of a snippet's call: its execution, its logs and its audit record, together.</summary>
internal sealed class ExecutionJournal(Database database, ExecutionStore executions, AuditStore audit, int keptResultBytes) : ICallJournal
{
    public ValueTask RecordAsync(Plugin plugin, string executionId, PluginCall call, DateTimeOffset startedAt, CallResult result)
    {
        var row = ExecutionRow.Of(plugin, executionId, call, startedAt, result, keptResultBytes);
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
