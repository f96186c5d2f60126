namespace Paddock.Sandbox.Process.Tests;

/// <summary>Row 44: what is left behind.</summary>
public sealed class RemainsThreats : IDisposable
{
    private const string Crash = "import os\nos.abort()";

    private readonly string _directory = Specs.SharedDirectory("paddock-remains-");

    /// <summary>Whether the kernel writes core dumps as files beside the program, which a test can see.</summary>
    public static bool DumpsAreFiles => File.ReadAllText("/proc/sys/kernel/core_pattern").Trim() == "core" && File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max core", StringComparison.Ordinal)).Contains("unlimited", StringComparison.Ordinal);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task T44_Crash_LeavesNoCoreDump()
    {
        var run = await Run.PythonAsync(new BubblewrapLauncher(), Crash, InDirectory);

        Assert.Equal(134, run.Exit.Code);
        Assert.Empty(Directory.EnumerateFiles(_directory));
    }

    [Fact(Skip = "core dumps are handed to a program of this machine, or switched off", SkipUnless = nameof(DumpsAreFiles))]
    public async Task T44_Control_WithoutTheLimitTheDumpIsThere()
    {
        var run = await Run.PythonAsync(Specs.Without(Defences.NoCoreDumps), Crash, InDirectory);

        Assert.Equal(134, run.Exit.Code);
        Assert.NotEmpty(Directory.EnumerateFiles(_directory));
    }

    [Fact]
    public async Task T44_TemporaryFiles_AreInNobodysSightAndGo()
    {
        string canary = HostSight.NewCanary();
        string script = $"import os\nprint(os.listdir('/tmp'))\nopen('/tmp/{canary}', 'w').write('x')\nopen('/dev/shm/{canary}-2', 'w').write('x')\nprint(len(os.listdir('/tmp')))";

        Assert.Equal("[]\n2\n", (await Run.PythonAsync(new BubblewrapLauncher(), script)).Output);
        Assert.Equal("[]\n2\n", (await Run.PythonAsync(new BubblewrapLauncher(), script)).Output);
        Assert.False(Path.Exists("/tmp/" + canary) || Path.Exists($"/dev/shm/{canary}-2"));

        // The control: in a directory of the host that is shown to it, the file stays.
        await Run.PythonAsync(new BubblewrapLauncher(), $"open('/data/{canary}', 'w').write('x')", InDirectory);
        Assert.True(File.Exists($"{_directory}/{canary}"));
    }

    [Fact]
    public async Task T44_TemporaryFiles_HaveASize()
    {
        const string Script = """
            try:
                for name in 'abc':
                    with open('/tmp/' + name, 'wb') as f: f.write(bytes(3 << 20))
                print('all')
            except OSError as e: print(e.errno)
            """;
        ProcessSpec Small(ProcessSpec spec) => spec with { TemporaryBytes = 4 << 20 };

        var run = await Run.PythonAsync(new BubblewrapLauncher(), Script, Small);
        Assert.Equal("28\n", run.Output);

        var control = await Run.PythonAsync(Specs.Without(Defences.SizedTemporary), Script, Small);
        Assert.Equal("all\n", control.Output);
    }

    [Fact]
    public async Task T44_Cgroups_GoWithTheProcess()
    {
        string canary = HostSight.NewCanary();
        await using var process = await new BubblewrapLauncher().StartAsync(Specs.Python("print('up', flush=True)\ninput()", canary), TestContext.Current.CancellationToken);
        await process.Output.ReadExactlyAsync(new byte[3], TestContext.Current.CancellationToken);
        string[] groups = [.. HostSight.Find(canary).SelectMany(HostSight.Groups).Distinct()];
        Assert.NotEmpty(groups);

        await process.KillAsync();

        Assert.DoesNotContain(groups, Directory.Exists);
    }

    private ProcessSpec InDirectory(ProcessSpec spec) =>
        spec with { Mounts = [new ProcessMount(_directory, "/data", Writable: true)], WorkingDirectory = "/data" };
}
