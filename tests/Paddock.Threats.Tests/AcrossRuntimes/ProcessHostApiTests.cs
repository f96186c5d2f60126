namespace Paddock.Threats.Tests.AcrossRuntimes;

public sealed class ProcessRuntimes : IHostRuntimes, IAsyncDisposable
{
    private readonly SharedHost _host = new() { Runtimes = b => b.AddWorkers().AddProcesses().AddGoPlugins() };

    public static IReadOnlyList<HostSubject> All => HostSubject.Processes;

    public Task<SharedHost> HostAsync() => Task.FromResult(_host);

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}

public sealed class ProcessHostApiTests(ProcessRuntimes runtimes, ITestOutputHelper output) : HostApiTests<ProcessRuntimes>(runtimes, output), IClassFixture<ProcessRuntimes>;
