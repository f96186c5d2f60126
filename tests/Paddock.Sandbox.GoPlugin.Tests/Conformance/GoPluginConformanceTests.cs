using Paddock.Conformance;

namespace Paddock.Sandbox.GoPlugin.Tests.Conformance;

/// <summary>The list of behaviours. State is fresh where each call has a process of its own; that is an option.</summary>
public sealed class GoPluginConformanceTests(Plugins plugins, ITestOutputHelper output) : ConformanceTests<GoPluginSubjects>(output)
{
    protected override ValueTask<ISandbox> CreateAsync(SandboxSpec spec, Behaviour behaviour, CancellationToken cancellationToken) =>
        (behaviour.Name == "fresh state" ? plugins.Fresh : plugins.Runtime).CreateAsync(spec, cancellationToken);
}
