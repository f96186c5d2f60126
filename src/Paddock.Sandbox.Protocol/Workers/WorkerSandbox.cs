using System.Text.Json;
using System.Text.Unicode;

namespace Paddock.Sandbox.Protocol.Workers;

/// <summary>A plugin in a worker. A worker that dies takes its calls with it; the next call starts another.</summary>
internal sealed class WorkerSandbox(SandboxSpec spec, Func<SandboxSpec, CancellationToken, ValueTask<IGuestProcess>> start) : ISandbox
{
    // What the worker takes itself, for who counts what plugins hold.
    private const long OwnBytes = 64L << 20;

    // The worker ends calls by itself; who does not obey is killed.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _connecting = new(1, 1);
    private volatile WorkerConnection? _connection;
    private bool _disposed;

    public long EstimatedBytes => OwnBytes;

    /// <summary>The worker with the plugin loaded.</summary>
    /// <exception cref="SandboxLoadException">The plugin does not load, or the worker does not start.</exception>
    internal async ValueTask<WorkerConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_connection is { IsOpen: true } open) return open;
        await _connecting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_connection is { IsOpen: true } other) return other;
            if (_connection is { } dead) await dead.DisposeAsync().ConfigureAwait(false);
            var process = await start(spec, cancellationToken).ConfigureAwait(false);
            _connection = await WorkerConnection.LoadAsync(process, spec, Grace, cancellationToken).ConfigureAwait(false);
            return _connection;
        }
        finally
        {
            _connecting.Release();
        }
    }

    public async ValueTask<ReadOnlyMemory<byte>?> RegisterAsync(CancellationToken cancellationToken = default)
    {
        var connection = await ConnectAsync(cancellationToken).ConfigureAwait(false);
        return await connection.RegisterAsync(spec.Limits.InitTimeout + Grace, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<CallResult> CallAsync(SandboxCall call, IHostChannel channel, CancellationToken cancellationToken = default)
    {
        var limits = call.Limits ?? spec.Limits;
        WorkerConnection connection;
        try
        {
            connection = await ConnectAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (SandboxLoadException e)
        {
            return WorkerResults.Failed(CallStatus.GuestFault, e.Error);
        }
        catch (OperationCanceledException)
        {
            return WorkerResults.Cancelled;
        }

        var pending = new WorkerCall(call, channel, limits, cancellationToken);
        return await connection.CallAsync(pending, limits.Timeout + Grace, Grace).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _connecting.WaitAsync().ConfigureAwait(false);
        _disposed = true;
        _connecting.Release();
        if (_connection is { } connection) await connection.DisposeAsync().ConfigureAwait(false);
    }
}

/// <summary>Results that the host makes itself, and those that it takes from a worker.</summary>
internal static class WorkerResults
{
    private const int LongestCode = 100, LongestName = 1000, LongestMessage = 20_000, LongestStack = 100_000;

    internal static CallResult Cancelled { get; } = Failed(CallStatus.Cancelled, new CallError(ErrorCodes.Cancelled, "The caller cancelled."));

    internal static CallResult TooLate { get; } = Failed(CallStatus.LimitExceeded, new CallError(ErrorCodes.TimeLimit, "The call took too long."));

    internal static CallResult Violation { get; } = Failed(CallStatus.GuestFault, new CallError(ErrorCodes.ProtocolError, "The plugin's worker answered what is no answer."));

    internal static CallResult Failed(CallStatus status, CallError error) => new() { Status = status, Error = error };

    internal static CallResult Ended(ProcessExit exit) => exit.MemoryLimit
        ? Failed(CallStatus.LimitExceeded, new CallError(ErrorCodes.MemoryLimit, "The plugin's memory is used up."))
        : Failed(CallStatus.GuestFault, new CallError(ErrorCodes.ProcessEnded, "The plugin's worker ended before it answered."));

    // SECURITY: a worker whose plugin broke out says what it likes. What the engine would have kept to is asked again.
    internal static CallResult Checked(CallResult result, Limits limits, int hostCalls)
    {
        bool completed = result.Status == CallStatus.Completed;
        if (completed != (result.Error is null) || (completed ? !IsJson(result.Value) : !result.Value.IsEmpty)) throw new WorkerFrameException("A result is none.");
        if (completed && result.Value.Length > limits.ResultBytes) throw new WorkerFrameException("A result is longer than it may be.");
        if (result.Logs.Count > limits.LogEntries + 1 || result.Logs.Sum(l => (long)l.Message.Length) > limits.LogBytes + LongestMessage) throw new WorkerFrameException("A log is longer than it may be.");
        return result with { HostCalls = hostCalls, Error = result.Error is { } error ? Checked(error) : null, Logs = [.. result.Logs.Select(l => l with { Message = GuestText.Clean(l.Message) })] };
    }

    internal static CallError Checked(CallError error)
    {
        if (error.Code.Length > LongestCode || error.Message.Length > LongestMessage || error.Name?.Length > LongestName || error.Stack?.Length > LongestStack) throw new WorkerFrameException("An error is longer than any.");
        return error with { Code = GuestText.Clean(error.Code), Message = GuestText.Clean(error.Message), Name = error.Name is { } name ? GuestText.Clean(name) : null, Stack = error.Stack is { } stack ? GuestText.Clean(stack) : null };
    }

    private static bool IsJson(ReadOnlyMemory<byte> value)
    {
        // The reader looks at no bytes within strings.
        if (!Utf8.IsValid(value.Span)) return false;
        try
        {
            var reader = new Utf8JsonReader(value.Span, new JsonReaderOptions { MaxDepth = 1000 });
            while (reader.Read())
            {
                // Only whether it can be read to its end.
            }

            return !value.IsEmpty;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
