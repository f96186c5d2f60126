using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Paddock.Sandbox.GoPlugin.Calls;
using Paddock.Sandbox.GoPlugin.Processes;

namespace Paddock.Sandbox.GoPlugin.Grpc;

/// <summary>Serves <c>paddock.plugin.v1.Host/Call</c> to one process, on the socket that was made for it before it started. Whose call it is follows from that.</summary>
internal sealed class GrpcHostServer : IHttpApplication<HttpContext>, IAsyncDisposable
{
    private const string Path = "/paddock.plugin.v1.Host/Call";
    private const int MaxHostCallBytes = 17 << 20, MostAtOnce = 16, MostConnections = 4, StreamWindow = 64 << 10;
    private readonly IHostCalls _calls;
    private readonly HostCallRoom _room = new();
    private readonly KestrelServer _server;

    private GrpcHostServer(PluginSockets sockets, IHostCalls calls)
    {
        _calls = calls;
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxConcurrentConnections = MostConnections;
        options.Limits.MaxRequestBodySize = MaxHostCallBytes;
        options.Limits.Http2.MaxStreamsPerConnection = MostAtOnce;
        // What waits for room is not read, and keeps its share of its connection's window: all streams together must leave some of it to the one that has room.
        options.Limits.Http2.InitialStreamWindowSize = StreamWindow;
        options.Limits.Http2.InitialConnectionWindowSize = 2 * MostAtOnce * StreamWindow;
        // Slow bodies are this process's own loss: its call's time goes on.
        options.Limits.MinRequestBodyDataRate = null;
        // What dials over TLS says so, and the server does not see the TLS before it.
        options.AllowAlternateSchemes = true;
        options.ListenUnixSocket("/host", listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            if (sockets.Accept(SslApplicationProtocol.Http2) is { } accept) listen.Use(next => connection => StreamTransport.RunAsync(connection, accept, next));
        });
        var listener = sockets.TakeListener();
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions { CreateBoundListenSocket = _ => listener }), NullLoggerFactory.Instance);
        _server = new KestrelServer(Options.Create(options), transport, NullLoggerFactory.Instance);
    }

    /// <param name="sockets">Whose listener is the server's from here on.</param>
    /// <param name="calls">What is served.</param>
    /// <param name="cancellationToken">Stops starting.</param>
    internal static async Task<GrpcHostServer> StartAsync(PluginSockets sockets, IHostCalls calls, CancellationToken cancellationToken)
    {
        var server = new GrpcHostServer(sockets, calls);
        await server._server.StartAsync(server, cancellationToken).ConfigureAwait(false);
        return server;
    }

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        context.Response.ContentType = GrpcFrame.ContentType;
        if (context.Request.Path != Path)
        {
            context.Response.Headers["grpc-status"] = "12";
            return;
        }

        var units = 0;
        try
        {
            var body = await GrpcFrame.ReadAsync(
                context.Request.Body, MaxHostCallBytes, ErrorCodes.HostCallLimit, async bytes => units = await _room.EnterAsync(bytes, context.RequestAborted).ConfigureAwait(false), context.RequestAborted).ConfigureAwait(false);
            var request = new ProtoMessage(body ?? []);
            var answer = await _calls.AskAsync(request.Text(1), request.Bytes(2)).ConfigureAwait(false);
            await context.Response.Body.WriteAsync(GrpcFrame.Write(new ProtoWriter().Bytes(1, answer.Result.Span).Text(2, answer.Error ?? "").Written.Span), context.RequestAborted).ConfigureAwait(false);
            context.Response.AppendTrailer("grpc-status", "0");
        }
        catch (ProtocolException)
        {
            // INVALID_ARGUMENT.
            context.Response.Headers["grpc-status"] = "3";
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            context.Abort();
        }
        finally
        {
            _room.Leave(units);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync().ConfigureAwait(false);
        await _server.StopAsync(now.Token).ConfigureAwait(false);
        _server.Dispose();
    }
}
