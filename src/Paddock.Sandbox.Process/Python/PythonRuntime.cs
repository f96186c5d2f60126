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
    public ValueTask<ISandbox> CreateAsync(SandboxSpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var process = new ProcessSpec
        {
            Program = _options.Python,

            // -I: no variables, no user's packages, no directory of the caller's on the path. -B: nothing to write back.
            Arguments = ["-I", "-B", "-c", GuestBootstrap.Python],
            Environment = Interpreter.Environment(spec),
            Files = spec.Files,
            Profile = SyscallProfile.Python,
            Limits = spec.Limits,
        };
        return Interpreter.CreateAsync(launcher, spec, start => new ProtocolGuest { Start = start, Runtime = "python" }, process, _options.Pool, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
