namespace Paddock.Sandbox.Wasm.Threads;

/// <summary>How many threads one plugin may have at once, and what of its work waits for one. Guarded by the lock of the threads it is used with.</summary>
internal sealed class ThreadShare(int most)
{
    private readonly Queue<GuestWork> _waiting = new();
    private int _taken;

    /// <summary>Takes a thread for <paramref name="item"/>, or keeps it waiting.</summary>
    internal bool TryTake(GuestWork item)
    {
        if (_taken == most)
        {
            _waiting.Enqueue(item);
            return false;
        }

        _taken++;
        return true;
    }

    /// <summary>A thread is free again; the work that it goes to, if any waits.</summary>
    internal GuestWork? Release()
    {
        if (_waiting.TryDequeue(out var next)) return next;
        _taken--;
        return null;
    }
}
