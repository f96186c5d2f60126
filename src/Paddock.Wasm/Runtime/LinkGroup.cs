namespace Paddock.Wasm;

/// <summary>Instances that can call each other without the host noticing. They share a thread, a stack limit and an interrupt.</summary>
internal sealed class LinkGroup
{
    private readonly List<Instance> _members = [];
    private int _owner;
    private volatile bool _interrupted;

    internal void Add(Instance instance) => _members.Add(instance);

    /// <summary>Takes the members of <paramref name="other"/> in. Linking happens while none of them runs, or on the thread that runs them.</summary>
    internal void Merge(LinkGroup other)
    {
        if (ReferenceEquals(this, other)) return;
        foreach (var member in other._members)
        {
            member.Linked = this;
            _members.Add(member);
        }

        _interrupted |= other._interrupted;
    }

    /// <summary>Claims the group for this thread and sets the stack limit; false when this thread is inside already.</summary>
    /// <exception cref="InvalidOperationException">Another thread is inside.</exception>
    internal bool Enter(Instance instance)
    {
        var me = Environment.CurrentManagedThreadId;
        var owner = Interlocked.CompareExchange(ref _owner, me, 0);
        if (owner == me) return false;
        if (owner != 0) throw new InvalidOperationException("The instance is in use on another thread.");
        try
        {
            var limit = StackBounds.Limit(instance.MaxStackBytes);
            foreach (var member in _members) Volatile.Write(ref member.StackLimit, limit);

            // The limit is written before the flag is read, the other way round from Interrupt: one of the two sees the other.
            Interlocked.MemoryBarrier();
            if (_interrupted) throw new TrapException(TrapCode.Interrupted);
            return true;
        }
        catch
        {
            Leave();
            throw;
        }
    }

    internal void Leave()
    {
        foreach (var member in _members) member.StackLimit = nuint.MaxValue;
        Volatile.Write(ref _owner, 0);
    }

    internal void Interrupt()
    {
        _interrupted = true;
        Interlocked.MemoryBarrier();
        foreach (var member in _members)
        {
            Volatile.Write(ref member.InterruptFlag, 1);
            Volatile.Write(ref member.StackLimit, nuint.MaxValue);
        }
    }

    internal void ClearInterrupt()
    {
        _interrupted = false;
        foreach (var member in _members) Volatile.Write(ref member.InterruptFlag, 0);
    }
}
