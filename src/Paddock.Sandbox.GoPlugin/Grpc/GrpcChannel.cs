using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using Paddock.Sandbox.GoPlugin.Calls;
using Paddock.Sandbox.GoPlugin.Processes;

namespace Paddock.Sandbox.GoPlugin.Grpc;

/// <summary>gRPC over one HTTP/2 connection to a plugin's socket. It is never dialled again: whoever listened there is known to be the plugin only once.</summary>
internal sealed class GrpcChannel : IDisposable
{
    private readonly HttpMessageInvoker _client;
    private int _connected;

    internal GrpcChannel(PluginSockets sockets)
    {
        _client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = false,
            ConnectCallback = async (_, cancellationToken) => Interlocked.Exchange(ref _connected, 1) == 0
                ? await sockets.ConnectAsync(SslApplicationProtocol.Http2, cancellationToken).ConfigureAwait(false)
                : throw new IOException("The plugin's process closed its connection."),
        });
    }

    /// <summary>One message there, one back.</summary>
    /// <param name="method"><c>package.Service/Method</c>.</param>
    /// <param name="message">The request.</param>
    /// <param name="most">Bytes of the answer at most.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="IOException">The connection ended.</exception>
    /// <exception cref="ProtocolException">What came is no answer.</exception>
    internal async Task<GrpcReply> CallAsync(string method, ReadOnlyMemory<byte> message, int most, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await SendAsync(method, new ByteArrayContent(GrpcFrame.Write(message.Span)), cancellationToken).ConfigureAwait(false);
            using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            var answer = await GrpcFrame.ReadAsync(body, most, ErrorCodes.ResultLimit, cancellationToken).ConfigureAwait(false);
            // Trailers are there once the body is at its end.
            if (await GrpcFrame.ReadAsync(body, 0, ErrorCodes.ProtocolError, cancellationToken).ConfigureAwait(false) is not null) throw new ProtocolException("The plugin answered twice.");
            return Status(response, answer);
        }
        catch (HttpRequestException e)
        {
            throw e.InnerException as ProtocolException ?? (Exception)new IOException("The plugin's process does not answer any more.", e);
        }
    }

    /// <summary>Starts a call whose messages go on in both directions.</summary>
    /// <exception cref="IOException">The connection ended.</exception>
    internal async Task<HttpResponseMessage> SendAsync(string method, HttpContent content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://plugin/{method}") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = content };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        content.Headers.ContentType = new MediaTypeHeaderValue(GrpcFrame.ContentType);
        return await _client.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _client.Dispose();

    /// <summary>In the trailers, or, where there is no message, in the headers.</summary>
    private static GrpcReply Status(HttpResponseMessage response, byte[]? answer)
    {
        if (response.StatusCode != HttpStatusCode.OK) throw new ProtocolException("The plugin's answer is none of gRPC.");
        var status = First(response.TrailingHeaders, "grpc-status") ?? First(response.Headers, "grpc-status");
        if (!int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var code)) throw new ProtocolException("The plugin's answer has no status.");
        var message = First(response.TrailingHeaders, "grpc-message") ?? First(response.Headers, "grpc-message") ?? "";
        return new GrpcReply(code, Uri.UnescapeDataString(message), answer);
    }

    private static string? First(HttpHeaders headers, string name) => headers.TryGetValues(name, out var values) ? values.First() : null;
}

/// <summary>What came back.</summary>
/// <param name="Status">gRPC's code; 0 when all went well.</param>
/// <param name="Error">What it says went wrong.</param>
/// <param name="Message">The answer; null where there is none.</param>
internal readonly record struct GrpcReply(int Status, string Error, byte[]? Message)
{
    internal const int Unimplemented = 12;

    /// <exception cref="ProtocolException">The call did not go well.</exception>
    internal ProtoMessage Expect() => Status == 0 && Message is { } message ? new ProtoMessage(message) : throw new ProtocolException($"The plugin failed: {PluginText.Of(Error)}", ErrorCodes.GuestError);
}
