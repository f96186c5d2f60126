using Dapper;
using Microsoft.Data.Sqlite;
using Paddock.Audit;

namespace Paddock.Store;

/// <summary>Removes what is older or more than is to be kept. In small steps: calls wait for one step, never for all of it.</summary>
internal sealed class Retention(Database database, AuditStore audit, PaddockOptions options, TimeProvider clock)
{
    private const int Step = 500;
    private readonly RetentionOptions _kept = options.Retention;

    /// <summary>How many executions, log entries and audit records were removed. Recorded calls go too, uncounted.</summary>
    public async Task<(int Executions, int Logs, int Audit)> PruneAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        int executions = await RepeatAsync(connection => PruneExecutions(connection, now), cancellationToken).ConfigureAwait(false);
        int logs = await RepeatAsync(connection => PruneLogs(connection, now), cancellationToken).ConfigureAwait(false);
        await RepeatAsync(connection => PruneReplays(connection, now), cancellationToken).ConfigureAwait(false);
        int records = await RepeatAsync(connection => PruneAudit(connection, now), cancellationToken).ConfigureAwait(false);
        await RepeatAsync(connection => PruneUninstalled(connection, now), cancellationToken).ConfigureAwait(false);
        return (executions, logs, records);
    }

    private async Task<int> RepeatAsync(Func<SqliteConnection, int> step, CancellationToken cancellationToken)
    {
        int removed = 0;
        while (await database.WriteAsync(step, cancellationToken).ConfigureAwait(false) is > 0 and var some) removed += some;
        return removed;
    }

    private int PruneExecutions(SqliteConnection connection, DateTimeOffset now) => connection.Execute(
        """
        DELETE FROM executions WHERE rowid IN (
          SELECT row FROM (SELECT rowid AS row, started_at, row_number() OVER (PARTITION BY plugin_id ORDER BY started_at DESC, rowid DESC) AS place FROM executions)
          WHERE started_at < @before OR place > @most LIMIT @Step)
        """, new { before = Time.Stored(now - _kept.Executions), most = _kept.ExecutionsPerPlugin, Step });

    private int PruneLogs(SqliteConnection connection, DateTimeOffset now) => connection.Execute(
        """
        DELETE FROM execution_logs WHERE id IN (
          SELECT id FROM execution_logs
          WHERE at < @before OR id <= (SELECT id FROM execution_logs ORDER BY id DESC LIMIT 1 OFFSET @most) LIMIT @Step)
        """, new { before = Time.Stored(now - _kept.Logs), most = _kept.LogEntries, Step });

    // Recordings by age and, the oldest first, by size; then the code that none of them needs any more.
    private int PruneReplays(SqliteConnection connection, DateTimeOffset now) => connection.Execute(
        """
        DELETE FROM replays WHERE rowid IN (
          SELECT row FROM (SELECT rowid AS row, at, sum(coalesce(length(recording), 0)) OVER (ORDER BY at DESC, rowid DESC) AS bytes FROM replays)
          WHERE at < @before OR bytes > @most LIMIT @Step)
        """, new { before = Time.Stored(now - _kept.Replays), most = _kept.ReplayBytes, Step })
        + connection.Execute(
            """
            DELETE FROM replay_code WHERE (tenant, hash) IN (
              SELECT c.tenant, c.hash FROM replay_code c
              WHERE NOT EXISTS (SELECT 1 FROM replays r WHERE r.tenant = c.tenant AND r.code_hash = c.hash) LIMIT @Step)
            """, new { Step });

    private int PruneUninstalled(SqliteConnection connection, DateTimeOffset now) => connection.Execute(
        "DELETE FROM plugins WHERE rowid IN (SELECT rowid FROM plugins WHERE uninstalled_at < @before LIMIT @Step)",
        new { before = Time.Stored(now - options.UninstalledData), Step });

    private int PruneAudit(SqliteConnection connection, DateTimeOffset now)
    {
        // A prefix of the chain, whatever the clock did: up to the record before the first that is to stay by age.
        long last = connection.ExecuteScalar<long>(
            """
            SELECT max(
              coalesce((SELECT min(seq) - 1 FROM audit WHERE at >= @before), (SELECT max(seq) FROM audit), 0),
              coalesce((SELECT max(seq) FROM audit), 0) - @most)
            """, new { before = Time.Stored(now - _kept.Audit), most = _kept.AuditRecords });
        long first = connection.ExecuteScalar<long?>("SELECT min(seq) FROM audit") ?? long.MaxValue;
        return last < first ? 0 : audit.Prune(connection, Math.Min(last, first + Step - 1));
    }
}
