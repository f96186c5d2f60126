namespace Paddock.Sandbox.Process.Tests;

/// <summary>Row 45: each part of the sandbox is taken from a host in turn. The host runs in a process of its own, whose world was changed before it began.</summary>
public sealed class MissingPartThreats
{
    /// <summary>Installs a filter of system calls that answers with an error where a sandbox is made, as a container's own profile may, and becomes the host.</summary>
    private const string Filter = """
        import ctypes, os, struct, sys
        def filter(*rules):
            program = b''.join(struct.pack('HBBI', *rule) for rule in rules)
            buffer = ctypes.create_string_buffer(program)
            header = struct.pack('HxxxxxxQ', len(rules), ctypes.addressof(buffer))
            libc = ctypes.CDLL(None, use_errno=True)
            assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, header, 0, 0) == 0
        x86 = os.uname().machine == 'x86_64'
        NR = lambda a, b: a if x86 else b
        LOAD, EQUAL, SET, RETURN, ALLOW, REFUSE = 0x20, 0x15, 0x45, 0x06, 0x7fff0000, 0x50016
        def refuse(number, argument, test, value):
            return [(LOAD, 0, 0, 0), (EQUAL, 0, 3, number), (LOAD, 0, 0, 16 + 8 * argument), (test, 0, 1, value), (RETURN, 0, 0, REFUSE)]
        if sys.argv[1] == 'seccomp': rules = refuse(NR(157, 167), 0, EQUAL, 22) + refuse(NR(317, 277), 0, EQUAL, 1)
        else: rules = refuse(NR(272, 97), 0, SET, 0x10000000) + refuse(NR(56, 220), 0, SET, 0x10000000)
        filter(*rules, (RETURN, 0, 0, ALLOW))
        os.execv(sys.argv[2], sys.argv[2:])
        """;

    private const string Complete = "missing: ";

    public static bool IsChild => HostChild.IsChild;

    [Fact]
    public async Task T45_Control_WithAllPartsTheProgramRuns()
    {
        using var host = Start();

        Assert.Equal(Complete, await host.NextAsync());
        Assert.Equal("ran", await host.NextAsync());
    }

    [Theory]
    [InlineData("mount --bind /dev/null /usr/bin/bwrap", "SANDBOX_BUBBLEWRAP")]
    [InlineData("mount --bind /dev/null /usr/bin/setpriv", "SANDBOX_SETPRIV")]
    [InlineData("mount --bind /dev/null /usr/bin/prlimit", "SANDBOX_PRLIMIT")]
    public async Task T45_WithoutAProgram_NothingStarts(string change, string code) => await RefusesAsync(code, InMountNamespace(change));

    [Theory]
    [InlineData(0, "SANDBOX_MEMORY")]
    [InlineData(1, "SANDBOX_CPU")]
    [InlineData(2, "SANDBOX_PIDS")]
    public async Task T45_WithoutACgroupController_NothingStarts(int controller, string code)
    {
        var hierarchy = CgroupHome.OfThisProcess.Hierarchies.First(h => h.Controllers.Contains((CgroupController)controller));
        Assert.SkipUnless(hierarchy is { Version: 1, Controllers.Count: 1 }, "this machine's cgroup controllers cannot be taken one by one");
        string mount = File.ReadLines("/proc/self/mountinfo").Select(line => line.Split(' ')[4]).Where(point => hierarchy.Home.StartsWith(point, StringComparison.Ordinal)).MaxBy(point => point.Length)!;

        await RefusesAsync(code, InMountNamespace($"umount -l {mount}"));
    }

    [Fact]
    public async Task T45_WithoutCgroupsAtAll_NothingStarts() =>
        await RefusesAsync("SANDBOX_MEMORY SANDBOX_CPU SANDBOX_PIDS", InMountNamespace("umount -R -l /sys/fs/cgroup"));

    [Theory]
    [InlineData("seccomp", "SANDBOX_SECCOMP")]
    [InlineData("namespaces", "SANDBOX_NAMESPACES")]
    public async Task T45_WithoutAPartOfTheKernel_NothingStarts(string part, string code) => await RefusesAsync(code, ["/usr/bin/python3", "-I", "-c", Filter, part]);

    /// <summary>The child: a host that says what it lacks, and tries.</summary>
    [Fact(Skip = "run by another test, in a process of its own", SkipUnless = nameof(IsChild))]
    public async Task Child_SaysWhatIsMissingAndTries()
    {
        var launcher = new BubblewrapLauncher();
        HostChild.Say("missing: " + string.Join(' ', launcher.Missing.Select(finding => finding.Code)));
        foreach (var finding in launcher.Missing) Assert.NotNull(finding.Mend);
        try
        {
            var run = await Run.PythonAsync(launcher, "print('ran')");
            HostChild.Say(run.Output.Trim());
        }
        catch (SandboxLoadException e)
        {
            HostChild.Say(e.Error.Code);
        }
    }

    private static HostChild Start(params string[] before) => HostChild.Start(typeof(MissingPartThreats), nameof(Child_SaysWhatIsMissingAndTries), "missing", before);

    private static async Task RefusesAsync(string codes, string[] before)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "the tests do not run as root");
        using var host = Start(before);

        Assert.Equal("missing: " + codes, await host.NextAsync());
        Assert.Equal(ErrorCodes.SandboxUnavailable, await host.NextAsync());
    }

    private static string[] InMountNamespace(string change) => ["/usr/bin/unshare", "--mount", "/bin/sh", "-ec", change + "; exec \"$@\"", "sh"];
}
