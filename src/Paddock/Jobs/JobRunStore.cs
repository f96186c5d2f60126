using Dapper;
using Microsoft.Data.Sqlite;
using Paddock.Audit;
using Paddock.Store;

namespace Paddock.Jobs;

/// <summary>Runs of jobs in the database. Of each job the newest <see cref="KeptPerJob"/> stay.</summary>
internal sealed class JobRunStore(Database database, AuditStore audit, TimeProvider clock) : IJobRunStore
{
    public const int KeptPerJob = 1000;
    private const int LongestMessage = 512;
    private const string Installed = "kind = 1 AND uninstalled_at IS NULL";

    public async ValueTask<JobRunRecord?> BeginAsync(JobRunStart start, DateTimeOffset? startedAt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(start);
        return await database.WriteAsync(connection =>
        {
            if (FindPlugin(connection, start) is not { } pluginId) return null;
            var row = Row(start, JobOutcome.Running);
            row.StartedAt = startedAt is { } at ? Time.Stored(at) : null;
            Insert(connection, start, pluginId, row);
            audit.Append(connection, new AuditRecord
            {
                At = clock.GetUtcNow(),
                Tenant = start.Tenant,
                Actor = start.Actor,
                PluginId = pluginId,
                Action = "job.run",
                Target = JobRecord.KeyOf(start.Plugin, start.Job),
                Allowed = true,
            });
            return row.ToRecord();
        }, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<bool> StartAsync(string tenant, long id, DateTimeOffset startedAt, CancellationToken cancellationToken) =>
        await database.WriteAsync(connection => connection.Execute(
            "UPDATE job_runs SET started_at = @at WHERE id = @id AND tenant = @tenant AND started_at IS NULL AND outcome = 0",
            new { at = Time.Stored(startedAt), id, tenant }), cancellationToken).ConfigureAwait(false) == 1;

    public async ValueTask EndAsync(string tenant, long id, JobRunEnd end, DateTimeOffset endedAt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(end);
        await database.WriteAsync(connection => connection.Execute(
            """
            UPDATE job_runs SET ended_at = @at, outcome = @outcome, code = @Code, message = @message, execution_id = @ExecutionId,
              started_at = CASE @outcome WHEN 3 THEN NULL ELSE started_at END -- what was skipped never began
            WHERE id = @id AND tenant = @tenant AND outcome = 0
            """, new { at = Time.Stored(endedAt), outcome = (int)end.Outcome, end.Code, message = Cut(end.Message), end.ExecutionId, id, tenant }), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<JobRunRecord?> SkipAsync(JobRunStart start, string code, string message, DateTimeOffset at, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(start);
        return await database.WriteAsync(connection =>
        {
            if (FindPlugin(connection, start) is not { } pluginId) return null;
            var row = Row(start, JobOutcome.Skipped);
            row.EndedAt = Time.Stored(at);
            (row.Code, row.Message) = (code, Cut(message));
            Insert(connection, start, pluginId, row);
            return row.ToRecord();
        }, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<int> CloseLostAsync(DateTimeOffset at, CancellationToken cancellationToken) =>
        await database.WriteAsync(connection => connection.Execute(
            "UPDATE job_runs SET ended_at = @at, outcome = @outcome, code = @Lost, message = 'The host ended while it was under way.' WHERE outcome = 0",
            new { at = Time.Stored(at), outcome = (int)JobOutcome.Interrupted, JobCodes.Lost }), cancellationToken).ConfigureAwait(false);

    public DateTimeOffset? LastScheduled(string tenant, string plugin, string job) => Time.Read(database.Read(connection => connection.ExecuteScalar<long?>(
        $"""
        SELECT max(t.scheduled_at) FROM job_runs t JOIN plugins p ON p.id = t.plugin_id AND p.{Installed}
        WHERE t.tenant = @tenant AND p.tenant = @tenant AND p.name = @plugin AND t.job = @job AND t.actor = @ByTheClock
        """, new { tenant, plugin, job, JobRunStart.ByTheClock })));

    public IReadOnlyList<JobRunRecord> Newest(string tenant) => database.Read(connection => connection.Query<JobRunRow>(
        $"""
        SELECT {JobRunRow.Columns} FROM job_runs t JOIN plugins p ON p.id = t.plugin_id
        WHERE t.id IN (SELECT max(id) FROM job_runs WHERE tenant = @tenant GROUP BY plugin_id, job) AND p.{Installed}
        """, new { tenant }).Select(row => row.ToRecord()).ToList());

    public Result<IReadOnlyList<JobRunRecord>> List(Principal principal, string? plugin, string? job, int limit)
    {
        ArgumentNullException.ThrowIfNull(principal);
        if (principal.Role != PrincipalRole.Operator) return ServiceError.OperatorOnly;
        if (PageLimit.Check(limit) is { } refused) return refused;
        return Result.Ok<IReadOnlyList<JobRunRecord>>(database.Read(connection => connection.Query<JobRunRow>(
            $"""
            SELECT {JobRunRow.Columns} FROM job_runs t JOIN plugins p ON p.id = t.plugin_id
            WHERE {Scope.Visible} AND (@plugin IS NULL OR p.name = @plugin) AND (@job IS NULL OR t.job = @job)
            ORDER BY t.id DESC LIMIT @limit
            """, new { principal.Tenant, principal.Owner, Everyone = Scope.SeesEveryone(principal), plugin, job, limit }).Select(row => row.ToRecord()).ToList()));
    }

    private static string? FindPlugin(SqliteConnection connection, JobRunStart start) => connection.ExecuteScalar<string?>(
        $"SELECT id FROM plugins WHERE tenant = @Tenant AND name = @Plugin AND {Installed}", new { start.Tenant, start.Plugin });

    private static JobRunRow Row(JobRunStart start, JobOutcome outcome) => new()
    {
        Plugin = start.Plugin,
        Digest = start.Digest,
        Job = start.Job,
        Actor = start.Actor,
        ScheduledAt = Time.Stored(start.ScheduledAt),
        Outcome = (int)outcome,
    };

    private static void Insert(SqliteConnection connection, JobRunStart start, string pluginId, JobRunRow row)
    {
        row.Id = connection.ExecuteScalar<long>(
            """
            INSERT INTO job_runs (tenant, owner, plugin_id, job, digest, actor, scheduled_at, started_at, ended_at, outcome, code, message)
            SELECT tenant, owner, id, @Job, @Digest, @Actor, @ScheduledAt, @StartedAt, @EndedAt, @Outcome, @Code, @Message FROM plugins WHERE id = @pluginId
            RETURNING id
            """, new { pluginId, row.Job, row.Digest, row.Actor, row.ScheduledAt, row.StartedAt, row.EndedAt, row.Outcome, row.Code, row.Message });
        // A job that is due every minute would fill the disk. Runs under way stay, however old.
        connection.Execute(
            """
            DELETE FROM job_runs WHERE plugin_id = @pluginId AND job = @Job AND outcome <> 0
              AND id <= (SELECT id FROM job_runs WHERE plugin_id = @pluginId AND job = @Job ORDER BY id DESC LIMIT 1 OFFSET @KeptPerJob)
            """, new { pluginId, start.Job, KeptPerJob });
    }

    private static string? Cut(string? message) => message is { Length: > LongestMessage } ? message[..LongestMessage] : message;
}
