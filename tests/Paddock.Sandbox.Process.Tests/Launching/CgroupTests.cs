namespace Paddock.Sandbox.Process.Tests;

public sealed class CgroupTests
{
    [Fact]
    public async Task Limits_AreSetBeforeTheProgramRuns()
    {
        string canary = HostSight.NewCanary();
        var spec = Specs.Python("print('up', flush=True)\ninput()", canary) with { Limits = new Limits { MemoryBytes = 96 << 20, Cpu = 0.5, Processes = 7 } };
        await using var process = await new BubblewrapLauncher().StartAsync(spec, TestContext.Current.CancellationToken);
        await process.Output.ReadExactlyAsync(new byte[3], TestContext.Current.CancellationToken);
        var groups = HostSight.Find(canary).SelectMany(HostSight.Groups).Distinct().ToList();

        foreach (var hierarchy in CgroupHome.OfThisProcess.Hierarchies)
        {
            string group = Assert.Single(groups, group => group.StartsWith(hierarchy.Home + "/", StringComparison.Ordinal) && hierarchy.Controllers.All(c => Directory.EnumerateFiles(group, CgroupHierarchy.Name(c) + ".*").Any()));
            foreach (var (file, value, onlyWithSwap) in hierarchy.Controllers.SelectMany(c => CgroupTable.Settings(hierarchy.Version, c, spec.Limits)))
            {
                string path = Path.Combine(group, file);
                if (onlyWithSwap && !File.Exists(path)) continue;
                Assert.Equal(value, File.ReadAllText(path).Trim());
            }
        }
    }

    [Fact]
    public async Task Memory_ProgramThatTakesMore_IsEndedAndSaidSo()
    {
        await using var neighbour = await Neighbour.StartAsync();

        var run = await Run.PythonAsync(new BubblewrapLauncher(), "b = bytearray(256 << 20)\nprint('had it')", spec => spec with { Limits = new Limits { MemoryBytes = 64 << 20 } });

        Assert.Equal("", run.Output);
        Assert.Equal(new ProcessExit(137, MemoryLimit: true), run.Exit);
        await neighbour.AnswersAsync();
    }

    [Fact]
    public async Task Memory_FilesInTmpCount()
    {
        const string Script = "for n in range(100):\n  with open('/tmp/%d' % n, 'wb') as f: f.write(bytes(1 << 20))\nprint('had it')";

        var run = await Run.PythonAsync(new BubblewrapLauncher(), Script, spec => spec with { Limits = new Limits { MemoryBytes = 64 << 20 }, TemporaryBytes = 200 << 20 });

        Assert.True(run.Exit.MemoryLimit);
    }

    [Fact]
    public async Task Memory_Control_WithoutTheLimitItHasIt()
    {
        var run = await Run.PythonAsync(Specs.Without(Defences.Memory), "b = bytearray(256 << 20)\nprint('had it')", spec => spec with { Limits = new Limits { MemoryBytes = 64 << 20 } });

        Assert.Equal("had it\n", run.Output);
        Assert.Equal(new ProcessExit(0), run.Exit);
    }

    [Fact]
    public async Task Kill_IsNoMemoryLimit()
    {
        await using var process = await new BubblewrapLauncher().StartAsync(Specs.Python("input()"), TestContext.Current.CancellationToken);

        await process.KillAsync();

        Assert.Equal(new ProcessExit(137), await process.Exited);
    }

    [Fact]
    public void Read_Version1_FindsTheGroupOfEachController()
    {
        using var tree = new TemporaryTree("memory/own", "cpu,cpuacct", "pids");

        var found = CgroupHierarchy.Read(
            $"36 32 0:32 / {tree.Path}/memory rw,relatime shared:9 - cgroup cgroup rw,memory\n"
            + $"37 32 0:33 / {tree.Path}/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
            + $"38 32 0:34 /docker/abc {tree.Path}/pids rw - cgroup cgroup rw,pids\n"
            + "39 32 0:35 / /proc rw - proc proc rw\n",
            "9:name=systemd:/\n4:memory:/own\n3:cpu,cpuacct:/\n2:pids:/docker/abc\n0::/\n");

        Assert.Equal([(1, $"{tree.Path}/memory/own", "Memory"), (1, $"{tree.Path}/cpu,cpuacct", "Cpu"), (1, $"{tree.Path}/pids", "Pids")],
            found.Select(h => (h.Version, h.Home, string.Join(' ', h.Controllers))));
    }

    [Fact]
    public void Read_Version2_FindsOneTreeAndLeavesTheHostsLeaf()
    {
        using var tree = new TemporaryTree("user.slice/scope/paddock-host");
        File.WriteAllText($"{tree.Path}/user.slice/scope/cgroup.controllers", "cpuset cpu io memory pids\n");

        var found = CgroupHierarchy.Read($"30 24 0:26 / {tree.Path} rw - cgroup2 cgroup2 rw,nsdelegate\n", "0::/user.slice/scope/paddock-host\n");

        var only = Assert.Single(found);
        Assert.Equal((2, tree.Path, $"{tree.Path}/user.slice/scope"), (only.Version, only.Root, only.Home));
        Assert.Equal([CgroupController.Memory, CgroupController.Cpu, CgroupController.Pids], only.Controllers.Order());
    }

    [Fact]
    public void Settings_OfVersion2_AreTheKernelsNames()
    {
        var limits = new Limits { MemoryBytes = 1000, Cpu = 0.25, Processes = 3 };

        Assert.Equal(
            ["memory.max=1000", "memory.swap.max=0", "memory.oom.group=1", "cpu.max=25000 100000", "pids.max=5"],
            CgroupTable.Controllers.SelectMany(c => CgroupTable.Settings(2, c, limits)).Select(s => $"{s.File}={s.Value}"));
    }

    private sealed class TemporaryTree : IDisposable
    {
        public TemporaryTree(params string[] directories)
        {
            foreach (string directory in directories) Directory.CreateDirectory(System.IO.Path.Combine(Path, directory));
        }

        public string Path { get; } = Directory.CreateTempSubdirectory("paddock-cgroups-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
