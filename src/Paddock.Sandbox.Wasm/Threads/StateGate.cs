using Paddock.Sandbox.Wasm.Calls;

namespace Paddock.Sandbox.Wasm.Threads;

/// <summary>
/// Lets one call at a time into a plugin that keeps its state, and refuses a call that could only wait for itself: one made by a call of the same
/// plugin, however many plugins stand between, or one whose turn waits for a plugin that waits for this chain.
/// </summary>
internal sealed class StateGate
{
    /// <summary>Held to enter, leave and look for rings; never while a guest runs.</summary>
    private static readonly Lock s_structure = new();
    private static readonly List<Waiter> s_waiting = [];

    private readonly Queue<Waiter> _queue = new();
    private Hold? _holder;

    /// <summary>Waits for its turn.</summary>
    /// <param name="outer">What the chain of calls holds already.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="CallFailedException">It would wait for itself.</exception>
    /// <exception cref="OperationCanceledException">The call is over.</exception>
    internal Task<Hold> EnterAsync(Hold? outer, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(this, new Hold(this, outer));
        lock (s_structure)
        {
            if (_holder is null)
            {
                _holder = waiter.Hold;
                return Task.FromResult(waiter.Hold);
            }

            if (WaitsFor(_holder, outer, [])) throw CallFailedException.Fault(ErrorCodes.CallReentered, "The plugin keeps its state between calls, and would have to be called by a call of its own.");
            _queue.Enqueue(waiter);
            s_waiting.Add(waiter);
        }

        var registration = cancellationToken.UnsafeRegister(static (w, token) => ((Waiter)w!).Cancel(token), waiter);
        waiter.Turn.Task.ContinueWith(static (_, r) => ((CancellationTokenRegistration)r!).Unregister(), registration, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return waiter.Turn.Task;
    }

    /// <summary>Lets the next one in.</summary>
    internal void Leave()
    {
        lock (s_structure)
        {
            _holder = null;
            while (_queue.TryDequeue(out var next))
            {
                s_waiting.Remove(next);
                if (!next.Turn.TrySetResult(next.Hold)) continue;
                _holder = next.Hold;
                return;
            }
        }
    }

    /// <summary>Whether what <paramref name="holder"/> does can end only after a chain that holds <paramref name="mine"/>.</summary>
    private static bool WaitsFor(Hold holder, Hold? mine, HashSet<Hold> seen)
    {
        if (mine?.Includes(holder) == true) return true;
        if (!seen.Add(holder)) return false;
        foreach (var waiter in s_waiting)
        {
            if (waiter.Hold.Includes(holder) && waiter.Gate._holder is { } next && WaitsFor(next, mine, seen)) return true;
        }

        return false;
    }

    /// <summary>One gate that a chain of calls has passed, and those it had passed before.</summary>
    internal sealed class Hold(StateGate gate, Hold? outer)
    {
        private readonly Hold? _outer = outer;

        internal StateGate Gate => gate;

        internal bool Includes(Hold other)
        {
            for (var hold = this; hold is not null; hold = hold._outer)
            {
                if (ReferenceEquals(hold, other)) return true;
            }

            return false;
        }
    }

    private sealed class Waiter(StateGate gate, Hold hold)
    {
        internal StateGate Gate => gate;

        internal Hold Hold => hold;

        internal TaskCompletionSource<Hold> Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal void Cancel(CancellationToken cancellationToken)
        {
            lock (s_structure)
            {
                s_waiting.Remove(this);
                Turn.TrySetCanceled(cancellationToken);
            }
        }
    }
}
