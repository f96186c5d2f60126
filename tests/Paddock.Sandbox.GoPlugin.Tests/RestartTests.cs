namespace Paddock.Sandbox.GoPlugin.Tests;

/// <summary>A plugin that crashes again and again.</summary>
public sealed class RestartTests(Plugins plugins)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_ThatCrash_WaitBeforeTheNextStarts()
    {
        var clock = new PausedClock();
        await using var sandbox = await new GoPluginRuntime(plugins.Launcher, new GoPluginRuntimeOptions { TimeProvider = clock }).CreateAsync(Plugins.Spec(), Stop);
        for (int i = 0; i < 2; i++) Assert.Equal(ErrorCodes.ProcessEnded, (await sandbox.CallAsync(Plugins.Call("exit"), RefusingHostChannel.Instance, Stop)).Error?.Code);

        // The first crash was followed by a start at once; the second is followed by a pause.
        var third = sandbox.CallAsync(Plugins.Call("echo", "7"), RefusingHostChannel.Instance, Stop).AsTask();
        await clock.Pausing.WaitAsync(TimeSpan.FromSeconds(30), Stop);
        Assert.False(third.IsCompleted);
        clock.EndPause();
        Assert.Equal("7", Plugins.Text(await third));
    }

    /// <summary>A clock that stands still, and whose tenth of a second, the first pause, ends when a test says so.</summary>
    private sealed class PausedClock : TimeProvider
    {
        private readonly TaskCompletionSource<Action> _pausing = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _ahead;

        public Task Pausing => _pausing.Task;

        public override long GetTimestamp() => Volatile.Read(ref _ahead);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            bool isPause = dueTime > TimeSpan.Zero && dueTime <= TimeSpan.FromMilliseconds(100);
            if (isPause) _pausing.TrySetResult(() => callback(state));
            return base.CreateTimer(callback, state, isPause ? Timeout.InfiniteTimeSpan : dueTime, period);
        }

        public void EndPause()
        {
            Volatile.Write(ref _ahead, TimestampFrequency);
            _pausing.Task.Result();
        }
    }
}
