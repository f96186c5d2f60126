using Paddock.Engines;
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
