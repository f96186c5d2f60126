using System.Globalization;
using System.Runtime.InteropServices;

namespace Paddock.Sandbox.Process.Tests;

/// <summary>Row 42: a number that is used again is never signalled.</summary>
public sealed partial class PidThreats
{
    [Fact]
    public async Task T42_ReusedPid_IsNotKilled()
    {
        var (first, second) = await SameNumberTwiceAsync();

        first.Kill();

        // The one that has the number now goes on: it ends by itself, with the code it was told.
        // A look that falls into the moment of its exec sees no command line.
        for (int look = 0; look < 100 && !HostSight.Find(_canary).Contains(second.Pid); look++) await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.Contains(second.Pid, HostSight.Find(_canary));
        second.Kill();
        Assert.Equal(137, await second.Exited);
    }

    [Fact]
    public async Task T42_Control_ASignalByNumberHitsTheOther()
    {
        var (first, second) = await SameNumberTwiceAsync();

        Assert.Equal(0, kill(first.Pid, 9));

        Assert.Equal(137, await second.Exited);
    }

    [Fact]
    public async Task T42_SweepThatIsNotMeant_KillsNobody()
    {
        var child = Start("1000");

        ChildProcess.Kill(child.Pid, _ => false);
        Assert.False(child.Exited.IsCompleted);
        ChildProcess.Kill(child.Pid, _ => true);

        Assert.Equal(137, await child.Exited);
    }

    private readonly string _canary = HostSight.NewCanary();

    private async Task<(ChildProcess First, ChildProcess Second)> SameNumberTwiceAsync()
    {
        while (true)
        {
            var first = Start("0");
            await first.Exited;

            // The kernel gives the next number that is free; others on this machine may be faster.
            File.WriteAllText("/proc/sys/kernel/ns_last_pid", (first.Pid - 1).ToString(CultureInfo.InvariantCulture));
            var second = Start("1000");
            if (second.Pid == first.Pid) return (first, second);
            second.Kill();
            await second.Exited;
        }
    }

    private ChildProcess Start(string seconds) =>
        new(new Spawn("/bin/sh", ["-c", $"sleep {seconds}; exit 0", _canary], []).Start(null));

    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);
}
