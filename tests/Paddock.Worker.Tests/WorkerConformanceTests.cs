using Paddock.Conformance;
using Paddock.Sandbox.Wasm.Tests.Conformance;

namespace Paddock.Worker.Tests;

/// <summary>The list of behaviours, with the engine in a jailed worker.</summary>
public sealed class WorkerConformanceTests(WorkerFixture workers, ITestOutputHelper output) : ConformanceTests<WasmSubjects>(output)
{
    protected override ValueTask<ISandbox> CreateAsync(SandboxSpec spec, Behaviour behaviour, CancellationToken cancellationToken) =>
        workers.CreateAsync(spec, cancellationToken);
}
