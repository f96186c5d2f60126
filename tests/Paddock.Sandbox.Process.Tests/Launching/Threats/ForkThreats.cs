namespace Paddock.Sandbox.Process.Tests;

/// <summary>Row 37: fork bombs, and what programs leave running.</summary>
public sealed class ForkThreats
{
    /// <summary>Forks until it may not, or up to 60.</summary>
    private const string Bomb = """
        import os, time
        made = 0
        while made < 60:
            try: child = os.fork()
            except OSError: break
            if child == 0: time.sleep(1000)
            made += 1
        print(made, flush=True)
        """;

    /// <summary>Leaves a grandchild in a session of its own, with nothing open, and ends.</summary>
    private const string Orphan = """
        import os, time
        read, write = os.pipe()
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.write(write, b'x')
                os.closerange(0, 64)
                time.sleep(1000)
            os._exit(0)
        os.read(read, 1)
        print('left', flush=True)
        """;

    [Fact]
    public async Task T37_ForkBomb_StopsAtItsLimitAndGoesWithItsProgram()
    {
        await using var neighbour = await Neighbour.StartAsync();
        string canary = HostSight.NewCanary();

        var run = await Run.PythonAsync(new BubblewrapLauncher(), Bomb, Marked(canary));

        // One of its 16 is itself.
        Assert.Equal("15\n", run.Output);
        Assert.Empty(HostSight.Find(canary));
        await neighbour.AnswersAsync();
    }

    [Fact]
    public async Task T37_Control_WithoutTheLimitTheBombGoesOn()
    {
        var run = await Run.PythonAsync(Specs.Without(Defences.Pids), Bomb);

        Assert.Equal("60\n", run.Output);
    }

    [Fact]
    public async Task T37_OrphanedGrandchild_IsGoneWhenTheProgramIs()
    {
        string canary = HostSight.NewCanary();

        var run = await Run.PythonAsync(new BubblewrapLauncher(), Orphan, Marked(canary));

        Assert.Equal("left\n", run.Output);
        Assert.Empty(HostSight.Find(canary));
    }

    [Theory]
    [InlineData(Defences.ProcessNamespace)]
    [InlineData(Defences.EmptiedGroup)]
    internal async Task T37_OrphanedGrandchild_IsGoneByEitherDefenceAlone(Defences lifted)
    {
        string canary = HostSight.NewCanary();

        Assert.Equal("left\n", (await Run.PythonAsync(Specs.Without(lifted), Orphan, Marked(canary))).Output);

        await HostSight.GoneAsync(canary);
    }

    [Fact]
    public async Task T37_Control_WithoutNamespaceAndGroupTheGrandchildStays()
    {
        string canary = HostSight.NewCanary();
        try
        {
            Assert.Equal("left\n", (await Run.PythonAsync(Specs.Without(Defences.ProcessNamespace | Defences.EmptiedGroup), Orphan, Marked(canary))).Output);

            Assert.Single(HostSight.Find(canary));
        }
        finally
        {
            HostSight.Kill(canary);
            await HostSight.GoneAsync(canary);
        }
    }

    private static Func<ProcessSpec, ProcessSpec> Marked(string canary) => spec => spec with { Arguments = [.. spec.Arguments, canary] };
}
