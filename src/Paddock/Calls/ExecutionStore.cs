using System.Text.Json;
using Dapper;
using Microsoft.Data.Sqlite;
using Paddock.Store;

namespace Paddock.Calls;

/// <summary>Executions and their logs in the database.</summary>
internal sealed class ExecutionStore(Database database)
{
    private readonly Prepared _insert = new(
        """
        INSERT INTO executions (id, tenant, owner, plugin_id, digest, actor, started_at, duration_us, status, input_bytes, context_bytes, result, result_bytes, error, host_calls)
        SELECT @id, tenant, owner, id, @digest, @actor, @started, @duration, @status, @input, @context, @result, @resultBytes, @error, @hostCalls
        FROM plugins WHERE id = @plugin AND tenant = @tenant
        """,
        "@id", "@tenant", "@plugin", "@digest", "@actor", "@started", "@duration", "@status", "@input", "@context", "@result", "@resultBytes", "@error", "@hostCalls");

    private readonly Prepared _insertLog = new(
        "INSERT INTO execution_logs (execution_id, tenant, owner, at, severity, message) SELECT id, tenant, owner, @at, @severity, @message FROM executions WHERE id = @id",
        "@id", "@at", "@severity", "@message");

    /// <summary>The newest executions of a plugin that the principal sees.</summary>
    public IReadOnlyList<ExecutionRecord> List(Principal principal, string pluginId, int limit) => database.Read(connection =>
    {
        using var snapshot = connection.BeginTransaction(deferred: true);
        var rows = connection.Query<ExecutionRow>(
            $"""
            SELECT {ExecutionRow.Columns} FROM executions t
            WHERE {Scope.Visible} AND t.plugin_id = @pluginId ORDER BY t.started_at DESC, t.rowid DESC LIMIT @limit
            """, new { principal.Tenant, principal.Owner, Everyone = Scope.SeesEveryone(principal), pluginId, limit }, snapshot).AsList();
        return rows.ConvertAll(row => row.ToRecord(Logs(connection, snapshot, row.Id)));
    });

    /// <summary>Writes an execution; false when its plugin has been deleted meanwhile, and its record with it.</summary>
    public bool Insert(SqliteConnection connection, ExecutionRow row, IReadOnlyList<LogEntry> logs)
    {
        int inserted = _insert.Execute(
            connection, row.Id, row.Tenant, row.PluginId, row.Digest, row.Actor, row.StartedAt, row.DurationUs, row.Status, row.InputBytes, row.ContextBytes, row.Result, row.ResultBytes, row.Error, row.HostCalls);
        if (inserted == 0) return false;
        foreach (var entry in logs)
            _insertLog.Execute(connection, row.Id, Time.Stored(entry.At), (int)entry.Severity, entry.Message);
        return true;
    }

    private static List<LogEntry> Logs(SqliteConnection connection, SqliteTransaction snapshot, string id) =>
        connection.Query<(long At, int Severity, string Message)>(
            "SELECT at, severity, message FROM execution_logs WHERE execution_id = @id ORDER BY id", new { id }, snapshot)
            .Select(log => new LogEntry(Time.Read(log.At), (LogSeverity)log.Severity, log.Message)).AsList();
}

/// <summary>An execution as it is stored.</summary>
internal sealed class ExecutionRow
{
    public const string Columns = "t.id, t.tenant, t.plugin_id AS PluginId, t.digest, t.actor, t.started_at AS StartedAt, t.duration_us AS DurationUs, t.status, t.input_bytes AS InputBytes, t.context_bytes AS ContextBytes, t.result, t.result_bytes AS ResultBytes, t.error, t.host_calls AS HostCalls";

    public string Id { get; set; } = "";

    public string Tenant { get; set; } = "";

    public string PluginId { get; set; } = "";

    public string Digest { get; set; } = "";

    public string Actor { get; set; } = "";

    public long StartedAt { get; set; }

    public long DurationUs { get; set; }

    public int Status { get; set; }

    public long InputBytes { get; set; }

    public long ContextBytes { get; set; }

    public byte[]? Result { get; set; }

    public long ResultBytes { get; set; }

    public string? Error { get; set; }

    public int HostCalls { get; set; }

    /// <summary>A call that ended. A result longer than <paramref name="keptResultBytes"/> is not kept, but its length is.</summary>
    public static ExecutionRow Of(Plugin plugin, string id, PluginCall call, DateTimeOffset startedAt, CallResult result, int keptResultBytes) => new()
    {
        Id = id,
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

    public ExecutionRecord ToRecord(IReadOnlyList<LogEntry> logs) => new()
    {
        Id = Id,
        PluginId = PluginId,
        Digest = Digest,
        Actor = Actor,
        StartedAt = Time.Read(StartedAt),
        InputBytes = InputBytes,
        ContextBytes = ContextBytes,
        ResultBytes = ResultBytes,
        Result = new CallResult
        {
            Status = (CallStatus)Status,
            Value = Result,
            Error = Error is null ? null : JsonSerializer.Deserialize<CallError>(Error),
            Logs = logs,
            Duration = TimeSpan.FromMicroseconds(DurationUs),
            HostCalls = HostCalls,
        },
    };
}
