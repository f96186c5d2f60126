namespace Paddock.Sandbox.Wasm.Threads;

/// <summary>
/// The threads on which guest code runs, and nothing else does: at most so many, each with a fixed stack, started as they are needed. A guest that
/// computes cannot starve the thread pool, and how deep it may recurse does not depend on who called.
/// </summary>
internal sealed class GuestThreads(int most, int stackBytes) : IDisposable
{
    private readonly object _gate = new();
    private readonly Queue<GuestWork> _ready = new();
    private readonly List<Thread> _threads = [];
    private int _idle;
    private bool _closed;

    /// <summary>
    /// Runs <paramref name="work"/> on one of the threads, or on that of the caller's caller, where a guest waits for just this: nested calls
    /// then need no thread more than the first, and no number of chains can wait for each other's threads. What awaits it goes on elsewhere.
    /// </summary>
    /// <param name="work">Guest code.</param>
    /// <param name="share">Whose it is; nobody has more threads than its share.</param>
    /// <param name="cancellationToken">Gives it up while it has not begun; work that runs ends by its own deadline.</param>
    internal Task<T> RunAsync<T>(Func<T> work, ThreadShare share, CancellationToken cancellationToken)
    {
        var item = new GuestWork<T>(work, share);
        item.Cancellation = cancellationToken.UnsafeRegister(static w => ((GuestWork)w!).TryCancel(), item);
        if (GuestLane.Current is not { } lane || !lane.TryOffer(item, this)) Enqueue(item);
        return item.Completion;
    }

    /// <summary>Runs what is already queued to its end; nothing may be queued any more.</summary>
    public void Dispose()
    {
        Thread[] threads;
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
            threads = [.. _threads];
        }

        foreach (var thread in threads) thread.Join();
    }

    internal void Enqueue(GuestWork item)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (item.Share.TryTake(item)) MakeReady(item);
        }
    }

    private void MakeReady(GuestWork item)
    {
        _ready.Enqueue(item);
        if (_ready.Count <= _idle || _threads.Count == most)
        {
            Monitor.Pulse(_gate);
            return;
        }

        var thread = new Thread(Run, stackBytes) { IsBackground = true, Name = $"paddock-guest-{_threads.Count}" };
        _threads.Add(thread);

        // The caller's context, with its lane, is none of the thread's business.
        thread.UnsafeStart();
    }

    private void Run()
    {
        while (Next() is { } item)
        {
            item.TryRun();
            lock (_gate)
            {
                if (item.Share.Release() is { } next) MakeReady(next);
            }
        }
    }

    private GuestWork? Next()
    {
        lock (_gate)
        {
            while (_ready.Count == 0)
            {
                if (_closed) return null;
                _idle++;
                Monitor.Wait(_gate);
                _idle--;
            }

            return _ready.Dequeue();
        }
    }
}
