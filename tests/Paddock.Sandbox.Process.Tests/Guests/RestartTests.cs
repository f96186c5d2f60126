using Paddock.Sandbox.Protocol;

namespace Paddock.Sandbox.Process.Tests.Guests;

/// <summary>A plugin that ends its processes again and again.</summary>
public sealed class RestartTests(ProcessFixture processes)
{
    private const string Dying = """
        import os
        def die(): os._exit(1)
        def live(): return 1
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_ThatEndTheirProcesses_WaitBeforeTheNextStarts()
    {
        var clock = new PausedClock();
        var recorder = new RecordingLauncher(processes.Launcher);
        var options = new ProcessOptions { Pool = new ProtocolOptions { TimeProvider = clock } };
        await using var sandbox = await new PythonRuntime(recorder, options).CreateAsync(Plugins.Python(Dying), Stop);
        for (int i = 0; i < 2; i++) Assert.Equal(ErrorCodes.ProcessEnded, (await sandbox.CallAsync(Plugins.Call(function: "die"), RefusingHostChannel.Instance, Stop)).Error?.Code);
        var third = ProcessFixture.Value(sandbox, function: "live");
        await clock.Pausing.WaitAsync(TimeSpan.FromSeconds(30), Stop);
        Assert.Equal(2, recorder.Started.Count);
        clock.EndPause();
        Assert.Equal("1", await third);
        Assert.Equal(3, recorder.Started.Count);
    }
}

/// <summary>A clock whose tenth of a second, the first pause before a process is started again, ends when a test says so.</summary>
internal sealed class PausedClock : TimeProvider
{
    private readonly TaskCompletionSource<Action> _pausing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _ahead;

    public Task Pausing => _pausing.Task;

    // Stands still: on a machine that is busy elsewhere the pause would be over before it is looked for.
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
