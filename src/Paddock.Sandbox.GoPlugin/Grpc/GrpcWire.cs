using Paddock.Sandbox.GoPlugin.Calls;
using Paddock.Sandbox.GoPlugin.Processes;
using Paddock.Sandbox.GoPlugin.Rpc;

namespace Paddock.Sandbox.GoPlugin.Grpc;

/// <summary>A plugin that speaks gRPC: go-plugin's own services, and <c>paddock.plugin.v1.Plugin</c> (guest/go/plugin.proto).</summary>
internal sealed class GrpcWire : IPluginWire
{
    private const string Service = "paddock.plugin.v1.Plugin/";
    private const int Envelope = 64 << 10, MaxRegistrationBytes = 4 << 20, Serving = 1;
    private readonly GrpcChannel _channel;
    private readonly GrpcBroker _broker;
    private readonly PluginSockets _sockets;
    private readonly IHostCalls _calls;
    private readonly int _resultBytes;
    private readonly CancellationTokenSource _source = new();
    private GrpcHostServer? _host;

    private GrpcWire(GrpcChannel channel, PluginSockets sockets, IHostCalls calls, int resultBytes)
    {
        _channel = channel;
        _broker = new GrpcBroker(channel);
        _sockets = sockets;
        _calls = calls;
        _resultBytes = resultBytes;
    }

    public ProtocolException? Fault => null;

    /// <param name="sockets">The ways to the process, and from it.</param>
    /// <param name="calls">What the plugin reaches of the host.</param>
    /// <param name="resultBytes">Bytes of a result at most.</param>
    /// <param name="cancellationToken">Stops connecting.</param>
    internal static async Task<GrpcWire> ConnectAsync(PluginSockets sockets, IHostCalls calls, int resultBytes, CancellationToken cancellationToken)
    {
        var wire = new GrpcWire(new GrpcChannel(sockets), sockets, calls, resultBytes);
        try
        {
            var health = await wire._channel.CallAsync("grpc.health.v1.Health/Check", new ProtoWriter().Text(1, "plugin").Written, Envelope, cancellationToken).ConfigureAwait(false);
            if (health.Expect().Number(1) != Serving) throw new ProtocolException("The plugin says that it does not serve.");
            _ = wire._broker.RunAsync();
            _ = GrpcStdio.DrainAsync(wire._channel, calls, wire._source.Token);
            return wire;
        }
        catch
        {
            await wire.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async Task<ReadOnlyMemory<byte>?> RegisterAsync(CancellationToken cancellationToken)
    {
        var reply = await _channel.CallAsync(Service + "Register", default, MaxRegistrationBytes, cancellationToken).ConfigureAwait(false);
        var registration = reply.Expect().Bytes(1);
        return registration.IsEmpty ? default(ReadOnlyMemory<byte>?) : registration;
    }

    public async Task<string> InitAsync(IReadOnlyDictionary<string, string> config, CancellationToken cancellationToken)
    {
        _host = await GrpcHostServer.StartAsync(_sockets, _calls, cancellationToken).ConfigureAwait(false);
        _broker.Announce(Broker.HostId, SocketDirectory.HostSocket);
        var reply = await _channel.CallAsync(Service + "Init", new ProtoWriter().Texts(1, config).Uint(2, Broker.HostId).Written, Envelope, cancellationToken).ConfigureAwait(false);
        return reply.Status == 0 ? "" : reply.Error;
    }

    public async Task<PluginAnswer> CallAsync(string function, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken)
    {
        var reply = await _channel.CallAsync(Service + "Call", new ProtoWriter().Text(1, function).Bytes(2, arguments.Span).Written, _resultBytes + Envelope, cancellationToken).ConfigureAwait(false);
        if (reply.Status != 0) return new PluginAnswer(default, reply.Error.Length > 0 ? reply.Error : $"gRPC status {reply.Status}");
        var answer = reply.Expect();
        return new PluginAnswer(answer.Bytes(1), answer.Text(2));
    }

    public async Task ShutdownAsync(CancellationToken cancellationToken)
    {
        await _channel.CallAsync(Service + "Shutdown", default, Envelope, cancellationToken).ConfigureAwait(false);
        try
        {
            await _channel.CallAsync("plugin.GRPCController/Shutdown", default, Envelope, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ProtocolException)
        {
            // It stops its server, and with it the connection, before it answers.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _source.CancelAsync().ConfigureAwait(false);
        _broker.Dispose();
        _channel.Dispose();
        if (_host is not null) await _host.DisposeAsync().ConfigureAwait(false);
        _source.Dispose();
    }
}
