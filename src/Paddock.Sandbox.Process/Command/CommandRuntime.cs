namespace Paddock.Sandbox.Process;

/// <summary>Commands: programs that are run once for each call, in a sandbox of their own.</summary>
public sealed class CommandRuntime(IProcessLauncher launcher, ProcessOptions? options = null) : ISandboxRuntime
{
    private readonly ProcessOptions _options = options ?? new ProcessOptions();

    /// <inheritdoc/>
    public PluginRuntime Runtime => PluginRuntime.Command;

    /// <inheritdoc/>
    public IsolationLevel Isolation => IsolationLevel.Process;

    /// <inheritdoc/>
    public ValueTask<ISandbox> CreateAsync(SandboxSpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (launcher.Missing is { Count: > 0 } missing) throw SandboxLoadException.ForMissing(missing);
        if (!spec.Files.TryGetValue(spec.Entry, out var program)) throw Failed(ErrorCodes.EntryPointNotFound, $"The package has no program {spec.Entry}.");
        if (!CommandProcesses.IsProgram(program.Span)) throw Failed(ErrorCodes.CompileError, $"{spec.Entry} is no program: it is neither an ELF file nor does it begin with #!.");
        if (spec.Stateful) throw Failed(ErrorCodes.RuntimeUnavailable, "Each call of a command is a run of its own; what is to be kept belongs into the plugin's store.");
        var commands = new CommandProcesses(launcher, spec, _options.Pool);
        return ValueTask.FromResult<ISandbox>(spec.Dialect == "nexus" ? new NexusRunnerSandbox(commands) : new CommandSandbox(commands, native: spec.Dialect == "paddock"));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static SandboxLoadException Failed(string code, string message) => new(new CallError(code, message));
}
