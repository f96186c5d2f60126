namespace Paddock.Calls;

/// <summary>The calls under way in something that is to end after them: retired it takes no more, drained it has none left. Stopping cancels those that are.</summary>
internal sealed class CallDrain : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private int _calls;
    private bool _retired;

    /// <summary>Cancelled by <see cref="Stop"/>. For those who are inside.</summary>
    public CancellationToken Stopping => _stopping.Token;

    public bool IsStopped => _stopping.IsCancellationRequested;

    /// <summary>Ends with the last call after <see cref="Retire"/>.</summary>
    public Task Drained => _drained.Task;

    /// <summary>Begins a call; false when it is retired. Every success needs an <see cref="Exit"/>.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_retired) return false;
            _calls++;
            return true;
        }
    }

    public void Exit()
    {
        lock (_gate)
        {
            if (--_calls == 0 && _retired) _drained.TrySetResult();
        }
    }

    /// <summary>No call begins any more.</summary>
    public void Retire()
    {
        lock (_gate)
        {
            _retired = true;
            if (_calls == 0) _drained.TrySetResult();
        }
    }

    /// <summary>Cancels the calls under way. Once drained there is nothing to cancel, and what would be may be disposed.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            if (!_drained.Task.IsCompleted) _stopping.Cancel();
        }
    }

    public void Dispose() => _stopping.Dispose();
}
