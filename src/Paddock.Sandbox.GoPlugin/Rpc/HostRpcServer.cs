using Paddock.Sandbox.GoPlugin.Calls;
using Paddock.Sandbox.GoPlugin.Gob;

namespace Paddock.Sandbox.GoPlugin.Rpc;

/// <summary>
/// Serves <c>Plugin.Call{Method, Args, CallerPlugin} → {Result, Error}</c> to a plugin over one stream.
/// SECURITY: forged caller identity. CallerPlugin is not read: whose call it is follows from the process whose stream this is.
/// </summary>
internal sealed class HostRpcServer(Stream stream, GobLimits limits, IHostCalls calls) : IAsyncDisposable
{
    private const string Method = "Plugin.Call";

    private readonly GobStream _requests = new(stream, limits);
    private readonly GobEncoder _encoder = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly HostCallRoom _room = new();

    /// <summary>Serves until the stream ends.</summary>
    /// <exception cref="ProtocolException">What was sent is no request.</exception>
    /// <exception cref="IOException">The connection ended.</exception>
    internal async Task ServeAsync()
    {
        while (await TakeAsync().ConfigureAwait(false))
        {
        }
    }

    /// <summary>Waits for the answers under way: each holds a place.</summary>
    public async ValueTask DisposeAsync()
    {
        await _room.EmptyAsync().ConfigureAwait(false);
        _writing.Dispose();
    }

    private async Task<bool> TakeAsync()
    {
        var (isThere, header) = await _requests.NextAsync(CancellationToken.None).ConfigureAwait(false);
        if (!isThere) return false;
        var bytes = _requests.Length;
        var (hasBody, body) = await _requests.NextAsync(CancellationToken.None).ConfigureAwait(false);
        if (!hasBody || header is not GobStruct request) throw GobReader.Malformed();
        var call = body as GobStruct;
        // The whole of both, for whatever a peer puts beside the arguments is held as long as they are.
        var units = await _room.EnterAsync(bytes + _requests.Length, CancellationToken.None).ConfigureAwait(false);
        // Off the thread that reads: a host call may take its time.
        _ = Task.Run(() => AnswerAsync(request, call, units));
        return true;
    }

    private async Task AnswerAsync(GobStruct request, GobStruct? call, int units)
    {
        try
        {
            var (method, number) = (request.Text("ServiceMethod"), request.Number("Seq"));
            if (method != Method || call is null)
            {
                await WriteAsync(method, number, $"rpc: can't find method {Method}'s arguments", default).ConfigureAwait(false);
                return;
            }

            var answer = await calls.AskAsync(call.Text("Method"), call.Bytes("Args")).ConfigureAwait(false);
            await WriteAsync(method, number, "", answer).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The process is gone, and with it whoever waits for the answer.
        }
        finally
        {
            _room.Leave(units);
        }
    }

    private async Task WriteAsync(string method, ulong number, string error, HostAnswer answer)
    {
        await _writing.WaitAsync().ConfigureAwait(false);
        try
        {
            _encoder.Clear();
            _encoder.Struct(GobSchema.Response, (method, number, error), static (fields, response) =>
            {
                fields.Text(response.method);
                fields.Uint(response.number);
                fields.Text(response.error);
            });
            _encoder.Struct(GobSchema.HostReply, answer, static (fields, reply) =>
            {
                fields.Bytes(reply.Result.Span);
                fields.Text(reply.Error ?? "");
            });
            await stream.WriteAsync(_encoder.Written, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }
}
