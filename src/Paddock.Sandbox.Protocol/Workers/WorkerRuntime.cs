namespace Paddock.Sandbox.Protocol.Workers;

/// <summary>
/// JavaScript and WebAssembly in worker processes, one for each plugin: the same engine, behind a second wall. A worker holds no key, no
/// database handle and no socket, and a plugin that breaks out of the engine finds itself alone in a jail, with its own grants.
/// </summary>
/// <param name="runtime">The runtime it serves.</param>
/// <param name="start">Starts a worker that hosts the runtime, within limits that leave room for the worker itself.</param>
/// <param name="isolation">What is around a worker: <see cref="IsolationLevel.Process"/> unless told.</param>
public sealed class WorkerRuntime(PluginRuntime runtime, Func<SandboxSpec, CancellationToken, ValueTask<IGuestProcess>> start, IsolationLevel isolation = IsolationLevel.Process) : ISandboxRuntime
{
    /// <inheritdoc/>
    public PluginRuntime Runtime => runtime;

    /// <inheritdoc/>
    public IsolationLevel Isolation => isolation;

    /// <inheritdoc/>
    public bool TakesSources => true;

    /// <inheritdoc/>
    public async ValueTask<ISandbox> CreateAsync(SandboxSpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var sandbox = new WorkerSandbox(spec, start);
        try
        {
            await sandbox.ConnectAsync(cancellationToken).ConfigureAwait(false);
            return sandbox;
        }
        catch
        {
            await sandbox.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
