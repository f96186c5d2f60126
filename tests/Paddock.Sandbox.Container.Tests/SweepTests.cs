using System.Diagnostics;
using Paddock.Engines;
using Paddock.Sandbox.Container;

namespace Paddock;

/// <summary>A host that was killed: what it left is found and removed by the next one.</summary>
public abstract class SweepTests(EngineFixture engines)
{
    private const string Variable = "PADDOCK_SWEEP_CHILD";
    private const string Spin = "import time\nwhile True: time.sleep(1)  # orphan";

    public static bool IsChild => Environment.GetEnvironmentVariable(Variable) is not null;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Open_AfterAHostWasKilled_LeavesNothingOfIt()
    {
        await engines.ReadyAsync();
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(SweepTests).Assembly.Location, "-method", $"{typeof(KilledHost).FullName}.{nameof(KilledHost.Child_RunsForEver)}"]) { RedirectStandardOutput = true };
        start.Environment[Variable] = $"{engines.Socket}|{engines.Options("killed").StateDirectory}";
        using var child = Process.Start(start)!;
        using var client = await engines.ConnectAsync();
        string label = $"dev.paddock.package={Specs.Python(Spin).Digest}";
        while ((await client.ContainersAsync(label, Token)).Count == 0) Assert.False(child.HasExited, "The child ended.");
        child.Kill();
        await child.WaitForExitAsync(Token);
        Assert.NotEmpty(await client.ContainersAsync(label, Token));

        // Another store is not its business; the same store is.
        await using (var other = new ContainerEngine(engines.Options("other"))) Assert.Empty(await other.MissingAsync(Token));
        Assert.NotEmpty(await client.ContainersAsync(label, Token));
        await using var next = new ContainerEngine(engines.Options("killed"));
        Assert.Empty(await next.MissingAsync(Token));
        Assert.Empty(await client.ContainersAsync(label, Token));
    }

    [Fact]
    public async Task Open_WhileAnotherHostLives_LeavesItsContainers()
    {
        await using var living = await Bench.OpenAsync(engines, Specs.Speaking(PluginRuntime.Python, "def run(): return 1"), "living");
        await using var next = new ContainerEngine(engines.Options("living"));
        Assert.Empty(await next.MissingAsync(Token));
        using var client = await engines.ConnectAsync();
        Assert.NotEmpty(await client.ContainersAsync($"dev.paddock.package={living.Spec.Digest}", Token));
    }

    internal static async Task RunForEverAsync()
    {
        string[] said = Environment.GetEnvironmentVariable(Variable)!.Split('|');
        await using var engine = new ContainerEngine(new ContainerOptions { Socket = said[0], StateDirectory = said[1] });
        await using var runtime = new ContainerRuntime(engine);
        await using var sandbox = await runtime.CreateAsync(Specs.Python(Spin));
        await sandbox.CallAsync(new SandboxCall { Input = "null"u8.ToArray(), Limits = new Limits { Timeout = TimeSpan.FromMinutes(5) } }, RefusingHostChannel.Instance);
    }
}

/// <summary>The child of another test: a host with a call that does not end.</summary>
public sealed class KilledHost
{
    public static bool IsChild => SweepTests.IsChild;

    [Fact(Skip = "run by another test, in a process of its own", SkipUnless = nameof(IsChild))]
    public Task Child_RunsForEver() => SweepTests.RunForEverAsync();
}

[Collection("Docker")]
public sealed class DockerSweepTests(DockerFixture engines) : SweepTests(engines);

[Collection("Podman")]
public sealed class PodmanSweepTests(PodmanFixture engines) : SweepTests(engines);
