using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Paddock.Store;

namespace Paddock.Audit;

/// <summary>The audit in the database.</summary>
internal sealed class AuditStore : IAuditSink, IAuditLog, IAsyncDisposable
{
    private const string HeadKey = AuditVerifier.HeadKey;
    private const string BaseKey = AuditVerifier.BaseKey;
    private const string PruningKey = "audit.pruning";
    private const int LongestText = 512;
    private const int MostPosted = 10_000;

    // With the flush of a commit, a posted record is durable within 50 ms.
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(250);

    private readonly Database _database;
    private readonly ILogger _logger;
    private readonly AuditChain _chain;
    private readonly AuditAnchor _anchor;
    private readonly AuditVerifier _verifier;
    private readonly PostedRecords _posted = new(MostPosted);
    private readonly ITimer _timer;
    private readonly Prepared _owner = new("SELECT owner FROM plugins WHERE id = @id AND tenant = @tenant", "@id", "@tenant");
    private readonly Prepared _end = new("SELECT value FROM meta WHERE key = @key", "@key");
    private readonly Prepared _setEnd = new("INSERT INTO meta (key, value) VALUES (@key, @value) ON CONFLICT (key) DO UPDATE SET value = excluded.value", "@key", "@value");
    private readonly Prepared _insert = new(
        """
        INSERT INTO audit (seq, at, tenant, owner, actor, plugin_id, execution_id, action, target, allowed, code, grant_id, arguments_digest, times, mac)
        VALUES (@seq, @at, @tenant, @owner, @actor, @plugin, @execution, @action, @target, @allowed, @code, @grant, @arguments, @times, @mac)
        """,
        "@seq", "@at", "@tenant", "@owner", "@actor", "@plugin", "@execution", "@action", "@target", "@allowed", "@code", "@grant", "@arguments", "@times", "@mac");

    private bool _moved;
    private volatile bool _failing;

    public AuditStore(Database database, TimeProvider? clock = null, ILogger<AuditStore>? logger = null)
    {
        _database = database;
        _logger = logger ?? NullLogger<AuditStore>.Instance;
        _chain = new AuditChain(database.Directory.Key(KeyFile, AuditChain.KeyLength, BeginChain));
        _anchor = new AuditAnchor(database.Directory.Path, _chain);
        _verifier = new AuditVerifier(_chain, _anchor);
        _timer = (clock ?? TimeProvider.System).CreateTimer(_ => _ = FlushAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        // SECURITY: an older database that goes on growing would soon cover up for the head that it lacks.
        if (database.Read(Continues)) database.Committed += MoveAnchor;
        else AuditLogging.NotContinued(_logger);
    }

    /// <summary>Name of the key's file in the data directory.</summary>
    public const string KeyFile = "audit.key";

    public async ValueTask WriteAsync(AuditRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        // What was posted before it stands before it in the chain; both are in one commit.
        _ = FlushAsync();
        await _database.WriteAsync(connection => Append(connection, record), cancellationToken).ConfigureAwait(false);
    }

    public void Post(AuditRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (_failing || !_posted.TryAdd(record, out bool first))
            throw new InvalidOperationException("Audit records come faster than they can be kept, or cannot be kept at all.");
        if (first) _timer.Change(Window, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Writes what was posted. Durable when it completes with true; where it cannot be written it stays posted, and nothing more is taken until it can.</summary>
    public async Task<bool> FlushAsync()
    {
        if (!_posted.TryTake(out var batch)) return true;
        try
        {
            await _database.WriteAsync(connection => AppendAll(connection, batch), CancellationToken.None).ConfigureAwait(false);
            _posted.Kept(batch);
            _failing = false;
            return true;
        }
        catch (Exception e) when (e is SqliteException or ObjectDisposedException or InvalidOperationException)
        {
            _failing = true;
            _posted.PutBack(batch);
            AuditLogging.NotKept(_logger, batch.Count, e);
            if (e is not ObjectDisposedException) _timer.Change(Again, Timeout.InfiniteTimeSpan);
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        await FlushAsync().ConfigureAwait(false);
        _database.Committed -= MoveAnchor;
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
        _moved = true;
        return row.Seq;
    }

    public async ValueTask<Result<IReadOnlyList<AuditRecord>>> ListAsync(Principal principal, string? pluginId, string? executionId, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        if (PageLimit.Check(limit) is { } error) return error;
        await FlushAsync().ConfigureAwait(false);
        var rows = _database.Read(connection => connection.Query<AuditRow>(
            $"""
            SELECT {AuditRow.Columns} FROM audit t
            WHERE {Scope.Visible} AND (@PluginId IS NULL OR plugin_id = @PluginId) AND (@ExecutionId IS NULL OR execution_id = @ExecutionId)
            ORDER BY seq DESC LIMIT @Limit
            """,
            new { principal.Tenant, principal.Owner, Everyone = Scope.SeesEveryone(principal), PluginId = pluginId, ExecutionId = executionId, Limit = limit }));
        return Result.Ok<IReadOnlyList<AuditRecord>>([.. rows.Select(r => r.ToRecord())]);
    }

    public async ValueTask<AuditVerification> VerifyAsync(CancellationToken cancellationToken)
    {
        await FlushAsync().ConfigureAwait(false);
        return _database.Read(connection => _verifier.Verify(connection, expected: null, cancellationToken));
    }

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

    private int AppendAll(SqliteConnection connection, IReadOnlyList<AuditRecord> batch)
    {
        foreach (var record in batch) Append(connection, record);
        return batch.Count;
    }

    private bool Continues(SqliteConnection connection)
    {
        var head = Open(connection.QuerySingleOrDefault<byte[]>("SELECT value FROM meta WHERE key = @HeadKey", new { HeadKey }), HeadKey);
        if (_anchor.Read() is not { } anchored || head is null || anchored.Seq > head.Seq) return false;
        byte[]? mac = connection.QuerySingleOrDefault<byte[]>("SELECT mac FROM audit WHERE seq = @Seq", new { anchored.Seq });
        return mac is null || mac.AsSpan().SequenceEqual(anchored.Mac);
    }

    // On the writer's thread, after a commit and before anybody is told of it.
    private void MoveAnchor(SqliteConnection connection)
    {
        if (!_moved) return;
        _moved = false;
        if (Open(_end.Scalar(connection, HeadKey), HeadKey) is { } head) _anchor.Move(head);
    }

    // SECURITY: an audit emptied, ends and all. Both ends are there from the start, so one that is missing is broken. A new
    // key over old records (somebody removed the key) seals nothing: verification goes on failing.
    private void BeginChain(byte[] key) => _database.WriteAsync(connection =>
    {
        if (connection.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM audit)")) return 0;
        var chain = new AuditChain(key);
        new AuditAnchor(_database.Directory.Path, chain).Begin(AuditPoint.Start);
        SetEnd(connection, chain, BaseKey, AuditPoint.Start);
        return SetEnd(connection, chain, HeadKey, AuditPoint.Start);
    }, CancellationToken.None).GetAwaiter().GetResult();

    private AuditPoint? Open(object? sealedPoint, string key) => sealedPoint is byte[] bytes ? _chain.Open(key, bytes) : null;

    private int SetEnd(SqliteConnection connection, AuditChain chain, string key, AuditPoint point) => _setEnd.Execute(connection, key, chain.Seal(key, point));

    // The owner is the plugin's, so that an author sees what an operator did to it, also when it is gone.
    private string OwnerOf(SqliteConnection connection, AuditRecord record) =>
        (record.PluginId is null ? null : _owner.Scalar(connection, record.PluginId, record.Tenant) as string) ?? record.Actor;

    private static string? Cut(string? target) => target is { Length: > LongestText } ? target[..LongestText] : target;
}
