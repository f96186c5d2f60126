using Paddock.Wasm;

namespace Paddock.Sandbox.Wasm.Calls;

/// <summary>Ends a call at its time, or when the caller cancels: interrupts the guest, and cancels the host calls it waits for.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _source = new();
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer _timer;
    private readonly CancellationTokenRegistration _registration;
    private IInterruptible? _guest;
    private bool _over;

    internal Deadline(TimeSpan timeout, TimeProvider clock, CancellationToken cancellationToken)
    {
        Token = _source.Token;
        _timer = clock.CreateTimer(static d => ((Deadline)d!).Reach(ErrorCodes.TimeLimit), this, timeout, Timeout.InfiniteTimeSpan);
        _registration = cancellationToken.Register(static d => ((Deadline)d!).Reach(ErrorCodes.Cancelled), this);
    }

    /// <summary>Why the call must end; null while it need not.</summary>
    internal string? Reason { get; private set; }

    /// <summary>Completes when the call must end.</summary>
    internal Task Reached => _reached.Task;

    /// <summary>Cancelled when the call ends, whichever way.</summary>
    internal CancellationToken Token { get; }

    /// <summary>From now on <paramref name="guest"/> is the one to interrupt.</summary>
    internal void Watch(IInterruptible guest)
    {
        lock (_gate) _guest = guest;
    }

    internal void ThrowIfReached()
    {
        if (Reason is not null) throw new TrapException(TrapCode.Interrupted);
    }

    /// <summary>The call is over: nothing is interrupted any more, and what it still waits for is cancelled. Twice is once.</summary>
    public void Dispose()
    {
        // After this the instance may be another call's: it is not interrupted any more.
        lock (_gate)
        {
            if (_over) return;
            _over = true;
        }

        _timer.Dispose();
        _registration.Dispose();
        _source.Cancel();
        _source.Dispose();
    }

    private void Reach(string reason)
    {
        lock (_gate)
        {
            if (_over || Reason is not null) return;
            Reason = reason;
            _guest?.Interrupt();
            _source.Cancel();
        }

        _reached.TrySetResult();
    }
}

/// <summary>A guest that can be stopped wherever it is, from any thread.</summary>
internal interface IInterruptible
{
    void Interrupt();
}
