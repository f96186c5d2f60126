using Paddock.Sandbox.Wasm.Calls;
using Paddock.Sandbox.Wasm.Threads;
using Paddock.Wasm;

namespace Paddock.Sandbox.Wasm.JavaScript;

/// <summary>A plugin as the image of its initialised heap.</summary>
internal sealed class JavaScriptSandbox(JavaScriptRuntime runtime, EngineImage engine, InstanceImage image, SandboxSpec spec) : ISandbox
{
    private readonly ThreadShare _share = new(runtime.Options.ThreadsPerPlugin);
    private readonly SemaphoreSlim _turns = new(runtime.Options.ConcurrentCallsPerPlugin);

    /// <summary>Bytes of memory that this plugin keeps beside what all share.</summary>
    internal long ResidentBytes => image.ResidentBytes;

    public long EstimatedBytes => ResidentBytes;

    public async ValueTask<CallResult> CallAsync(SandboxCall call, IHostChannel channel, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(channel);
        var limits = call.Limits ?? spec.Limits;
        var session = new CallSession(spec, limits, runtime.Clock) { Sources = call.Sources };
        using var deadline = new Deadline(limits.Timeout, runtime.Clock, cancellationToken);
        var nested = call.Depth > 0;
        var turn = nested || await JavaScriptRuntime.TakeAsync(_turns, deadline.Token).ConfigureAwait(false);
        var guest = turn ? await runtime.RentAsync(engine, nested, deadline.Token).ConfigureAwait(false) : null;
        if (guest is null)
        {
            if (turn && !nested) _turns.Release();
            var cancelled = deadline.Reason == ErrorCodes.Cancelled;
            return new CallResult
            {
                Status = cancelled ? CallStatus.Cancelled : CallStatus.LimitExceeded,
                Error = new CallError(cancelled ? ErrorCodes.Cancelled : ErrorCodes.TimeLimit, "The call ended while it waited for its turn."),
                Duration = session.Elapsed,
            };
        }

        try
        {
            return await new CallRun(guest, engine, image, spec, call, session, channel, runtime.Threads, _share, deadline).RunAsync().ConfigureAwait(false);
        }
        finally
        {
            deadline.Dispose();
            runtime.Return(guest, nested);
            if (!nested) _turns.Release();
        }
    }

    /// <summary>What the plugin's exported function "register" returns.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> RegisterAsync(CancellationToken cancellationToken = default)
    {
        var limits = spec.Limits with { Timeout = spec.Limits.InitTimeout };
        var call = new SandboxCall { Function = "register", Input = "null"u8.ToArray(), Limits = limits };
        var result = await CallAsync(call, RefusingHostChannel.Instance, cancellationToken).ConfigureAwait(false);
        if (result.Error?.Code == ErrorCodes.EntryPointNotFound) return null;
        return result.Error is { } error ? throw new SandboxLoadException(error) : result.Value;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
