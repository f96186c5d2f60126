using System.Collections.Concurrent;
using Paddock.Sandbox.Wasm.Calls;
using Paddock.Sandbox.Wasm.Threads;

namespace Paddock.Sandbox.Wasm.Abi;

/// <summary>
/// A plugin as a compiled module and the image of its initialised state. Without an image each call initialises an instance of its own. A plugin
/// that keeps its state has one instance, and one call at a time.
/// </summary>
internal sealed class WebAssemblySandbox(WebAssemblyRuntime runtime, WasmProgram program, GuestImage? image, byte[]? registration, SandboxSpec spec) : ISandbox
{
    // The CIL and the machine code that a byte of a module becomes, roughly.
    private const int CompiledBytesPerByte = 8;

    private readonly ThreadShare _share = new(runtime.Options.ThreadsPerPlugin);
    private readonly ConcurrentBag<WasmGuest> _idle = [];
    private readonly SemaphoreSlim _turn = new(1);
    private WasmGuest? _kept;
    private long _clock;
    private volatile bool _disposed;

    public long EstimatedBytes => ((long)spec.Files[spec.Entry].Length * CompiledBytesPerByte) + ((image?.Instance.ResidentBytes ?? 0) * (1 + _idle.Count));

    public ValueTask<ReadOnlyMemory<byte>?> RegisterAsync(CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(registration is null ? (ReadOnlyMemory<byte>?)null : registration);

    public async ValueTask<CallResult> CallAsync(SandboxCall call, IHostChannel channel, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(channel);
        var limits = call.Limits ?? spec.Limits;
        using var deadline = new Deadline(limits.Timeout, runtime.Options.TimeProvider, cancellationToken);
        var entered = false;
        GuestCall? session = null;
        try
        {
            if (spec.Stateful)
            {
                await _turn.WaitAsync(deadline.Token).ConfigureAwait(false);
                entered = true;
            }

            session = Session(call, limits, channel, deadline);
            return await runtime.Threads.RunAsync(() => Run(call, session), _share, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.Reason is not null)
        {
            return Failed(session ?? Session(call, limits, channel, deadline), CallFailure.Limit(deadline.Reason));
        }
        catch (CallFailedException e)
        {
            return Failed(session ?? Session(call, limits, channel, deadline), e.Failure);
        }
        finally
        {
            if (entered) _turn.Release();
        }
    }

    public ValueTask DisposeAsync()
    {
        _disposed = true;
        while (_idle.TryTake(out var guest)) guest.Dispose();
        Interlocked.Exchange(ref _kept, null)?.Dispose();
        return ValueTask.CompletedTask;
    }

    private GuestCall Session(SandboxCall call, Limits limits, IHostChannel channel, Deadline deadline) =>
        new(limits, channel, deadline, runtime.Options.TimeProvider, call.Sources) { ClockOrigin = (spec.Limits.InitTimeout.Ticks * 100) + Interlocked.Read(ref _clock) };

    /// <summary>On a guest thread: the whole call.</summary>
    private CallResult Run(SandboxCall call, GuestCall session)
    {
        var before = session.Enter();
        WasmGuest? guest = null;
        var completed = false;
        try
        {
            session.Deadline.ThrowIfReached();
            guest = Rent(session);
            var value = GuestAbi.CheckedJson(guest.Abi.Run(call.Function ?? spec.EntryPoint, call));
            session.EndLines();
            completed = true;
            return Result(session, CallStatus.Completed, null, value);
        }
        catch (Exception e) when (ProgramLoader.FailureOf(e, session.Deadline) is { } failure)
        {
            return Failed(session, failure);
        }
        finally
        {
            GuestLane.Current = before;

            // After this the instance may be another call's: it is not interrupted any more.
            session.Deadline.Dispose();
            if (guest is not null) Return(guest, completed, session);
        }
    }

    private WasmGuest Rent(GuestCall session)
    {
        if (Interlocked.Exchange(ref _kept, null) is { } kept) return Begun(kept, null, session);
        if (image is null) return Initialized(session);
        return Begun(_idle.TryTake(out var guest) ? guest : WasmGuest.Start(program, session), image, session);
    }

    private static WasmGuest Begun(WasmGuest guest, GuestImage? from, GuestCall session)
    {
        try
        {
            guest.Begin(from, session);
            return guest;
        }
        catch
        {
            guest.Dispose();
            throw;
        }
    }

    /// <summary>The plugin's own initialisation, with every host call refused, within the call's limits.</summary>
    private WasmGuest Initialized(GuestCall session)
    {
        var guest = WasmGuest.Start(program, ProgramLoader.Call(spec, session.Limits, session.Deadline, runtime.Options.TimeProvider));
        try
        {
            guest.Abi.Initialize();
        }
        catch
        {
            guest.Dispose();
            throw;
        }

        return Begun(guest, null, session);
    }

    private void Return(WasmGuest guest, bool completed, GuestCall session)
    {
        if (spec.Stateful)
        {
            // What a call that failed has left half done is nothing to go on with: the next one starts anew.
            if (completed) Volatile.Write(ref _kept, guest);
            else guest.Dispose();
            if (_disposed) Interlocked.Exchange(ref _kept, null)?.Dispose();
            Interlocked.Add(ref _clock, (long)session.Elapsed.TotalNanoseconds);
            return;
        }

        if (image is null || _disposed || _idle.Count >= runtime.Options.IdleInstances || !guest.CanBeImaged)
        {
            guest.Dispose();
            return;
        }

        // What this call has needed beyond the image is not kept from the system until the next.
        if (guest.HasGrown(image)) guest.Reset(image);
        _idle.Add(guest);
        if (_disposed && _idle.TryTake(out var late)) late.Dispose();
    }

    private static CallResult Failed(GuestCall session, CallFailure failure)
    {
        try
        {
            session.EndLines();
        }
        catch (LimitBreachException)
        {
            // The last line does not fit either; the call has failed already.
        }

        return Result(session, failure.Status, failure.Error, default);
    }

    private static CallResult Result(GuestCall session, CallStatus status, CallError? error, ReadOnlyMemory<byte> value) => new()
    {
        Status = status,
        Error = error,
        Value = value,
        Logs = session.Log.Entries,
        Duration = session.Elapsed,
        HostCalls = session.HostCalls,
    };
}
