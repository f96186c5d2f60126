using Paddock.Conformance;

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
}
