using Paddock.Conformance;

namespace Paddock.Sandbox.Process.Tests.Conformance;

/// <summary>The list of behaviours in sandboxed processes. State is fresh where each call has a process of its own; that is an option.</summary>
public sealed class ProcessConformanceTests(ProcessFixture processes, ITestOutputHelper output) : ConformanceTests<ProcessSubjects>(output)
{
    protected override ValueTask<ISandbox> CreateAsync(SandboxSpec spec, Behaviour behaviour, CancellationToken cancellationToken) =>
        processes.CreateAsync(spec, fresh: behaviour.Name == "fresh state", cancellationToken);
}
