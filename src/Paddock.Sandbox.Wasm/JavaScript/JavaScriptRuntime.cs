using System.Collections.Concurrent;
using Paddock.Sandbox.Wasm.Calls;
using Paddock.Sandbox.Wasm.Threads;
using Paddock.Wasm;

namespace Paddock.Sandbox.Wasm.JavaScript;

/// <summary>
/// JavaScript (ES2023) on QuickJS-NG, as a guest of Paddock.Wasm: the JavaScript sandbox is the WebAssembly sandbox. Each call
/// starts from the image of its plugin's initialised heap, so that no call sees another's state.
/// </summary>
public sealed class JavaScriptRuntime : ISandboxRuntime
{
    private readonly ConcurrentStack<QuickJs> _idle = [];
    private readonly SemaphoreSlim _slots;
    private readonly SemaphoreSlim _loads;
    private readonly GuestThreads _loadThreads;
    private readonly ThreadShare _loadShare;
    private readonly Task<EngineImage> _engine;
    private int _disposed;

    /// <summary>Starts compiling the engine in the background; the first plugin waits for it.</summary>
    public JavaScriptRuntime(JavaScriptRuntimeOptions? options = null)
    {
        options ??= new JavaScriptRuntimeOptions();
        Clock = options.TimeProvider;
        Options = options;
        Threads = new GuestThreads(options.Threads, options.ThreadStackBytes);
        _loadThreads = new GuestThreads(options.ConcurrentLoads, options.ThreadStackBytes);
        _loadShare = new ThreadShare(options.ConcurrentLoads);
        _loads = new SemaphoreSlim(options.ConcurrentLoads);
        _slots = new SemaphoreSlim(options.ConcurrentCalls);
        _engine = _loadThreads.RunAsync(() => EngineImage.Create(Clock), _loadShare, CancellationToken.None);
    }

    /// <inheritdoc/>
    public PluginRuntime Runtime => PluginRuntime.JavaScript;

    /// <inheritdoc/>
    public IsolationLevel Isolation => IsolationLevel.InProcess;

    /// <inheritdoc/>
    public bool TakesSources => true;

    internal JavaScriptRuntimeOptions Options { get; }

    internal TimeProvider Clock { get; }

    internal GuestThreads Threads { get; }

    /// <inheritdoc/>
    public async ValueTask<ISandbox> CreateAsync(SandboxSpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (spec.Stateful) throw new SandboxLoadException(new CallError(ErrorCodes.RuntimeUnavailable, "JavaScript plugins start every call from their initial state; what is to be kept belongs into the plugin's store."));
        var engine = await _engine.WaitAsync(cancellationToken).ConfigureAwait(false);
        var limits = spec.Limits with { Timeout = spec.Limits.InitTimeout };
        using var deadline = new Deadline(limits.Timeout, Clock, cancellationToken);
        if (!await TakeAsync(_loads, deadline.Token).ConfigureAwait(false))
            throw new SandboxLoadException(new CallError(deadline.Reason ?? ErrorCodes.TimeLimit, "Initialisation ended while it waited for its turn."));
        var guest = Idle(engine);
        try
        {
            var session = new CallSession(spec, limits, Clock);
            var image = await _loadThreads.RunAsync(() => Load(guest, engine, spec, session, deadline), _loadShare, deadline.Token).ConfigureAwait(false);
            return new JavaScriptSandbox(this, engine, image, spec);
        }
        catch (OperationCanceledException) when (deadline.Reason is not null)
        {
            throw new SandboxLoadException(new CallError(deadline.Reason, "Initialisation ended while it waited for a thread."));
        }
        finally
        {
            deadline.Dispose();
            _idle.Push(guest);
            _loads.Release();
        }
    }

    /// <summary>Completes when the engine is compiled and booted.</summary>
    public Task WarmAsync(CancellationToken cancellationToken = default) => _engine.WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // A container disposes it for each service that it is.
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await ((Task)_engine).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Threads.Dispose();
        _loadThreads.Dispose();
        while (_idle.TryPop(out var guest)) guest.Dispose();
        _slots.Dispose();
        _loads.Dispose();
    }

    /// <summary>
    /// An instance for one call, or null when <paramref name="cancellationToken"/> fires before its turn. A nested call takes no turn of its own:
    /// the first of its chain has one, and chains could otherwise wait for each other.
    /// </summary>
    internal async ValueTask<QuickJs?> RentAsync(EngineImage engine, bool nested, CancellationToken cancellationToken) =>
        nested || await TakeAsync(_slots, cancellationToken).ConfigureAwait(false) ? Idle(engine) : null;

    internal void Return(QuickJs guest, bool nested)
    {
        _idle.Push(guest);
        if (!nested) _slots.Release();
    }

    private QuickJs Idle(EngineImage engine) => _idle.TryPop(out var guest) ? guest : new QuickJs(engine.Module);

    /// <summary>Takes a turn; false when <paramref name="cancellationToken"/> fires first.</summary>
    internal static async ValueTask<bool> TakeAsync(SemaphoreSlim turns, CancellationToken cancellationToken)
    {
        try
        {
            await turns.WaitAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static InstanceImage Load(QuickJs guest, EngineImage engine, SandboxSpec spec, CallSession session, Deadline deadline)
    {
        deadline.Watch(guest);
        try
        {
            return PluginLoader.Load(guest, engine, spec, session);
        }
        catch (LimitBreachException e)
        {
            throw new SandboxLoadException(new CallError(e.Code, "The plugin broke a limit while it was loaded."));
        }
        catch (TrapException e)
        {
            throw new SandboxLoadException(new CallError(CodeOf(e.Code, guest, deadline), "The plugin was stopped while it was loaded."));
        }
    }

    private static string CodeOf(TrapCode trap, QuickJs guest, Deadline deadline) => trap switch
    {
        TrapCode.Interrupted => deadline.Reason ?? ErrorCodes.GuestTrap,
        TrapCode.MemoryLimit => ErrorCodes.MemoryLimit,
        TrapCode.StackExhausted => ErrorCodes.StackLimit,
        TrapCode.MemoryOutOfBounds when guest.StackOverflowed => ErrorCodes.StackLimit,
        _ => ErrorCodes.GuestTrap,
    };
}
