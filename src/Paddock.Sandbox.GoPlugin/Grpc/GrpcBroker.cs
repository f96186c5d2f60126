using System.Net;
using System.Threading.Channels;

namespace Paddock.Sandbox.GoPlugin.Grpc;

/// <summary>go-plugin's broker over gRPC: a stream on which each side tells the other where it listens for which service.</summary>
internal sealed class GrpcBroker(GrpcChannel channel) : IDisposable
{
    private const string Method = "plugin.GRPCBroker/StartStream";
    private const int MaxMessageBytes = 4096;
    private readonly Channel<byte[]> _outgoing = Channel.CreateUnbounded<byte[]>();
    private readonly CancellationTokenSource _source = new();

    /// <summary>Holds the stream open. What the plugin announces is not dialled: nothing here wants a service of it beside those on its own socket.</summary>
    internal async Task RunAsync()
    {
        try
        {
            using var response = await channel.SendAsync(Method, new Announcements(_outgoing.Reader), _source.Token).ConfigureAwait(false);
            using var body = await response.Content.ReadAsStreamAsync(_source.Token).ConfigureAwait(false);
            while (await GrpcFrame.ReadAsync(body, MaxMessageBytes, ErrorCodes.ProtocolError, _source.Token).ConfigureAwait(false) is not null)
            {
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or ProtocolException or OperationCanceledException or ObjectDisposedException)
        {
            // Without its broker a plugin does not reach the host. Whether it runs is for its own calls to say.
        }
    }

    /// <summary>Tells the plugin where the host listens. ConnInfo {service_id, network, address}.</summary>
    internal void Announce(uint id, string path) => _outgoing.Writer.TryWrite(GrpcFrame.Write(new ProtoWriter().Uint(1, id).Text(2, "unix").Text(3, path).Written.Span));

    public void Dispose()
    {
        _outgoing.Writer.TryComplete();
        _source.Cancel();
        _source.Dispose();
    }

    /// <summary>A body that is written while the answer is read.</summary>
    private sealed class Announcements(ChannelReader<byte[]> messages) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.FlushAsync().ConfigureAwait(false);
            await foreach (var message in messages.ReadAllAsync().ConfigureAwait(false))
            {
                await stream.WriteAsync(message).ConfigureAwait(false);
                await stream.FlushAsync().ConfigureAwait(false);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
