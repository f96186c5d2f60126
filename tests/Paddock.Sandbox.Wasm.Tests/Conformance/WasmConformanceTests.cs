using Paddock.Conformance;

namespace Paddock.Sandbox.Wasm.Tests.Conformance;

/// <summary>The list of behaviours inside the WebAssembly engine.</summary>
public sealed class WasmConformanceTests(RuntimeFixture js, WasmFixture wasm, ITestOutputHelper output) : ConformanceTests<WasmSubjects>(output)
{
    protected override ValueTask<ISandbox> CreateAsync(SandboxSpec spec, Behaviour behaviour, CancellationToken cancellationToken) =>
        spec.Runtime == PluginRuntime.JavaScript ? js.Runtime.CreateAsync(spec, cancellationToken) : wasm.Runtime.CreateAsync(spec, cancellationToken);
}
