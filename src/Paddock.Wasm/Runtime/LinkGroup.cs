namespace Paddock.Wasm;

/// <summary>
/// Instances that can call each other without the host noticing: they share a thread, a stack limit and an interrupt. Groups form when an instance imports
/// a function of another, and when a call_indirect first meets one: a function can get into a table long after its instance was linked.
/// </summary>
internal sealed class LinkGroup
{
    /// <summary>Held to change which group an instance is in, and to interrupt one: rare, and never while a guest runs.</summary>
    private static readonly Lock s_structure = new();

    private volatile Instance[] _members = [];
    private volatile bool _interrupted;
    private int _owner;
    private int _depth;
    private nuint _limit;

    internal static void Interrupt(Instance instance)
    {
        lock (s_structure) instance.Linked.Interrupt();
    }

    internal static void ClearInterrupt(Instance instance)
    {
        lock (s_structure)
        {
            instance.Linked._interrupted = false;
            foreach (var member in instance.Linked._members) Volatile.Write(ref member.InterruptFlag, 0);
        }
    }

    internal void Add(Instance instance)
    {
        lock (s_structure)
        {
            _members = [.. _members, instance];
            Adopt(instance);
        }
    }

    /// <summary>Forgets an instance that will not be called again.</summary>
    internal void Remove(Instance instance)
    {
        lock (s_structure) _members = [.. _members.Where(m => !ReferenceEquals(m, instance))];
    }

    /// <summary>Takes the members of <paramref name="other"/> in, also while guests of either run on this thread.</summary>
    /// <exception cref="InvalidOperationException">Another thread is inside one of them.</exception>
    internal void Merge(LinkGroup other)
    {
        lock (s_structure)
        {
            if (ReferenceEquals(this, other)) return;
            var mine = Claim();
            if (!other.TryClaim())
            {
                if (mine) Volatile.Write(ref _owner, 0);
                throw InUse();
            }

            // The emptied group stays claimed: a thread that has just read it as some instance's group must not get in.
            if (_depth == 0) _limit = other._limit;
            _depth += other._depth;
            _interrupted |= other._interrupted;
            foreach (var member in other._members) member.Linked = this;
            _members = [.. _members, .. other._members];
            if (_depth == 0) Volatile.Write(ref _owner, 0);
            foreach (var member in _members) Adopt(member);
        }
    }

    /// <summary>Claims the group for this thread, and at the outermost entry sets the stack limit. To be matched by <see cref="Leave"/>.</summary>
    /// <exception cref="InvalidOperationException">Another thread is inside.</exception>
    /// <exception cref="TrapException">Interrupted, or no stack is left.</exception>
    internal void Enter(Instance instance)
    {
        if (!TryClaim()) throw InUse();
        if (_depth++ > 0) return;
        try
        {
            _limit = StackBounds.Limit(instance.MaxStackBytes);
            foreach (var member in _members) Volatile.Write(ref member.StackLimit, _limit);

            // The limit is written before the flag is read, the other way round from Interrupt: one of the two sees the other.
            Interlocked.MemoryBarrier();
            if (_interrupted) throw new TrapException(TrapCode.Interrupted);
        }
        catch
        {
            Leave();
            throw;
        }
    }

    internal void Leave()
    {
        if (--_depth > 0) return;
        foreach (var member in _members) member.StackLimit = nuint.MaxValue;
        Volatile.Write(ref _owner, 0);
    }

    private void Interrupt()
    {
        _interrupted = true;
        Interlocked.MemoryBarrier();
        foreach (var member in _members) Stop(member);
    }

    /// <summary>Brings a new member to the state of those that run.</summary>
    private void Adopt(Instance member)
    {
        member.StackLimit = _depth > 0 ? _limit : nuint.MaxValue;
        if (_interrupted) Stop(member);
    }

    private static void Stop(Instance member)
    {
        Volatile.Write(ref member.InterruptFlag, 1);
        Volatile.Write(ref member.StackLimit, nuint.MaxValue);
    }

    /// <summary>Makes this thread the owner; whether it was not before.</summary>
    private bool Claim()
    {
        var was = Volatile.Read(ref _owner) == Environment.CurrentManagedThreadId;
        return TryClaim() ? !was : throw InUse();
    }

    private bool TryClaim()
    {
        var me = Environment.CurrentManagedThreadId;
        var owner = Interlocked.CompareExchange(ref _owner, me, 0);
        return owner == 0 || owner == me;
    }

    private static InvalidOperationException InUse() => new("The instance is in use on another thread.");
}
