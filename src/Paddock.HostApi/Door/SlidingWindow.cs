namespace Paddock.HostApi.Door;

/// <summary>
/// How often something happened within the last second or minute, by a monotonic clock. Never admits more than its limit in any window of
/// that length; what came close together leaves the window together, up to a thousandth of it late. Not safe for several threads.
/// </summary>
// SECURITY: a limiter fooled by the clock. Wall clocks are set back; a window that begins with the minute admits twice its limit around
// the turn of it; one that lives in the loaded plugin is emptied by a reload.
internal sealed class SlidingWindow(long length)
{
    private const int MostSlots = 1024;
    private readonly long _grain = Math.Max(1, length / (MostSlots - 1));

    // A ring of slots, as many as a power of two: the latest time in a slot, and how many came in it.
    private (long At, int Count)[] _slots = new (long, int)[16];
    private int _first;
    private int _used;
    private int _count;
    private long _now = long.MinValue;
    private long _slotBegan;

    /// <summary>Counts one more, unless there are <paramref name="limit"/> already; <paramref name="wait"/> is then after how long there may be room.</summary>
    /// <param name="now">The clock's timestamp.</param>
    /// <param name="limit">Most in a window; 0 for none at all.</param>
    /// <param name="wait">In the clock's units; <see cref="long.MaxValue"/> for never.</param>
    internal bool TryTake(long now, int limit, out long wait)
    {
        // Two threads may read the clock in one order and come here in the other.
        _now = Math.Max(_now, now);
        Expire();
        wait = 0;
        if (_count < limit)
        {
            Add();
            return true;
        }

        wait = limit <= 0 ? long.MaxValue : _slots[_first].At + length - _now;
        return false;
    }

    private void Expire()
    {
        while (_used > 0 && _now - _slots[_first].At >= length)
        {
            _count -= _slots[_first].Count;
            _first = (_first + 1) & (_slots.Length - 1);
            _used--;
        }
    }

    private void Add()
    {
        _count++;
        if (_used > 0 && _now - _slotBegan < _grain)
        {
            ref var last = ref _slots[(_first + _used - 1) & (_slots.Length - 1)];
            last = (_now, last.Count + 1);
            return;
        }

        if (_used == _slots.Length) Grow();
        _slots[(_first + _used++) & (_slots.Length - 1)] = (_now, 1);
        _slotBegan = _now;
    }

    // Slots begin at least a grain apart, so there are never more than a thousand and some of them.
    private void Grow()
    {
        var grown = new (long, int)[_slots.Length * 2];
        for (var i = 0; i < _used; i++) grown[i] = _slots[(_first + i) & (_slots.Length - 1)];
        _slots = grown;
        _first = 0;
    }
}
