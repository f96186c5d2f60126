using System.Threading.Channels;

namespace Paddock.Jobs.Tests.Seam;

/// <summary>A clock that a test sets, timers and all: what waits for it wakes when the test says so.</summary>
internal sealed class SetClock : TimeProvider
{
    public static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _lock = new();
    private readonly List<SetTimer> _timers = [];
    private readonly Channel<bool> _armed = Channel.CreateUnbounded<bool>();
    private DateTimeOffset _now = Start;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return _now;
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SetTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan by) => Set(GetUtcNow() + by);

    public void Set(DateTimeOffset to)
    {
        List<SetTimer> due;
        lock (_lock)
        {
            _now = to;
            due = _timers.FindAll(timer => timer.Due <= to);
            foreach (var timer in due) timer.Due = timer.Period > TimeSpan.Zero ? to + timer.Period : DateTimeOffset.MaxValue;
        }

        foreach (var timer in due) timer.Fire();
    }

    // How long a thread that was woken gets, in real time, to wait for the clock again; only how fast a test is depends on it.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(10);

    /// <summary>Lets time pass, a step whenever something begins to wait for it or nothing more happens, until <paramref name="until"/> has completed.</summary>
    public async Task PassAsync(TimeSpan step, Task until)
    {
        while (!until.IsCompleted)
        {
            await Task.WhenAny(until, _armed.Reader.WaitToReadAsync().AsTask(), Task.Delay(Patience));
            _armed.Reader.TryRead(out _);
            if (!until.IsCompleted) Advance(step);
        }

        await until;
    }

    private sealed class SetTimer(SetClock clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; set; } = DateTimeOffset.MaxValue;

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            bool now;
            lock (clock._lock)
            {
                Period = period;
                Due = dueTime < TimeSpan.Zero ? DateTimeOffset.MaxValue : clock._now + dueTime;
                now = Due <= clock._now;
                clock._timers.Remove(this);
                if (Due != DateTimeOffset.MaxValue && !now) clock._timers.Add(this);
            }

            if (now) ThreadPool.QueueUserWorkItem(_ => Fire());
            else if (dueTime > TimeSpan.Zero) clock._armed.Writer.TryWrite(true);
            return true;
        }

        public void Dispose()
        {
            lock (clock._lock) clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
