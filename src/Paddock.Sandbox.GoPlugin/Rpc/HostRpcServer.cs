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

    /// <summary>Host calls of one process under way at once; further ones are not read.</summary>
    private const int MostAtOnce = 16;

    private readonly GobStream _requests = new(stream, limits);
    private readonly GobEncoder _encoder = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly SemaphoreSlim _running = new(MostAtOnce);

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
        for (var i = 0; i < MostAtOnce; i++) await _running.WaitAsync().ConfigureAwait(false);
        _running.Dispose();
        _writing.Dispose();
    }

    private async Task<bool> TakeAsync()
    {
        await _running.WaitAsync().ConfigureAwait(false);
        var answers = false;
        try
        {
            var (isThere, header) = await _requests.NextAsync(CancellationToken.None).ConfigureAwait(false);
            if (!isThere) return false;
            var (hasBody, body) = await _requests.NextAsync(CancellationToken.None).ConfigureAwait(false);
            if (!hasBody || header is not GobStruct request) throw GobReader.Malformed();
            // Off the thread that reads: a host call may take its time.
            _ = Task.Run(() => AnswerAsync(request, body));
            return answers = true;
        }
        finally
        {
            if (!answers) _running.Release();
        }
    }

    private async Task AnswerAsync(GobStruct request, object? body)
    {
        try
        {
            var (method, number) = (request.Text("ServiceMethod"), request.Number("Seq"));
            if (method != Method || body is not GobStruct call)
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
            _running.Release();
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
