namespace Paddock.Sandbox.Protocol.Calls;

/// <summary>Ends a call at its time, or when the caller cancels, or when the guest broke a limit: whichever comes first is the reason.</summary>
internal sealed class CallDeadline : IDisposable
{
    private readonly Lock _gate = new();
#pragma warning disable CA2213 // It has neither a timer nor a handle to release, and who reaches the deadline may cancel it when the call is over: on a timer's thread, where an exception would end the host.
    private readonly CancellationTokenSource _source = new();
#pragma warning restore CA2213
    private readonly ITimer _timer;
    private readonly CancellationTokenRegistration _registration;
    private Action<string>? _end;
    private bool _over;

    internal CallDeadline(TimeSpan timeout, TimeProvider clock, CancellationToken cancellationToken)
    {
        Token = _source.Token;
        _timer = clock.CreateTimer(static d => ((CallDeadline)d!).Reach(ErrorCodes.TimeLimit), this, timeout, Timeout.InfiniteTimeSpan);
        _registration = cancellationToken.UnsafeRegister(static d => ((CallDeadline)d!).Reach(ErrorCodes.Cancelled), this);
    }

    /// <summary>Why the call must end; null while it need not.</summary>
    internal string? Reason { get; private set; }

    /// <summary>Cancelled when the call ends, whichever way.</summary>
    internal CancellationToken Token { get; }

    /// <summary>From now on <paramref name="end"/> ends the guest; called at most once, at once when the reason is there already.</summary>
    internal void Watch(Action<string> end)
    {
        lock (_gate)
        {
            if (_over) return;
            if (Reason is null)
            {
                _end = end;
                return;
            }
        }

        end(Reason);
    }

    /// <summary>The call must end, for a limit that its guest broke or for time.</summary>
    internal void Reach(string reason)
    {
        Action<string>? end;
        lock (_gate)
        {
            if (_over || Reason is not null) return;
            Reason = reason;
            end = _end;
        }

        end?.Invoke(reason);
        _source.Cancel();
    }

    /// <summary>The call is over: nothing ends its guest any more, and what it still waits for is cancelled. Twice is once.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_over) return;
            _over = true;
            _end = null;
        }

        _timer.Dispose();
        _registration.Dispose();
        _source.Cancel();
    }
}
