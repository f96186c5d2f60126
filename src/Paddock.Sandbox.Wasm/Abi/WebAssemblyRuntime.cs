using Paddock.Sandbox.Wasm.Calls;
using Paddock.Sandbox.Wasm.Threads;

namespace Paddock.Sandbox.Wasm.Abi;

/// <summary>
/// WebAssembly modules on Paddock.Wasm, in whichever of the known interfaces they are written: GoatKit's gk, Extism's, or a WASI command. Each call starts
/// from the image of its plugin's initialised state, unless the plugin is to keep its state.
/// </summary>
public sealed class WebAssemblyRuntime : ISandboxRuntime
{
    private readonly SemaphoreSlim _loads;
    private readonly GuestThreads _loadThreads;
    private readonly ThreadShare _loadShare;
    private int _disposed;

    /// <summary>A runtime without any plugin.</summary>
    public WebAssemblyRuntime(WebAssemblyRuntimeOptions? options = null)
    {
        Options = options ?? new WebAssemblyRuntimeOptions();
        Threads = new GuestThreads(Options.Threads, Options.ThreadStackBytes);
        _loadThreads = new GuestThreads(Options.ConcurrentLoads, Options.ThreadStackBytes);
        _loadShare = new ThreadShare(Options.ConcurrentLoads);
        _loads = new SemaphoreSlim(Options.ConcurrentLoads);
    }

    /// <inheritdoc/>
    public PluginRuntime Runtime => PluginRuntime.Wasm;

    /// <inheritdoc/>
    public IsolationLevel Isolation => IsolationLevel.InProcess;

    /// <inheritdoc/>
    public bool TakesSources => true;

    internal WebAssemblyRuntimeOptions Options { get; }

    internal GuestThreads Threads { get; }

    /// <inheritdoc/>
    public async ValueTask<ISandbox> CreateAsync(SandboxSpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var limits = spec.Limits with { Timeout = spec.Limits.InitTimeout };
        using var deadline = new Deadline(limits.Timeout, Options.TimeProvider, cancellationToken);
        var turn = false;
        try
        {
            await _loads.WaitAsync(deadline.Token).ConfigureAwait(false);
            turn = true;
            return await _loadThreads.RunAsync(() => ProgramLoader.Load(this, spec, limits, deadline), _loadShare, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.Reason is not null)
        {
            throw new SandboxLoadException(new CallError(deadline.Reason, "Initialisation ended while it waited for its turn."));
        }
        finally
        {
            if (turn) _loads.Release();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        // A container disposes it for each service that it is.
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return ValueTask.CompletedTask;
        Threads.Dispose();
        _loadThreads.Dispose();
        _loads.Dispose();
        return ValueTask.CompletedTask;
    }
}
