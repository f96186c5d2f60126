using System.Diagnostics.CodeAnalysis;

namespace Paddock.Audit;

/// <summary>Records that wait for the next group commit. Equal ones that come within one window are one, with the number of times.</summary>
internal sealed class PostedRecords(int most)
{
    private readonly Lock _gate = new();
    private Dictionary<AuditRecord, int> _places = new(SameAct.Instance);
    private List<AuditRecord> _records = [];
    private List<long> _times = [];
    private int _writing;

    /// <summary>Adds one. False where there is no room: nothing was added.</summary>
    /// <param name="record">The record.</param>
    /// <param name="first">Whether nothing waited before it.</param>
    // SECURITY: a guest that reads faster than the disk writes would fill the host's memory with records.
    public bool TryAdd(AuditRecord record, out bool first)
    {
        lock (_gate)
        {
            first = _records.Count == 0;
            if (_places.TryGetValue(record, out int place))
            {
                _times[place] += record.Times;
                return true;
            }

            if (_records.Count + _writing >= most) return false;
            _places.Add(record, _records.Count);
            _records.Add(record);
            _times.Add(record.Times);
            return true;
        }
    }

    /// <summary>Takes what waits, in the order in which it came; it counts as there until <see cref="Kept"/> or <see cref="PutBack"/>.</summary>
    public bool TryTake([NotNullWhen(true)] out IReadOnlyList<AuditRecord>? batch)
    {
        lock (_gate)
        {
            batch = null;
            if (_records.Count == 0) return false;
            var taken = _records;
            for (int i = 0; i < taken.Count; i++)
                if (_times[i] != taken[i].Times) taken[i] = taken[i] with { Times = _times[i] };
            batch = taken;
            _writing += taken.Count;
            (_records, _times, _places) = ([], [], new(SameAct.Instance));
            return true;
        }
    }

    /// <summary>A batch is durable.</summary>
    public void Kept(IReadOnlyList<AuditRecord> batch)
    {
        lock (_gate) _writing -= batch.Count;
    }

    /// <summary>A batch could not be written: it waits again, before what came since.</summary>
    public void PutBack(IReadOnlyList<AuditRecord> batch)
    {
        lock (_gate)
        {
            _writing -= batch.Count;
            var since = _records.Select((record, place) => record with { Times = _times[place] }).ToArray();
            (_records, _times, _places) = ([], [], new(SameAct.Instance));
            foreach (var record in batch.Concat(since)) Restore(record);
        }
    }

    private void Restore(AuditRecord record)
    {
        if (_places.TryGetValue(record, out int place))
        {
            _times[place] += record.Times;
            return;
        }

        _places.Add(record, _records.Count);
        _records.Add(record);
        _times.Add(record.Times);
    }

    /// <summary>Equal but for the time and the count.</summary>
    private sealed class SameAct : IEqualityComparer<AuditRecord>
    {
        public static SameAct Instance { get; } = new();

        public bool Equals(AuditRecord? x, AuditRecord? y) => ReferenceEquals(x, y) || (x is not null && y is not null
            && x.Allowed == y.Allowed && x.Action == y.Action && x.Target == y.Target && x.PluginId == y.PluginId && x.ExecutionId == y.ExecutionId
            && x.Actor == y.Actor && x.Tenant == y.Tenant && x.Code == y.Code && x.GrantId == y.GrantId && x.ArgumentsDigest == y.ArgumentsDigest);

        public int GetHashCode(AuditRecord record) => HashCode.Combine(record.Action, record.Target, record.PluginId, record.ExecutionId, record.Actor, record.Code, record.ArgumentsDigest);
    }
}
