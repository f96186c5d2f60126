using Paddock.Sandbox.Protocol.Pool;

namespace Paddock.Sandbox.Protocol.Tests;

public sealed class RestartPauseTests
{
    private readonly LeapingClock _clock = new();

    [Fact]
    public async Task Wait_AfterEndsByForce_IsNothingThenDoublesToItsMost()
    {
        var pause = new RestartPause(_clock);
        for (var i = 0; i < 8; i++)
        {
            pause.Failed();
            await pause.WaitAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal([100, 200, 400, 800, 1600, 3000, 3000], _clock.Waited.Select(w => w.TotalMilliseconds));
    }

    [Fact]
    public async Task Wait_AfterACallThatWentWell_BeginsAnew()
    {
        var pause = new RestartPause(_clock);
        for (var i = 0; i < 3; i++) pause.Failed();
        pause.Recovered();
        await pause.WaitAsync(TestContext.Current.CancellationToken);
        pause.Failed();
        await pause.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Empty(_clock.Waited);
    }

    [Fact]
    public async Task Wait_WhereTimeHasGoneBy_IsTheRest()
    {
        var pause = new RestartPause(_clock);
        for (var i = 0; i < 2; i++) pause.Failed();
        _clock.Now += TimeSpan.FromMilliseconds(60);
        await pause.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal([40], _clock.Waited.Select(w => w.TotalMilliseconds));
    }

    // Each timer is due at once, and the clock is there.
    private sealed class LeapingClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public List<TimeSpan> Waited { get; } = [];

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Waited.Add(dueTime);
            Now += dueTime;
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
