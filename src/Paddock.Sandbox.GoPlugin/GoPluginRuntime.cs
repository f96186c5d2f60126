namespace Paddock.Sandbox.GoPlugin;

/// <summary>Programs that speak HashiCorp's go-plugin protocol, such as GoatKit's: each in processes of its own, jailed by the launcher.</summary>
public sealed class GoPluginRuntime(IProcessLauncher launcher, GoPluginRuntimeOptions? options = null) : ISandboxRuntime
{
    private readonly GoPluginRuntimeOptions _options = options ?? new GoPluginRuntimeOptions();

    /// <inheritdoc/>
    public PluginRuntime Runtime => PluginRuntime.GoPlugin;

    /// <inheritdoc/>
    public IsolationLevel Isolation => IsolationLevel.Process;

    /// <inheritdoc/>
    public async ValueTask<ISandbox> CreateAsync(SandboxSpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (launcher.Missing is { Count: > 0 } missing) throw SandboxLoadException.ForMissing(missing);
        return await GoPluginSandbox.CreateAsync(spec, launcher, _options, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
