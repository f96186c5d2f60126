using Paddock.Conformance;
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
