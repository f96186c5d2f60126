using Paddock.Sandbox.Process;
using Paddock.Sandbox.Protocol.Workers;

[assembly: AssemblyFixture(typeof(Paddock.Worker.Tests.WorkerFixture))]

namespace Paddock.Worker.Tests;

/// <summary>Workers under the real launcher.</summary>
public sealed class WorkerFixture : IProcessLauncher
{
    private readonly BubblewrapLauncher _launcher = new();
    private readonly WorkerStarter _starter;

    public WorkerFixture() => _starter = new WorkerStarter(this, new WorkerOptions());

    public IReadOnlyList<Finding> Missing => _launcher.Missing;

    /// <summary>The last one that was started.</summary>
    public IGuestProcess? Last { get; private set; }

    public async ValueTask<IGuestProcess> StartAsync(ProcessSpec spec, CancellationToken cancellationToken) =>
        Last = await _launcher.StartAsync(spec, cancellationToken);

    public ValueTask<ISandbox> CreateAsync(SandboxSpec spec, CancellationToken cancellationToken) =>
        new WorkerRuntime(spec.Runtime, _starter.StartAsync).CreateAsync(spec, cancellationToken);
}
