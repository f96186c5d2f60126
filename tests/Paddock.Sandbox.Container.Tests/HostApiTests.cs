using Paddock.Engines;
using Paddock.Threats.Tests;
using Paddock.Threats.Tests.AcrossRuntimes;

namespace Paddock;

/// <summary>Python and Node in containers, on a host of their own.</summary>
public sealed class ContainerRuntimes : IHostRuntimes, IAsyncDisposable
{
    private readonly EngineFixture _engines;
    private readonly SharedHost _host;

    public ContainerRuntimes(DockerFixture engines)
    {
        _engines = engines;
        _host = new SharedHost { Runtimes = b => b.AddContainers(engines.Options("host-api")) };
    }

    public static IReadOnlyList<HostSubject> All => HostSubject.Containers;

    public async Task<SharedHost> HostAsync()
    {
        await _engines.ReadyAsync();
        return _host;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}

[Collection("Docker")]
public sealed class DockerHostApiTests(ContainerRuntimes runtimes, ITestOutputHelper output) : HostApiTests<ContainerRuntimes>(runtimes, output), IClassFixture<ContainerRuntimes>;

/// <summary>One package, in a process and in a container.</summary>
[Collection("Docker")]
public sealed class DockerSamePackageTests(DockerFixture engines)
{
    [Theory]
    [InlineData("python")]
    [InlineData("node")]
    public async Task Package_InAProcessAndInAContainer_RunsTheSame(string runtime)
    {
        await engines.ReadyAsync();
        await using var host = await WholeHost.StartAsync(o => (o.RollBackAfter, o.QuarantineAfter) = (0, 0), b => b.AddProcesses().AddContainers(engines.Options("same-" + runtime)));
        await SamePackage.RunsTheSameAsync(host, runtime, IsolationLevel.Process, IsolationLevel.Container);
    }

    [Fact]
    public async Task JavaScript_InTheProcessAndInAContainer_RunsTheSame()
    {
        await engines.ReadyAsync();
        await using var host = await WholeHost.StartAsync(o => (o.RollBackAfter, o.QuarantineAfter) = (0, 0), b => b.AddContainers(engines.Options("same-javascript")));
        await SamePackage.RunsTheSameAsync(host, "javascript", IsolationLevel.InProcess, IsolationLevel.Container);
        using var client = await engines.ConnectAsync();
        Assert.Single(await client.ContainersAsync("dev.paddock.package", TestContext.Current.CancellationToken), c => c.Labels!["dev.paddock.store"] == File.ReadAllText(Path.Combine(engines.Options("same-javascript").StateDirectory, "store")));
    }
}
