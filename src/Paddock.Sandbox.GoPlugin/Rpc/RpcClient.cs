using Paddock.Sandbox.GoPlugin.Gob;

namespace Paddock.Sandbox.GoPlugin.Rpc;

/// <summary>Calls procedures of a server of Go's net/rpc over one stream. Any number at once; a call that is given up leaves its answer to be dropped.</summary>
internal sealed class RpcClient : IAsyncDisposable
{
    private readonly Stream _stream;
    private readonly Action<Action> _resume;
    private readonly GobStream _replies;
    private readonly GobEncoder _encoder = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, TaskCompletionSource<RpcReply>> _waiting = [];
    private readonly Task _reading;
    private ulong _last;
    private Exception? _fault;

    /// <param name="stream">The connection to the server; the client's from here on.</param>
    /// <param name="limits">Of what the server sends.</param>
    /// <param name="resume">Lets a caller go on whose answer has come.</param>
    internal RpcClient(Stream stream, GobLimits limits, Action<Action> resume)
    {
        _resume = resume;
        _stream = stream;
        _replies = new GobStream(stream, limits);
        _reading = ReadAsync();
    }

    /// <param name="method"><c>Service.Method</c>.</param>
    /// <param name="arguments">What it is given.</param>
    /// <param name="write">Writes them.</param>
    /// <param name="cancellationToken">Stops waiting; the procedure goes on.</param>
    /// <exception cref="IOException">The connection ended.</exception>
    /// <exception cref="ProtocolException">The other side sent what is no answer.</exception>
    internal async Task<RpcReply> CallAsync<T>(string method, T arguments, Action<GobEncoder, T> write, CancellationToken cancellationToken)
    {
        var (number, answer) = Expect();
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _encoder.Clear();
            _encoder.Struct(GobSchema.Request, (method, number), static (fields, request) =>
            {
                fields.Text(request.method);
                fields.Uint(request.number);
            });
            write(_encoder, arguments);
            // One write for header and arguments: each is a frame, and a wake-up of the other side.
            await _stream.WriteAsync(_encoder.Written, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }

        return await answer.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync() => await _stream.DisposeAsync().ConfigureAwait(false);

    private (ulong Number, Task<RpcReply> Answer) Expect()
    {
        // Completed by resume, never where the stream is read: whoever waits might block the thread that reads for everyone.
        var source = new TaskCompletionSource<RpcReply>();
        lock (_gate)
        {
            // Told to this call too, though it came before it.
            if (_fault is ProtocolException fault) throw new ProtocolException(fault.Message, fault.Code);
            if (_fault is not null) throw new IOException("The plugin's process does not answer any more.", _fault);
            _waiting.Add(++_last, source);
            return (_last, source.Task);
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await NextAsync().ConfigureAwait(false))
            {
            }

            End(new IOException("The plugin's process closed its connection."));
        }
        catch (Exception e) when (e is ProtocolException or IOException)
        {
            End(e);
        }
    }

    private async ValueTask<bool> NextAsync()
    {
        var (isThere, header) = await _replies.NextAsync(CancellationToken.None).ConfigureAwait(false);
        if (!isThere) return false;
        var (hasBody, body) = await _replies.NextAsync(CancellationToken.None).ConfigureAwait(false);
        if (!hasBody || header is not GobStruct response) throw GobReader.Malformed();
        TaskCompletionSource<RpcReply>? source;
        lock (_gate)
        {
            // SECURITY: an answer to nothing is not remembered for a later call.
            if (!_waiting.Remove(response.Number("Seq"), out source)) throw new ProtocolException("The plugin answered a call that was never made.");
        }

        var reply = new RpcReply(body, response.Text("Error"));
        _resume(() => source.TrySetResult(reply));
        return true;
    }

    private void End(Exception fault)
    {
        TaskCompletionSource<RpcReply>[] waiting;
        lock (_gate)
        {
            _fault = fault;
            waiting = [.. _waiting.Values];
            _waiting.Clear();
        }

        foreach (var source in waiting) _resume(() => source.TrySetException(fault));
    }
}
