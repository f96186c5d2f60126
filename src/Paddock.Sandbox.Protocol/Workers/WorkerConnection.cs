using System.Collections.Concurrent;

namespace Paddock.Sandbox.Protocol.Workers;

/// <summary>A worker with its plugin loaded, and the calls that are in it.</summary>
internal sealed class WorkerConnection : IAsyncDisposable
{
    private const int Setup = 0;

    private readonly WorkerPipe _pipe;
    private readonly ConcurrentDictionary<int, WorkerCall> _calls = new();
    private Task _reading = Task.CompletedTask;
    private TaskCompletionSource<ReadOnlyMemory<byte>?>? _registration;
    private CallResult? _end;
    private int _lastCall;

    private WorkerConnection(WorkerPipe pipe) => _pipe = pipe;

    internal bool IsOpen => Volatile.Read(ref _end) is null;

    /// <summary>Hands the plugin over, and waits until it is loaded.</summary>
    /// <exception cref="SandboxLoadException">It does not load.</exception>
    internal static async ValueTask<WorkerConnection> LoadAsync(IGuestProcess process, SandboxSpec spec, TimeSpan grace, CancellationToken cancellationToken)
    {
        var connection = new WorkerConnection(new WorkerPipe(process));
        try
        {
            // The engine compiles itself first; that is not the plugin's time.
            using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            late.CancelAfter(spec.Limits.InitTimeout + TimeSpan.FromSeconds(20) + grace);
            await connection._pipe.SendAsync(w => w.Begin(WorkerFrameKind.Load, Setup).Write(spec), late.Token).ConfigureAwait(false);
            await connection.LoadedAsync(late.Token).ConfigureAwait(false);
            connection._reading = connection.ReadAsync();
            return connection;
        }
        catch (Exception e)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            if (e is SandboxLoadException || cancellationToken.IsCancellationRequested) throw;
            if (e is OperationCanceledException) throw new SandboxLoadException(WorkerResults.TooLate.Error!);
            if (e is WorkerFrameException or IOException) throw new SandboxLoadException((await connection._pipe.EndOfAsync().ConfigureAwait(false)).Error!);
            throw;
        }
    }

    internal async ValueTask<ReadOnlyMemory<byte>?> RegisterAsync(TimeSpan most, CancellationToken cancellationToken)
    {
        var said = new TaskCompletionSource<ReadOnlyMemory<byte>?>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _registration, said, null) is { } already) return await already.Task.WaitAsync(most, cancellationToken).ConfigureAwait(false);
        if (!IsOpen) throw new SandboxLoadException(_end!.Error!);
        try
        {
            await _pipe.SendAsync(static w => w.Begin(WorkerFrameKind.Register, Setup), cancellationToken).ConfigureAwait(false);
            return await said.Task.WaitAsync(most, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or IOException)
        {
            await _pipe.KillAsync().ConfigureAwait(false);
            throw new SandboxLoadException((e is TimeoutException ? WorkerResults.TooLate : await _pipe.EndOfAsync().ConfigureAwait(false)).Error!);
        }
    }

    /// <summary>Runs a call to its end; kills the worker where it does not keep to it.</summary>
    internal async ValueTask<CallResult> CallAsync(WorkerCall call, TimeSpan most, TimeSpan grace)
    {
        int id = Interlocked.Increment(ref _lastCall);
        _calls[id] = call;
        // Begun before anybody can cancel it: a worker that is told to cancel what it has not heard of runs it to its end.
        var sent = SendAsync(id, call);
        using var cancelling = call.CancellationToken.UnsafeRegister(_ => _ = CancelAsync(id, call, sent, grace), null);
        try
        {
            // SECURITY: a worker that does not read its input would hold up who writes to it for ever. Sending is time of the call's too.
            return await AnswerAsync(sent, call).WaitAsync(most).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await KillAsync(WorkerResults.TooLate, call).ConfigureAwait(false);
            return await call.Done.ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            await KillAsync(null, call).ConfigureAwait(false);
            return await call.Done.ConfigureAwait(false);
        }
        finally
        {
            _calls.TryRemove(id, out _);
            call.Close();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _pipe.DisposeAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(false);
    }

    private async Task SendAsync(int id, WorkerCall call)
    {
        // Entered after the end of the worker was told to its calls: nobody else would end it.
        if (Volatile.Read(ref _end) is { } end) call.End(end);
        else await _pipe.SendAsync(w => w.Begin(WorkerFrameKind.Call, id).Write(call.Call, call.Limits), CancellationToken.None).ConfigureAwait(false);
    }

    private static async Task<CallResult> AnswerAsync(Task sent, WorkerCall call)
    {
        await sent.ConfigureAwait(false);
        return await call.Done.ConfigureAwait(false);
    }

    private async Task CancelAsync(int id, WorkerCall call, Task sent, TimeSpan grace)
    {
        try
        {
            await sent.WaitAsync(grace).ConfigureAwait(false);
            await _pipe.SendAsync(w => w.Begin(WorkerFrameKind.Cancel, id), CancellationToken.None).AsTask().WaitAsync(grace).ConfigureAwait(false);
            await call.Done.WaitAsync(grace).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or IOException or ObjectDisposedException)
        {
            await KillAsync(WorkerResults.Cancelled, call).ConfigureAwait(false);
        }
    }

    // The one that is to blame ends as is said; the others with the process.
    private async ValueTask KillAsync(CallResult? result, WorkerCall blamed)
    {
        if (result is not null) blamed.End(result);
        await _pipe.KillAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(false);
    }

    private async ValueTask LoadedAsync(CancellationToken cancellationToken)
    {
        var frame = await _pipe.ReadAsync(cancellationToken).ConfigureAwait(false) ?? throw new WorkerFrameException("The worker ended.");
        var fields = new FrameFields(frame.Payload);
        if (frame.Kind == WorkerFrameKind.Failed && fields.Error() is { } error) throw new SandboxLoadException(WorkerResults.Checked(error));
        if (frame.Kind != WorkerFrameKind.Loaded) throw new WorkerFrameException("The worker did not load the plugin.");
        fields.End();
    }

    private async Task ReadAsync()
    {
        CallResult? violation = null;
        try
        {
            while (await _pipe.ReadAsync().ConfigureAwait(false) is { } frame) Take(frame);
        }
        catch (WorkerFrameException)
        {
            violation = WorkerResults.Violation;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The worker is gone, or we closed its streams.
        }

        await _pipe.KillAsync().ConfigureAwait(false);
        End(violation ?? await _pipe.EndOfAsync().ConfigureAwait(false));
    }

    private void End(CallResult end)
    {
        Volatile.Write(ref _end, end);
        _registration?.TrySetException(new SandboxLoadException(end.Error!));
        foreach (var call in _calls.Values) call.End(end);
    }

    private void Take(WorkerFrame frame)
    {
        var fields = new FrameFields(frame.Payload);
        switch (frame.Kind)
        {
            case WorkerFrameKind.Registered when _registration is { } asked:
                asked.TrySetResult(fields.Bytes());
                break;
            case WorkerFrameKind.Failed when _registration is { } asked:
                asked.TrySetException(new SandboxLoadException(WorkerResults.Checked(fields.Error() ?? throw new WorkerFrameException("An error is missing."))));
                break;
            case WorkerFrameKind.Result:
                // One that ended meanwhile (cancelled, too late) is answered to nobody.
                if (_calls.TryGetValue(frame.Call, out var ended)) ended.End(fields);
                break;
            case WorkerFrameKind.HostCall:
                // SECURITY: a reply waits for the worker to read. To what is no call's, or beyond a call's number of them, there is none to wait: the host's memory is not the worker's to fill.
                var (number, function, arguments) = (fields.Number(), fields.Required(), fields.Bytes() ?? default);
                if (_calls.TryGetValue(frame.Call, out var calling)) _ = ReplyAsync(frame.Call, number, calling.InvokeAsync(function, arguments));
                break;
            case WorkerFrameKind.Source:
                if (!_calls.TryGetValue(frame.Call, out var asking)) break;
                asking.BeginAnswer();
                _ = AnswerAsync(asking, frame.Call, fields);
                break;
            default:
                throw new WorkerFrameException("A worker does not send this.");
        }
    }

    private async Task ReplyAsync(int id, int number, ValueTask<HostReply> asked)
    {
        try
        {
            var reply = await asked.ConfigureAwait(false);
            await _pipe.SendAsync(w => w.Begin(WorkerFrameKind.HostReply, id).Number(number).Bytes(reply.Value).Write(reply.Error), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WorkerFrameException or IOException or ObjectDisposedException)
        {
            await _pipe.KillAsync().ConfigureAwait(false);
        }
    }

    private async Task AnswerAsync(WorkerCall call, int id, FrameFields question)
    {
        try
        {
            await _pipe.SendAsync(w => call.Answer(question, w.Begin(WorkerFrameKind.SourceReply, id)), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WorkerFrameException or IOException or ObjectDisposedException)
        {
            await _pipe.KillAsync().ConfigureAwait(false);
        }
    }
}
