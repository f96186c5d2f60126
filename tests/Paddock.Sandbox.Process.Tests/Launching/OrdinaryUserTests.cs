using System.Runtime.InteropServices;

namespace Paddock.Sandbox.Process.Tests;

/// <summary>A host that is no root: what it needs is groups that were given to it, and without them nothing starts.</summary>
public sealed partial class OrdinaryUserTests : IAsyncLifetime
{
    private const int User = 23456;
    private const string Drop = "exec /usr/bin/setpriv --reuid=23456 --regid=23456 --clear-groups --inh-caps=-all --bounding-set=-all \"$@\"";

    private string[] _given = [];

    public static bool IsChild => HostChild.IsChild;

    public async ValueTask InitializeAsync()
    {
        if (IsChild) return;
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "the tests do not run as root");
        Assert.SkipUnless(IsReadableByAll(AppContext.BaseDirectory), "other users cannot read where the tests were built");

        // The first start makes the host's groups; those of the user are beside them.
        Assert.Equal(0, (await Run.PythonAsync(new BubblewrapLauncher(), "")).Exit.Code);
        _given = [.. CgroupHome.OfThisProcess.Hierarchies.Select(h => Path.Combine(h.Home, HostName.OfThisProcess(), "user-" + Guid.NewGuid().ToString("N")))];
        foreach (string group in _given) Give(group);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (string group in _given)
        {
            foreach (string inner in Directory.EnumerateDirectories(group)) CgroupSweep.TryRemove(inner);
            while (!CgroupSweep.TryRemove(group)) await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Start_UserWithGroupsOfItsOwn_RunsPrograms()
    {
        string join = string.Concat(_given.Select(group => $"echo $$ > {group}/cgroup.procs; "));
        using var host = HostChild.Start(typeof(OrdinaryUserTests), nameof(Child_RunsAProgramAsAnOrdinaryUser), "run", "/bin/sh", "-ec", join + Drop, "sh");

        Assert.Equal("missing: ", await host.NextAsync());
        Assert.Equal("user 23456", await host.NextAsync());
        Assert.Equal("inside 1000 [] 15 refused", await host.NextAsync());
        Assert.Equal("outside 23456", await host.NextAsync());
        Assert.Equal("exit 137", await host.NextAsync());
    }

    [Fact]
    public async Task Start_UserWithoutGroups_IsRefusedForEachController()
    {
        using var host = HostChild.Start(typeof(OrdinaryUserTests), nameof(Child_RunsAProgramAsAnOrdinaryUser), "run", "/bin/sh", "-ec", Drop, "sh");

        Assert.Equal("missing: SANDBOX_MEMORY SANDBOX_CPU SANDBOX_PIDS", await host.NextAsync());
    }

    /// <summary>The child: a host that is an ordinary user.</summary>
    [Fact(Skip = "run by another test, in a process of its own", SkipUnless = nameof(IsChild))]
    public async Task Child_RunsAProgramAsAnOrdinaryUser()
    {
        var launcher = new BubblewrapLauncher();
        HostChild.Say("missing: " + string.Join(' ', launcher.Missing.Select(finding => finding.Code)));
        if (launcher.Missing.Count > 0) return;
        HostChild.Say($"user {HostSight.Status(Environment.ProcessId, "Uid").Split('\t')[1]}");
        const string Script = """
            import os, time
            made = 0
            while made < 60:
                try: child = os.fork()
                except OSError: break
                if child == 0: time.sleep(1000)
                made += 1
            import ctypes
            seen = 'made' if ctypes.CDLL(None).unshare(0x10000000) == 0 else 'refused'
            print('inside', os.getuid(), os.listdir('/tmp'), made, seen, flush=True)
            input()
            """;
        string canary = HostSight.NewCanary();
        await using var process = await launcher.StartAsync(Specs.Python(Script, canary), TestContext.Current.CancellationToken);
        using var output = new StreamReader(process.Output, leaveOpen: true);
        HostChild.Say((await output.ReadLineAsync(TestContext.Current.CancellationToken))!);
        HostChild.Say($"outside {string.Join(' ', HostSight.Find(canary).Select(pid => HostSight.Status(pid, "Uid").Split('\t')[1]).Distinct())}");
        await process.KillAsync();
        Assert.Empty(HostSight.Find(canary));
        HostChild.Say($"exit {(await process.Exited).Code}");
    }

    private static void Give(string group)
    {
        Directory.CreateDirectory(group);
        Assert.Equal(0, chown(group, User, User));
        foreach (string file in new[] { "tasks", "cgroup.procs", "cgroup.threads", "cgroup.subtree_control" }.Select(name => Path.Combine(group, name)).Where(File.Exists)) Assert.Equal(0, chown(file, User, User));
    }

    private static bool IsReadableByAll(string path)
    {
        for (var directory = new DirectoryInfo(path); directory is not null; directory = directory.Parent)
        {
            if (!directory.UnixFileMode.HasFlag(UnixFileMode.OtherExecute | UnixFileMode.OtherRead) && directory.Parent is not null) return false;
        }

        return true;
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chown(string path, int user, int group);
}
