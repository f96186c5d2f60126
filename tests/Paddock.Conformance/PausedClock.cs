namespace Paddock.Conformance;

/// <summary>A clock whose tenth of a second, the first pause before a process is started again, ends when a test says so.</summary>
public sealed class PausedClock : TimeProvider
{
    private readonly TaskCompletionSource<Action> _pausing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _ahead;

    /// <summary>Completes when somebody begins to wait.</summary>
    public Task Pausing => _pausing.Task;

    // Stands still: on a machine that is busy elsewhere the pause would be over before it is looked for.
    public override long GetTimestamp() => Volatile.Read(ref _ahead);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        bool isPause = dueTime > TimeSpan.Zero && dueTime <= TimeSpan.FromMilliseconds(100);
        if (isPause) _pausing.TrySetResult(() => callback(state));
        return base.CreateTimer(callback, state, isPause ? Timeout.InfiniteTimeSpan : dueTime, period);
    }

    /// <summary>The pause is over, now.</summary>
    public void EndPause()
    {
        Volatile.Write(ref _ahead, TimestampFrequency);
        _pausing.Task.Result();
    }
}
