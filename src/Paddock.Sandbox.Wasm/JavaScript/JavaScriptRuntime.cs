using System.Collections.Concurrent;
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
    private readonly Task<EngineImage> _engine;
    private int _disposed;

    /// <summary>Starts compiling the engine in the background; the first plugin waits for it.</summary>
    public JavaScriptRuntime(JavaScriptRuntimeOptions? options = null)
    {
        options ??= new JavaScriptRuntimeOptions();
        Clock = options.TimeProvider;
        Threads = new GuestThreads(options.Threads, options.ThreadStackBytes);
        _slots = new SemaphoreSlim(options.ConcurrentCalls);
        _engine = Threads.RunAsync(() => EngineImage.Create(Clock));
    }

    /// <inheritdoc/>
    public PluginRuntime Runtime => PluginRuntime.JavaScript;

    /// <inheritdoc/>
    public IsolationLevel Isolation => IsolationLevel.InProcess;

    internal TimeProvider Clock { get; }

    internal GuestThreads Threads { get; }

    /// <inheritdoc/>
    public async ValueTask<ISandbox> CreateAsync(SandboxSpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var engine = await _engine.WaitAsync(cancellationToken).ConfigureAwait(false);
        var limits = spec.Limits with { Timeout = spec.Limits.InitTimeout };
        using var deadline = new Deadline(limits.Timeout, Clock, cancellationToken);
        var guest = await RentAsync(engine, deadline.Token).ConfigureAwait(false)
            ?? throw new SandboxLoadException(new CallError(ErrorCodes.TimeLimit, "Initialisation ended while it waited for its turn."));
        try
        {
            var session = new CallSession(spec, limits, Clock);
            var image = await Threads.RunAsync(() => Load(guest, engine, spec, session, deadline)).ConfigureAwait(false);
            return new JavaScriptSandbox(this, engine, image, spec);
        }
        finally
        {
            deadline.Dispose();
            Return(guest);
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
        while (_idle.TryPop(out var guest)) guest.Dispose();
        _slots.Dispose();
    }

    /// <summary>An instance for one call, or null when <paramref name="cancellationToken"/> fires first.</summary>
    internal async ValueTask<QuickJs?> RentAsync(EngineImage engine, CancellationToken cancellationToken)
    {
        try
        {
            await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return null;
        }

        return _idle.TryPop(out var guest) ? guest : new QuickJs(engine.Module);
    }

    internal void Return(QuickJs guest)
    {
        _idle.Push(guest);
        _slots.Release();
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
