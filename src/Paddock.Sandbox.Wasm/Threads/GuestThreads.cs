namespace Paddock.Sandbox.Wasm.Threads;

/// <summary>
/// The threads on which guest code runs, and nothing else does: at most so many, each with a fixed stack, started as they are needed. A guest that
/// computes cannot starve the thread pool, and how deep it may recurse does not depend on who called.
/// </summary>
internal sealed class GuestThreads(int most, int stackBytes) : IDisposable
{
    // About as long as it takes to wake a thread: waiting longer for the next call costs more than it saves.
    private const int SpinRounds = 40, SpinsARound = 20;

    private readonly Lock _gate = new();
    private readonly Queue<GuestWork> _ready = new();
    private readonly Stack<Worker> _idle = new();
    private readonly List<Thread> _threads = [];
    private int _waiting;
    private bool _closed;

    // Whether a thread is on its way to the queue. Whoever comes there sends the next one if there is more: one wake-up
    // at a time, so that a thread that is about to be free takes the work in place of one that has to be woken for it.
    private bool _coming;

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
            while (_idle.TryPop(out var worker)) worker.Wake();
            threads = [.. _threads];
        }

        foreach (var thread in threads) thread.Join();
    }

    internal void Enqueue(GuestWork item)
    {
        Worker? woken;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (!item.Share.TryTake(item)) return;
            AddReady(item);
            woken = Send();
        }

        woken?.Wake();
    }

    private void AddReady(GuestWork item)
    {
        _ready.Enqueue(item);
        Volatile.Write(ref _waiting, _ready.Count);
    }

    /// <summary>Under the gate: who is to be woken for what waits; null where nobody has to.</summary>
    private Worker? Send()
    {
        if (_coming || _ready.Count == 0) return null;
        if (_idle.TryPop(out var worker))
        {
            _coming = true;
            return worker;
        }

        if (_threads.Count == most || _closed) return null;
        var thread = new Thread(Run, stackBytes) { IsBackground = true, Name = $"paddock-guest-{_threads.Count}" };

        // The caller's context, with its lane, is none of the thread's business.
        thread.UnsafeStart();
        _threads.Add(thread);
        _coming = true;
        return null;
    }

    private void Run()
    {
        var worker = new Worker();
        for (var item = Next(worker, null); item is not null; item = Next(worker, item.Share)) item.TryRun();
    }

    /// <summary>Waits for work; null when there will be none.</summary>
    /// <param name="worker">The thread that waits.</param>
    /// <param name="used">Whose work it has done; null for a thread that was just started.</param>
    private GuestWork? Next(Worker worker, ThreadShare? used)
    {
        var item = Look(used, comes: used is null, rests: null);
        var comes = item is null && TryCome();
        if (comes) Spin();
        while (item is null)
        {
            item = Look(null, comes, rests: worker);
            if (item is not null || worker.IsOver) break;
            worker.Sleep();
            comes = true;
        }

        return item;
    }

    /// <summary>Takes what is ready, or lays the thread to rest.</summary>
    private GuestWork? Look(ThreadShare? used, bool comes, Worker? rests)
    {
        GuestWork? item;
        Worker? woken;
        lock (_gate)
        {
            if (comes) _coming = false;
            if (used?.Release() is { } next) AddReady(next);
            if (_ready.TryDequeue(out item)) Volatile.Write(ref _waiting, _ready.Count);
            else if (_closed && rests is not null) rests.IsOver = true;
            else if (rests is not null) _idle.Push(rests);
            woken = Send();
        }

        woken?.Wake();
        return item;
    }

    private bool TryCome()
    {
        lock (_gate) return !_coming && (_coming = true);
    }

    // The next call of a busy plugin is often a moment away; sleeping and being woken takes several.
    private void Spin()
    {
        for (var i = 0; i < SpinRounds && Volatile.Read(ref _waiting) == 0; i++) Thread.SpinWait(SpinsARound);
    }

    /// <summary>Where one thread sleeps.</summary>
    private sealed class Worker
    {
        private readonly object _bed = new();
        private bool _woken;

        /// <summary>Whether there will be no more work.</summary>
        internal bool IsOver { get; set; }

        internal void Sleep()
        {
            lock (_bed)
            {
                while (!_woken) Monitor.Wait(_bed);
                _woken = false;
            }
        }

        internal void Wake()
        {
            lock (_bed)
            {
                _woken = true;
                Monitor.Pulse(_bed);
            }
        }
    }
}
