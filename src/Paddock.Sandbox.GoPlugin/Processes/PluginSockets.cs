using System.Net.Security;
using System.Net.Sockets;

namespace Paddock.Sandbox.GoPlugin.Processes;

/// <summary>The two ways between host and program: the program's socket, and the host's own that the program's broker dials. Under TLS both, or neither.</summary>
internal sealed class PluginSockets(SocketDirectory directory, string address, PinnedTls? tls)
{
    /// <summary>How long a dialler may take to prove who it is.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Connects to the socket that the program named.</summary>
    /// <exception cref="ProtocolException">It is no socket of the program's.</exception>
    /// <exception cref="IOException">The connection ended.</exception>
    internal async ValueTask<Stream> ConnectAsync(SslApplicationProtocol? protocol, CancellationToken cancellationToken)
    {
        var connection = await directory.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
        return tls is null ? connection : await tls.ConnectAsync(connection, protocol, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The host's own socket. Once.</summary>
    internal Socket TakeListener() => directory.TakeListener();

    /// <summary>What to do first with a connection that came in; null where it is taken as it is.</summary>
    internal Func<Stream, Task<Stream>>? Accept(SslApplicationProtocol protocol) => tls is null ? null : async connection =>
    {
        using var patience = new CancellationTokenSource(s_patience);
        return await tls.AcceptAsync(connection, protocol, patience.Token).ConfigureAwait(false);
    };
}
