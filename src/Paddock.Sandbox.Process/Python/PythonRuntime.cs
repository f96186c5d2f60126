using Paddock.Sandbox.Protocol;
using Paddock.Sandbox.Protocol.Guests;

namespace Paddock.Sandbox.Process;

/// <summary>Python plugins on CPython in sandboxed processes: modules whose functions are called, and scripts that print.</summary>
public sealed class PythonRuntime(IProcessLauncher launcher, ProcessOptions? options = null) : ISandboxRuntime
{
    private readonly ProcessOptions _options = options ?? new ProcessOptions();

    /// <inheritdoc/>
    public PluginRuntime Runtime => PluginRuntime.Python;

    /// <inheritdoc/>
    public IsolationLevel Isolation => IsolationLevel.Process;

    /// <inheritdoc/>
    public bool TakesSources => true;

    /// <inheritdoc/>
    public ValueTask<ISandbox> CreateAsync(SandboxSpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var environment = Interpreter.Environment(spec);
        ProcessSpec Process(GuestTerms terms) => new()
        {
            Program = _options.Python,
            Arguments = [.. GuestBootstrap.PythonFlags(terms.Recorded), "-c", GuestBootstrap.Python],
            Environment = terms.Recorded ? new Dictionary<string, string>(environment) { [GuestBootstrap.PythonHashSeed] = "0" } : environment,
            Files = spec.Files,
            Profile = SyscallProfile.Python,
            Limits = terms.Limits,
        };
        return Interpreter.CreateAsync(launcher, spec, start => new ProtocolGuest { Start = start, Runtime = "python" }, Process, _options.Pool, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
