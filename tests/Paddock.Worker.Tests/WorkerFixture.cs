using Paddock.Sandbox.Process;
using Paddock.Sandbox.Protocol.Workers;

[assembly: AssemblyFixture(typeof(Paddock.Worker.Tests.WorkerFixture))]

namespace Paddock.Worker.Tests;

/// <summary>Workers under the real launcher.</summary>
public sealed class WorkerFixture
{
    private readonly BubblewrapLauncher _launcher = new();

    public ValueTask<ISandbox> CreateAsync(SandboxSpec spec, CancellationToken cancellationToken) => CreateAsync(_launcher, spec, cancellationToken);

    /// <summary>A plugin's sandbox and the process of its worker.</summary>
    public async Task<(ISandbox Sandbox, IGuestProcess Worker)> CreateWatchedAsync(SandboxSpec spec, CancellationToken cancellationToken)
    {
        var watched = new WatchedLauncher(_launcher);
        var sandbox = await CreateAsync(watched, spec, cancellationToken);
        return (sandbox, Assert.Single(watched.Started));
    }

    private static ValueTask<ISandbox> CreateAsync(IProcessLauncher launcher, SandboxSpec spec, CancellationToken cancellationToken) =>
        new WorkerRuntime(spec.Runtime, new WorkerStarter(launcher, new WorkerOptions()).StartAsync).CreateAsync(spec, cancellationToken);

    // One for each test that asks: tests run side by side, and a worker that is killed is to be the test's own.
    private sealed class WatchedLauncher(IProcessLauncher launcher) : IProcessLauncher
    {
        public IReadOnlyList<Finding> Missing => launcher.Missing;

        public List<IGuestProcess> Started { get; } = [];

        public async ValueTask<IGuestProcess> StartAsync(ProcessSpec spec, CancellationToken cancellationToken)
        {
            var process = await launcher.StartAsync(spec, cancellationToken);
            Started.Add(process);
            return process;
        }
    }
}
