using Paddock.Sandbox.Wasm.Calls;
using Paddock.Wasm;

namespace Paddock.Sandbox.Wasm.Threads;

/// <summary>
/// The thread of a guest that waits for a host call, as seen by whatever that host call leads to: guest code of a plugin it calls runs on it,
/// above the waiting frames, in an instance of its own. One for each call; it flows with the host call's execution context.
/// </summary>
internal sealed class GuestLane
{
    // Less is not worth starting on: the callee would hit a limit that is not its own.
    private const long LeastStackBytes = 4 << 20;

    private static readonly AsyncLocal<GuestLane?> s_current = new();

    private readonly object _gate = new();
    private readonly Queue<(GuestWork Work, GuestThreads Threads)> _offered = new();
    private bool _open;
    private bool _busy;

    /// <summary>The lane of the host call that this code is part of.</summary>
    internal static GuestLane? Current
    {
        get => s_current.Value;
        set => s_current.Value = value;
    }

    /// <summary>On the guest's thread, before a host call begins. To be matched by <see cref="Close"/>.</summary>
    internal void Open() => Volatile.Write(ref _open, GuestStack.RemainingBytes >= LeastStackBytes);

    /// <summary>On the guest's thread, when the host call has ended or is not waited for any more. What was offered and not taken goes to the threads.</summary>
    internal void Close()
    {
        if (!Volatile.Read(ref _open)) return;
        lock (_gate)
        {
            _open = false;
            while (_offered.TryDequeue(out var item))
            {
                if (!item.Work.IsClaimed) item.Threads.Enqueue(item.Work);
            }
        }
    }

    /// <summary>Offers work to the waiting thread, from any thread. False when nothing waits, or on too little stack.</summary>
    internal bool TryOffer(GuestWork work, GuestThreads threads)
    {
        lock (_gate)
        {
            if (!_open) return false;
            var engaged = _busy || _offered.Count > 0;
            _offered.Enqueue((work, threads));
            Monitor.Pulse(_gate);

            // Behind other work it might wait for what that waits for; a free thread may have it first.
            if (engaged) threads.Enqueue(work);
            return true;
        }
    }

    /// <summary>On the guest's thread: waits for a host call, and runs meanwhile what is offered.</summary>
    /// <exception cref="TrapException">The call is over; the host call is left to end by itself.</exception>
    internal T Wait<T>(Task<T> task, Deadline deadline)
    {
        task.ContinueWith(static (_, lane) => ((GuestLane)lane!).Wake(), this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        using var registration = deadline.Token.UnsafeRegister(static lane => ((GuestLane)lane!).Wake(), this);
        while (Next(task, deadline) is { } work)
        {
            work.TryRun();
            lock (_gate) _busy = false;
        }

        deadline.ThrowIfReached();
        return task.GetAwaiter().GetResult();
    }

    private GuestWork? Next(Task task, Deadline deadline)
    {
        lock (_gate)
        {
            while (true)
            {
                if (task.IsCompleted || deadline.Reason is not null) return null;
                if (_offered.TryDequeue(out var item))
                {
                    _busy = true;
                    return item.Work;
                }

                Monitor.Wait(_gate);
            }
        }
    }

    private void Wake()
    {
        lock (_gate) Monitor.PulseAll(_gate);
    }
}
