using System.Diagnostics.CodeAnalysis;

namespace Paddock.Sandbox.Protocol.Pool;

/// <summary>Processes that wait for a call. The one that was used last is used next; who looks through them takes out only what goes.</summary>
internal sealed class IdleGuests
{
    private readonly Lock _gate = new();
    private readonly List<GuestConnection> _guests = [];

    internal int Count
    {
        get
        {
            lock (_gate) return _guests.Count;
        }
    }

    internal void Push(GuestConnection guest)
    {
        lock (_gate) _guests.Add(guest);
    }

    internal bool TryPop([NotNullWhen(true)] out GuestConnection? guest)
    {
        lock (_gate)
        {
            guest = _guests.Count == 0 ? null : _guests[^1];
            if (guest is not null) _guests.RemoveAt(_guests.Count - 1);
            return guest is not null;
        }
    }

    /// <summary>Takes out what goes; the rest can be rented meanwhile.</summary>
    /// <param name="goes">Of a process, and whether it is the one that was used last. Must not block.</param>
    internal IReadOnlyList<GuestConnection> Remove(Func<GuestConnection, bool, bool> goes)
    {
        lock (_gate)
        {
            GuestConnection[] gone = [.. _guests.Where((guest, i) => goes(guest, i == _guests.Count - 1))];
            foreach (var guest in gone) _guests.Remove(guest);
            return gone;
        }
    }
}
