using Paddock.Engines;

namespace Paddock.EndToEnd.Tests;

public sealed class DoctorTests
{
    [Fact]
    public async Task Doctor_MachineThatHasAll_SaysSoPartByPart()
    {
        var doctor = (await Tool.RunAsync(Built.Paddock, "doctor")).Expect(0);

        string[] lines = doctor.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        int end = Array.IndexOf(lines, "Plugins can run in processes of their own.");
        Assert.All(lines[..end], line => Assert.StartsWith("ok ", line));
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

    [Theory]
    [InlineData("python", "plugin.py", "def run(): return 1")]
    [InlineData("node", "main.js", "exports.run = () => 1")]
    [InlineData("javascript", "main.js", "exports.run = () => 1")]
    [InlineData("command", "tool", "#!/bin/sh\necho 1")]
    public async Task Run_PartIsMissing_IsRefusedWithHowToGetIt(string runtime, string entry, string code)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "the tests do not run as root");
        using var folder = new TemporaryFolder();
        folder.Folder("package");
        folder.Write("package/plugin.yaml", $"apiVersion: paddock/v1\nname: refused\nversion: 1.0.0\nruntime: {runtime}\nentry: {entry}\n");
        folder.Write($"package/{entry}", code);

        var run = (await Tool.RunAsync("/usr/bin/unshare", "--mount", "/bin/sh", "-ec", "mount --bind /dev/null /usr/bin/bwrap; exec \"$0\" run \"$1\"", Built.Paddock, folder.At("package"))).Expect(4);

        Assert.Contains("SANDBOX_UNAVAILABLE", run.Error, StringComparison.Ordinal);
        Assert.Contains("apt-get install bubblewrap", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Doctor_Engine_IsThereOrNamedWithHowToGetOne(bool podman)
    {
        var none = (await Tool.RunAsync(Built.Paddock, "doctor", "--engine", "/no/such/socket")).Expect(0);
        Assert.Contains("missing  container engine", none.Output, StringComparison.Ordinal);
        Assert.Contains("docker.io or podman", none.Output, StringComparison.Ordinal);

        await using var engine = await OwnEngine.StartAsync(podman, said => TestContext.Current.SendDiagnosticMessage("{0}", said));
        Assert.SkipWhen(engine is null, "this machine cannot run a container engine of its own");
        Assert.EndsWith("Plugins can run in containers.\n", (await Tool.RunAsync(Built.Paddock, "doctor", "--engine", engine.Socket)).Expect(0).Output, StringComparison.Ordinal);
    }
}
