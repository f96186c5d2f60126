using Dapper;
using Microsoft.Data.Sqlite;

namespace Paddock.Audit;

/// <summary>Recomputes the chain over all records, and holds its ends against what was kept of them.</summary>
internal sealed class AuditVerifier(AuditChain chain, AuditAnchor anchor)
{
    public const string HeadKey = "audit.head";
    public const string BaseKey = "audit.base";

    /// <summary>Verifies what a connection sees.</summary>
    /// <param name="connection">A reader.</param>
    /// <param name="expected">A head that the chain once had, kept elsewhere; null for none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public AuditVerification Verify(SqliteConnection connection, AuditPoint? expected, CancellationToken cancellationToken)
    {
        // Before the snapshot: the file follows the commits, so what it says now is within what is read after.
        var anchored = anchor.Read();
        using var snapshot = connection.BeginTransaction(deferred: true);
        var walk = new Walk(Ends(connection, BaseKey), Ends(connection, HeadKey), [anchored, expected]);
        foreach (var row in connection.Query<AuditRow>($"SELECT {AuditRow.Columns} FROM audit ORDER BY seq", transaction: snapshot, buffered: false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            walk.Step(row, chain);
        }

        return walk.End(anchored is null);
    }

    private AuditPoint? Ends(SqliteConnection connection, string key) =>
        connection.QuerySingleOrDefault<byte[]>("SELECT value FROM meta WHERE key = @key", new { key }) is { } sealedPoint ? chain.Open(key, sealedPoint) : null;

    /// <summary>One walk along the chain. The first fault is the one that is told.</summary>
    private sealed class Walk
    {
        private readonly AuditPoint? _head;
        private readonly AuditPoint?[] _heads;
        private AuditPoint _point;
        private long _records;
        private (long Seq, string Fault)? _broken;

        public Walk(AuditPoint? start, AuditPoint? head, AuditPoint?[] heads)
        {
            _head = head;
            _heads = heads;
            _point = start ?? AuditPoint.Start;
            if (start is null || head is null) _broken = (0, AuditFaults.Unsealed);
            Meet();
        }

        public void Step(AuditRow row, AuditChain chain)
        {
            _records++;
            bool follows = row.Seq == _point.Seq + 1 && row.Mac.AsSpan().SequenceEqual(chain.Mac(_point.Mac, row));
            if (!follows) _broken ??= (row.Seq, AuditFaults.Rewritten);
            _point = new AuditPoint(row.Seq, row.Mac);
            Meet();
        }

        public AuditVerification End(bool anchorMissing)
        {
            bool reached = _head is not null && Same(_head, _point);
            if (!reached) _broken ??= (_point.Seq + 1, AuditFaults.Truncated);
            if (anchorMissing) _broken ??= (0, AuditFaults.AnchorMissing);
            // A head from before retention's cut can no longer be compared; one beyond the end was once there.
            if (Array.Exists(_heads, h => h is not null && h.Seq > _point.Seq)) _broken ??= (_point.Seq + 1, AuditFaults.RolledBack);
            return new AuditVerification(_broken is null, _records, _broken?.Seq, Convert.ToHexStringLower((_head ?? AuditPoint.Start).Mac))
            {
                HeadSequence = _head?.Seq ?? 0,
                Fault = _broken?.Fault,
            };
        }

        private void Meet()
        {
            foreach (var head in _heads)
                if (head is not null && head.Seq == _point.Seq && !Same(head, _point)) _broken ??= (head.Seq, AuditFaults.RolledBack);
        }

        private static bool Same(AuditPoint one, AuditPoint other) => one.Seq == other.Seq && one.Mac.AsSpan().SequenceEqual(other.Mac);
    }
}
