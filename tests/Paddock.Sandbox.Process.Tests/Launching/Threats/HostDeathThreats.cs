namespace Paddock.Sandbox.Process.Tests;

/// <summary>Row 37: a host that is killed leaves nothing running, and what it leaves behind is removed by the next.</summary>
public sealed class HostDeathThreats : IDisposable
{
    /// <summary>Beats for ever, whatever becomes of its standard streams.</summary>
    private const string Beat = """
        import time
        n = 0
        while True:
            n += 1
            with open('/data/beat', 'w') as f: f.write('%8d' % n)
            time.sleep(0.02)
        """;

    private readonly string _directory = Specs.SharedDirectory("paddock-beat-");
    private readonly string _canary = HostSight.NewCanary();

    public static bool IsChild => HostChild.IsChild;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        HostSight.Kill(_canary);
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task T37_HostIsKilled_ProgramsGo()
    {
        using var host = await StartAsync(Defences.None);

        await host.KillAsync();

        await HostSight.GoneAsync(_canary);
    }

    [Fact]
    public async Task T37_Control_WithoutTheBondProgramsStayAndTheNextHostEndsThem()
    {
        using var host = await StartAsync(Defences.DiesWithHost);

        await host.KillAsync();

        // It goes on beating, long after the host.
        await BeatsAsync(5);
        Assert.NotEmpty(HostSight.Find(_canary));

        foreach (var hierarchy in CgroupHome.OfThisProcess.Hierarchies) CgroupSweep.RemoveLeftovers(hierarchy);
        await HostSight.GoneAsync(_canary);
    }

    [Fact]
    public void T42_HostName_OfTheLivingIsNotOfTheDead()
    {
        string own = HostName.OfThisProcess();
        string[] parts = own.Split('-');

        Assert.False(HostName.IsOfTheDead(own));
        // The same number, started at another time: another host.
        Assert.True(HostName.IsOfTheDead($"{parts[0]}-{parts[1]}-{parts[2]}-1"));
        // Another pid namespace, whose numbers say nothing here; and what is no name of ours.
        Assert.False(HostName.IsOfTheDead($"{parts[0]}-1-{parts[2]}-1"));
        Assert.False(HostName.IsOfTheDead("paddock-host"));
    }

    /// <summary>The child: a host that starts a program and waits.</summary>
    [Fact(Skip = "run by another test, in a process of its own", SkipUnless = nameof(IsChild))]
    public async Task Child_StartsAProgramAndWaits()
    {
        string[] task = HostChild.Task!.Split('|');
        var spec = Specs.Python(Beat, task[1]) with { Mounts = [new ProcessMount(task[2], "/data", Writable: true)] };
        await using var process = await Specs.Without(Enum.Parse<Defences>(task[0])).StartAsync(spec, Ct);
        HostChild.Say("started");
        await Task.Delay(Timeout.Infinite, Ct);
    }

    private async Task<HostChild> StartAsync(Defences lifted)
    {
        var host = HostChild.Start(typeof(HostDeathThreats), nameof(Child_StartsAProgramAndWaits), $"{lifted}|{_canary}|{_directory}");
        Assert.Equal("started", await host.NextAsync());
        await BeatsAsync(1);
        return host;
    }

    private async Task BeatsAsync(int times)
    {
        int first = Last();
        while (Last() < first + times) await Task.Delay(10, Ct);
    }

    private int Last()
    {
        string file = Path.Combine(_directory, "beat");
        return File.Exists(file) && int.TryParse(File.ReadAllText(file), out int count) ? count : 0;
    }
}
