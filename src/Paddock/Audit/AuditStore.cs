using Dapper;
using Microsoft.Data.Sqlite;
using Paddock.Store;

namespace Paddock.Audit;

/// <summary>The audit in the database.</summary>
internal sealed class AuditStore : IAuditSink, IAuditLog
{
    private const string HeadKey = "audit.head";
    private const string BaseKey = "audit.base";
    private const string PruningKey = "audit.pruning";
    private const int LongestText = 512;
    private const int MostPosted = 100_000;
    private int _posted;
    private readonly Database _database;
    private readonly AuditChain _chain;
    private readonly Prepared _owner = new("SELECT owner FROM plugins WHERE id = @id AND tenant = @tenant", "@id", "@tenant");
    private readonly Prepared _end = new("SELECT value FROM meta WHERE key = @key", "@key");
    private readonly Prepared _setEnd = new("INSERT INTO meta (key, value) VALUES (@key, @value) ON CONFLICT (key) DO UPDATE SET value = excluded.value", "@key", "@value");
    private readonly Prepared _insert = new(
        """
        INSERT INTO audit (seq, at, tenant, owner, actor, plugin_id, execution_id, action, target, allowed, code, grant_id, arguments_digest, times, mac)
        VALUES (@seq, @at, @tenant, @owner, @actor, @plugin, @execution, @action, @target, @allowed, @code, @grant, @arguments, @times, @mac)
        """,
        "@seq", "@at", "@tenant", "@owner", "@actor", "@plugin", "@execution", "@action", "@target", "@allowed", "@code", "@grant", "@arguments", "@times", "@mac");

    public AuditStore(Database database)
    {
        _database = database;
        _chain = new AuditChain(database.Directory.Key("audit.key", AuditChain.KeyLength, BeginChain));
    }

    public async ValueTask WriteAsync(AuditRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        await _database.WriteAsync(connection => Append(connection, record), cancellationToken).ConfigureAwait(false);
    }

    public void Post(AuditRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        // SECURITY: a guest that reads faster than the disk writes would fill the host's memory with records.
        if (Interlocked.Increment(ref _posted) > MostPosted)
        {
            Interlocked.Decrement(ref _posted);
            throw new InvalidOperationException("Audit records come faster than they can be kept.");
        }

        _ = KeepAsync(record);
    }

    private async Task KeepAsync(AuditRecord record)
    {
        try
        {
            await WriteAsync(record, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _posted);
        }
    }

    /// <summary>Appends a record within the writer's transaction, so that what is audited and its record stand or fall together.</summary>
    public long Append(SqliteConnection connection, AuditRecord record)
    {
        // A broken seal is not mended by going on from it: the chain starts again at nothing, and verification shows where.
        var head = Open(_end.Scalar(connection, HeadKey), HeadKey) ?? AuditPoint.Start with { Seq = connection.ExecuteScalar<long?>("SELECT max(seq) FROM audit").GetValueOrDefault() };
        var row = new AuditRow
        {
            Seq = head.Seq + 1,
            At = Time.Stored(record.At),
            Tenant = record.Tenant,
            Owner = OwnerOf(connection, record),
            Actor = record.Actor,
            PluginId = record.PluginId,
            ExecutionId = record.ExecutionId,
            Action = record.Action,
            Target = Cut(record.Target),
            Allowed = record.Allowed,
            Code = record.Code,
            GrantId = record.GrantId,
            ArgumentsDigest = record.ArgumentsDigest,
            Times = record.Times,
        };
        row.Mac = _chain.Mac(head.Mac, row);
        _insert.Execute(
            connection, row.Seq, row.At, row.Tenant, row.Owner, row.Actor, row.PluginId, row.ExecutionId, row.Action, row.Target, row.Allowed, row.Code, row.GrantId,
            row.ArgumentsDigest, row.Times, row.Mac);
        SetEnd(connection, _chain, HeadKey, new AuditPoint(row.Seq, row.Mac));
        return row.Seq;
    }

    public ValueTask<Result<IReadOnlyList<AuditRecord>>> ListAsync(Principal principal, string? pluginId, string? executionId, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        if (PageLimit.Check(limit) is { } error) return ValueTask.FromResult<Result<IReadOnlyList<AuditRecord>>>(error);
        var rows = _database.Read(connection => connection.Query<AuditRow>(
            $"""
            SELECT {AuditRow.Columns} FROM audit t
            WHERE {Scope.Visible} AND (@PluginId IS NULL OR plugin_id = @PluginId) AND (@ExecutionId IS NULL OR execution_id = @ExecutionId)
            ORDER BY seq DESC LIMIT @Limit
            """,
            new { principal.Tenant, principal.Owner, Everyone = Scope.SeesEveryone(principal), PluginId = pluginId, ExecutionId = executionId, Limit = limit }));
        return ValueTask.FromResult(Result.Ok<IReadOnlyList<AuditRecord>>([.. rows.Select(r => r.ToRecord())]));
    }

    public ValueTask<AuditVerification> VerifyAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(_database.Read(connection => Verify(connection, cancellationToken)));

    /// <summary>Removes the oldest records, up to <paramref name="last"/>, and moves the chain's base there.</summary>
    public int Prune(SqliteConnection connection, long last)
    {
        byte[]? mac = connection.QuerySingleOrDefault<byte[]>("SELECT mac FROM audit WHERE seq = @last", new { last });
        if (mac is null) return 0;
        connection.Execute("INSERT INTO meta (key, value) VALUES (@PruningKey, @last)", new { PruningKey, last });
        int removed = connection.Execute("DELETE FROM audit WHERE seq <= @last", new { last });
        connection.Execute("DELETE FROM meta WHERE key = @PruningKey", new { PruningKey });
        SetEnd(connection, _chain, BaseKey, new AuditPoint(last, mac));
        return removed;
    }

    private AuditVerification Verify(SqliteConnection connection, CancellationToken cancellationToken)
    {
        using var snapshot = connection.BeginTransaction(deferred: true);
        var head = End(connection, HeadKey);
        var point = End(connection, BaseKey);
        long records = 0;
        long? broken = head is null || point is null ? 0 : null;
        point ??= AuditPoint.Start;
        foreach (var row in connection.Query<AuditRow>($"SELECT {AuditRow.Columns} FROM audit ORDER BY seq", transaction: snapshot, buffered: false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            records++;
            bool follows = row.Seq == point.Seq + 1 && row.Mac.AsSpan().SequenceEqual(_chain.Mac(point.Mac, row));
            if (!follows) broken ??= row.Seq;
            point = new AuditPoint(row.Seq, row.Mac);
        }

        bool reached = head is not null && head.Seq == point.Seq && head.Mac.AsSpan().SequenceEqual(point.Mac);
        if (!reached) broken ??= point.Seq + 1;
        return new AuditVerification(broken is null, records, broken, Convert.ToHexStringLower((head ?? AuditPoint.Start).Mac));
    }

    // SECURITY: an audit emptied, ends and all. Both ends are there from the start, so one that is missing is broken. A new
    // key over old records (somebody removed the key) seals nothing: verification goes on failing.
    private void BeginChain(byte[] key) => _database.WriteAsync(connection =>
    {
        if (connection.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM audit)")) return 0;
        var chain = new AuditChain(key);
        SetEnd(connection, chain, BaseKey, AuditPoint.Start);
        return SetEnd(connection, chain, HeadKey, AuditPoint.Start);
    }, CancellationToken.None).GetAwaiter().GetResult();

    private AuditPoint? End(SqliteConnection connection, string key) =>
        Open(connection.QuerySingleOrDefault<byte[]>("SELECT value FROM meta WHERE key = @key", new { key }), key);

    private AuditPoint? Open(object? sealedPoint, string key) => sealedPoint is byte[] bytes ? _chain.Open(key, bytes) : null;

    private int SetEnd(SqliteConnection connection, AuditChain chain, string key, AuditPoint point) => _setEnd.Execute(connection, key, chain.Seal(key, point));

    // The owner is the plugin's, so that an author sees what an operator did to it, also when it is gone.
    private string OwnerOf(SqliteConnection connection, AuditRecord record) =>
        (record.PluginId is null ? null : _owner.Scalar(connection, record.PluginId, record.Tenant) as string) ?? record.Actor;

    private static string? Cut(string? target) => target is { Length: > LongestText } ? target[..LongestText] : target;
}
