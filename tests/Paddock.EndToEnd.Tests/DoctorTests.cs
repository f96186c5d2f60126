namespace Paddock.EndToEnd.Tests;

public sealed class DoctorTests
{
    [Fact]
    public async Task Doctor_MachineThatHasAll_SaysSoPartByPart()
    {
        var doctor = (await Tool.RunAsync(Built.Paddock, "doctor")).Expect(0);

        string[] lines = doctor.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines[..^1], line => Assert.StartsWith("ok ", line));
        Assert.Contains(lines, line => line.Contains("cgroup memory", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("seccomp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Doctor_PartIsMissing_SaysWhichAndHowToGetIt()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "the tests do not run as root");

        var doctor = (await Tool.RunAsync("/usr/bin/unshare", "--mount", "/bin/sh", "-ec", "mount --bind /dev/null /usr/bin/bwrap; exec \"$0\" doctor", Built.Paddock)).Expect(1);

        Assert.Contains("missing  bubblewrap", doctor.Output);
        Assert.Contains("apt-get install bubblewrap", doctor.Output);
    }
}
