namespace Paddock;

/// <summary>
/// Lets one call at a time into a plugin that keeps its state, and refuses a call that could only wait for itself: one made by a call of the same
/// plugin, however many plugins stand between and whatever they run on, or one whose turn waits for a plugin that waits for this chain. One for each
/// instance of such a plugin.
/// </summary>
public sealed class StateGate
{
    /// <summary>Held to enter, leave and look for rings; never while a guest runs.</summary>
    private static readonly Lock s_structure = new();
    private static readonly List<Waiter> s_waiting = [];

    /// <summary>What a call that would wait for itself ends with.</summary>
    public static CallError Reentered { get; } = new(ErrorCodes.CallReentered, "The plugin keeps its state between calls, and would have to be called by a call of its own.");

    private readonly Queue<Waiter> _queue = new();
    private StateHold? _holder;

    /// <summary>Waits for its turn.</summary>
    /// <param name="outer">What the chain of calls holds already.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>What it holds from now on, to be given to <see cref="EnterAsync"/> by the calls that it leads to; null where it would wait for itself.</returns>
    /// <exception cref="OperationCanceledException">The call is over.</exception>
    public Task<StateHold?> EnterAsync(StateHold? outer, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(this, new StateHold(outer));
        lock (s_structure)
        {
            if (_holder is null)
            {
                _holder = waiter.Hold;
                return Task.FromResult<StateHold?>(waiter.Hold);
            }

            if (WaitsFor(_holder, outer, [])) return Task.FromResult<StateHold?>(null);
            _queue.Enqueue(waiter);
            s_waiting.Add(waiter);
        }

        var registration = cancellationToken.UnsafeRegister(static (w, token) => ((Waiter)w!).Cancel(token), waiter);
        waiter.Turn.Task.ContinueWith(static (_, r) => ((CancellationTokenRegistration)r!).Unregister(), registration, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return waiter.Turn.Task;
    }

    /// <summary>Lets the next one in.</summary>
    public void Leave()
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
    private static bool WaitsFor(StateHold holder, StateHold? mine, HashSet<StateHold> seen)
    {
        if (mine?.Includes(holder) == true) return true;
        if (!seen.Add(holder)) return false;
        foreach (var waiter in s_waiting)
        {
            if (waiter.Hold.Includes(holder) && waiter.Gate._holder is { } next && WaitsFor(next, mine, seen)) return true;
        }

        return false;
    }

    private sealed class Waiter(StateGate gate, StateHold hold)
    {
        internal StateGate Gate => gate;

        internal StateHold Hold => hold;

        internal TaskCompletionSource<StateHold?> Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

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
