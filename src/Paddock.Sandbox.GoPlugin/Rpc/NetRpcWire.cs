using Paddock.Sandbox.GoPlugin.Calls;
using Paddock.Sandbox.GoPlugin.Gob;
using Paddock.Sandbox.GoPlugin.Processes;
using Paddock.Sandbox.GoPlugin.Yamux;

namespace Paddock.Sandbox.GoPlugin.Rpc;

/// <summary>A plugin that speaks net/rpc: what GoatKit's plugins are.</summary>
internal sealed class NetRpcWire : IPluginWire
{
    private const string PluginName = "gkplugin";

    /// <summary>What is around a result in its message.</summary>
    private const int Envelope = 64 << 10;
    private const int MaxRegistrationBytes = 4 << 20, MaxHostCallBytes = 17 << 20;

    private readonly YamuxSession _session;
    private readonly IHostCalls _calls;
    private readonly RpcClient _control;
    private readonly RpcClient _plugin;

    private ProtocolException? _hostFault;

    private NetRpcWire(YamuxSession session, IHostCalls calls, RpcClient control, RpcClient plugin)
    {
        _session = session;
        _calls = calls;
        _control = control;
        _plugin = plugin;
    }

    public ProtocolException? Fault => _session.Fault ?? Volatile.Read(ref _hostFault);

    /// <param name="connection">The plugin's socket; the wire's from here on.</param>
    /// <param name="calls">What the plugin reaches of the host.</param>
    /// <param name="resultBytes">Bytes of a result at most.</param>
    /// <param name="cancellationToken">Stops connecting.</param>
    internal static async Task<NetRpcWire> ConnectAsync(Stream connection, IHostCalls calls, int resultBytes, CancellationToken cancellationToken)
    {
        var session = new YamuxSession(connection);
        try
        {
            // The first three streams are these, in this order.
            var control = new RpcClient(await session.OpenAsync(cancellationToken).ConfigureAwait(false), new GobLimits(Envelope), session.RunAfterFrame);
            var output = await session.OpenAsync(cancellationToken).ConfigureAwait(false);
            var error = await session.OpenAsync(cancellationToken).ConfigureAwait(false);
            _ = LineDrain.RunAsync(output, LogSeverity.Info, calls);
            _ = LineDrain.RunAsync(error, LogSeverity.Warn, calls);
            var broker = new Broker(session);
            var reply = await control.CallAsync("Dispenser.Dispense", PluginName, static (encoder, name) => encoder.Text(name), cancellationToken).ConfigureAwait(false);
            if (reply is not { Error: "", Value: ulong and <= uint.MaxValue and var id }) throw new ProtocolException("The program has no plugin of the name gkplugin.");
            var limits = new GobLimits(Math.Max(resultBytes, MaxRegistrationBytes) + Envelope, ErrorCodes.ResultLimit);
            var plugin = new RpcClient(await broker.DialAsync((uint)id, cancellationToken).ConfigureAwait(false), limits, session.RunAfterFrame);
            var wire = new NetRpcWire(session, calls, control, plugin);
            _ = wire.ServeHostAsync(broker);
            return wire;
        }
        catch (Exception e)
        {
            await session.DisposeAsync().ConfigureAwait(false);
            // What ended the connection says more than that it ended.
            if (e is IOException && session.Fault is { } fault) throw fault;
            throw;
        }
    }

    public async Task<ReadOnlyMemory<byte>?> RegisterAsync(CancellationToken cancellationToken)
    {
        var reply = await _plugin.CallAsync("Plugin.GKRegister", 0, static (encoder, _) => encoder.Nil(), cancellationToken).ConfigureAwait(false);
        if (reply.Error.Length > 0) throw new ProtocolException("The plugin's registration failed: " + PluginText.Of(reply.Error), ErrorCodes.GuestError);
        // Newer plugins send JSON, older ones the struct itself.
        return reply.Value switch
        {
            byte[] json => json.Length == 0 ? default(ReadOnlyMemory<byte>?) : json,
            GobStruct fields => RegistrationJson.Write(fields),
            _ => throw new ProtocolException("The plugin's registration is neither a struct nor bytes of JSON."),
        };
    }

    public async Task<string> InitAsync(IReadOnlyDictionary<string, string> config, CancellationToken cancellationToken)
    {
        var reply = await _plugin.CallAsync("Plugin.Init", config, static (encoder, values) => encoder.Struct(GobSchema.Init, values, static (fields, init) =>
        {
            fields.Texts(init);
            fields.Uint(Broker.HostId);
        }), cancellationToken).ConfigureAwait(false);
        return reply.Error;
    }

    public async Task<PluginAnswer> CallAsync(string function, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken)
    {
        var reply = await _plugin.CallAsync("Plugin.Call", (function, arguments), static (encoder, call) => encoder.Struct(GobSchema.Call, call, static (fields, request) =>
        {
            fields.Text(request.function);
            fields.Bytes(request.arguments.Span);
        }), cancellationToken).ConfigureAwait(false);
        if (reply.Error.Length > 0) return new PluginAnswer(default, reply.Error);
        return reply.Value is GobStruct answer ? new PluginAnswer(answer.Bytes("Result"), answer.Text("Error")) : throw new ProtocolException("The plugin's answer is no answer of its interface.");
    }

    public async Task ShutdownAsync(CancellationToken cancellationToken)
    {
        await _plugin.CallAsync("Plugin.Shutdown", 0, static (encoder, _) => encoder.Nil(), cancellationToken).ConfigureAwait(false);
        await _control.CallAsync("Control.Quit", true, static (encoder, value) => encoder.Bool(value), cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _session.DisposeAsync();

    private async Task ServeHostAsync(Broker broker)
    {
        try
        {
            await broker.ServeAsync(ServeAsync).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The session is over.
        }
    }

    private async Task ServeAsync(YamuxStream stream)
    {
        await using var server = new HostRpcServer(stream, new GobLimits(MaxHostCallBytes, ErrorCodes.HostCallLimit), _calls);
        try
        {
            await server.ServeAsync().ConfigureAwait(false);
        }
        catch (ProtocolException e)
        {
            // Kept before the session ends: whoever waits for the plugin is told why.
            Volatile.Write(ref _hostFault, e);
            await _session.DisposeAsync().ConfigureAwait(false);
        }
    }
}
