using System.Diagnostics;
using Paddock.Engines;
using Paddock.Sandbox.Container;
using Paddock.Sandbox.Container.Engine;
using Paddock.Sandbox.Container.Running;

namespace Paddock;

/// <summary>A host that was killed: what it left is found and removed by the next one.</summary>
public abstract class SweepTests(EngineFixture engines)
{
    private const string Variable = "PADDOCK_SWEEP_CHILD";
    private const string Spin = "import time\nwhile True: time.sleep(1)  # orphan";
    private const string Idle = "def run(): return 1  # orphan";

    public static bool IsChild => Environment.GetEnvironmentVariable(Variable) is not null;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_HostWithWarmAndOneShotContainers_TheyEndByThemselvesAndTheNextHostLeavesNothing()
    {
        await engines.ReadyAsync();
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(SweepTests).Assembly.Location, "-method", $"{typeof(KilledHost).FullName}.{nameof(KilledHost.Child_RunsForEver)}"]) { RedirectStandardOutput = true };
        start.Environment[Variable] = $"{engines.Socket}|{engines.Options("killed").StateDirectory}";
        using var child = Process.Start(start)!;
        using var client = await engines.ConnectAsync();
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Token);
        late.CancelAfter(TimeSpan.FromMinutes(3));
        string oneShot = Label(Specs.Python(Spin)), warm = Label(Specs.Speaking(PluginRuntime.Python, Idle));
        while (!await RunsAsync(client, oneShot) || !await RunsAsync(client, warm))
        {
            Assert.False(child.HasExited, "The child ended.");
            await Task.Delay(20, late.Token);
        }


        // An installation that was under way, and an image that nobody has recorded.
        string left = Path.Combine(engines.Options("killed").StateDirectory, "egress-0123456789abcdef-01234567");
        Directory.CreateDirectory(left);
        string unrecorded = await UnrecordedImageAsync(client);
        child.Kill();
        await child.WaitForExitAsync(Token);

        // Nobody sweeps here: their input has ended. What was warm is gone, what ran once has ended.
        while (await RunsAsync(client, oneShot) || (await client.ContainersAsync(warm, Token)).Count > 0) await Task.Delay(20, late.Token);

        // Another store is not its business; the same store is.
        await using (var other = new ContainerEngine(engines.Options("other"))) Assert.Empty(await other.MissingAsync(Token));
        Assert.NotNull(await client.FindImageAsync(unrecorded, Token));
        await using var next = new ContainerEngine(engines.Options("killed"));
        await next.SweepAsync(Token);
        Assert.Empty(await client.ContainersAsync(oneShot, Token));
        Assert.Null(await client.FindImageAsync(unrecorded, Token));
        Assert.False(Directory.Exists(left));
        Assert.Single(Directory.EnumerateFiles(engines.Options("killed").StateDirectory, "*.host"));
    }

    [Fact]
    public async Task Killed_HostWhoseProgramIgnoresItsEnd_IsSweptByTheNext()
    {
        await using var engine = new ContainerEngine(engines.Options("ignores"));
        await engines.ReadyAsync();
        var connected = await engine.RequireAsync(Token);
        using var client = await engines.ConnectAsync();
        string image = (await client.FindImageAsync("localhost/paddock/python3.11:latest", Token))!.Id!;
        var labels = connected.Lease.Labels("ignores");
        labels["dev.paddock.host"] = "0123456789abcdef";
        var run = new RunSpec { Image = image, Command = ["python3", "-c", "import time\nwhile True: time.sleep(1)"], WorkingDirectory = "/", Limits = new Limits { MemoryBytes = 64 << 20 }, Labels = labels, Input = true };
        var body = ContainerFlags.Body(run, engines.Options("ignores"), client.IsPodman);
        string id = (await client.CreateAsync($"paddock-{Guid.NewGuid():n}", body, Token)).Id!;
        await client.StartAsync(id, Token);
        Assert.True(await RunsAsync(client, "dev.paddock.package=ignores"));
        await using var next = new ContainerEngine(engines.Options("ignores"));
        await next.SweepAsync(Token);
        Assert.Empty(await client.ContainersAsync("dev.paddock.package=ignores", Token));
    }

    [Fact]
    public async Task Sweep_ImageThatALivingHostBuilds_IsLeft()
    {
        await using var living = new ContainerEngine(engines.Options("builds"));
        await engines.ReadyAsync();
        var connected = await living.RequireAsync(Token);
        using var client = await engines.ConnectAsync();
        string image = await UnrecordedImageAsync(client, connected.Lease.Labels("builds"));
        await using (var next = new ContainerEngine(engines.Options("builds"))) await next.SweepAsync(Token);
        Assert.NotNull(await client.FindImageAsync(image, Token));

        // Control: when it has died it is nobody's.
        await living.DisposeAsync();
        await using (var next = new ContainerEngine(engines.Options("builds"))) await next.SweepAsync(Token);
        Assert.Null(await client.FindImageAsync(image, Token));
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

    private static string Label(SandboxSpec spec) => $"dev.paddock.package={spec.Digest}";

    private static async Task<bool> RunsAsync(EngineClient client, string label)
    {
        foreach (var container in await client.ContainersAsync(label, Token))
        {
            try
            {
                if ((await client.InspectAsync(container.Id!, Token)).State is { Running: true }) return true;
            }
            catch (EngineException)
            {
                // Gone meanwhile.
            }
        }

        return false;
    }

    /// <summary>An image as a build commits it, with the labels of a host, of a dead one unless told.</summary>
    private async Task<string> UnrecordedImageAsync(EngineClient client, Dictionary<string, string>? labels = null)
    {
        labels ??= new() { ["dev.paddock.store"] = File.ReadAllText(Path.Combine(engines.Options("killed").StateDirectory, "store")), ["dev.paddock.host"] = "0123456789abcdef" };
        string image = (await client.FindImageAsync("localhost/paddock/python3.11:latest", Token))!.Id!;
        var run = new RunSpec { Image = image, Command = ["x"], WorkingDirectory = "/", Limits = new Limits(), Labels = labels, Writable = true };
        string id = (await client.CreateAsync($"paddock-{Guid.NewGuid():n}", ContainerFlags.Body(run, engines.Options("killed"), client.IsPodman), Token)).Id!;
        string built = await client.CommitAsync(id, $"localhost/paddock/left-{Guid.NewGuid():n}", "latest", Token);
        await client.RemoveAsync(id, Token);
        // podman leaves the prefix out, and takes no id without.
        return built.StartsWith("sha256:", StringComparison.Ordinal) ? built : $"sha256:{built}";
    }

    internal static async Task RunForEverAsync()
    {
        string[] said = Environment.GetEnvironmentVariable(Variable)!.Split('|');
        await using var engine = new ContainerEngine(new ContainerOptions { Socket = said[0], StateDirectory = said[1] });
        await using var speaking = new ContainerRuntime(engine, PluginRuntime.Python);
        await using var warm = await speaking.CreateAsync(Specs.Speaking(PluginRuntime.Python, Idle));
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
