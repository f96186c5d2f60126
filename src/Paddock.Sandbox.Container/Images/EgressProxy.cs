using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Paddock.Sandbox.Container.Images;

/// <summary>A proxy on a socket that opens tunnels to the configured registries, and to nothing else.</summary>
/// <remarks>
/// SECURITY: the host of a CONNECT is compared with the list as it is written, resolved here, and connected to by the address that was checked.
/// What is in the tunnel is TLS between the installer and the registry.
/// </remarks>
internal sealed class EgressProxy : IAsyncDisposable
{
    private const int LongestHead = 8 << 10;
    private const int MostTunnels = 64;
    private readonly Socket _listener;
    private readonly HashSet<string> _allowed;
    private readonly bool _allowPrivate;
    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _tunnels = new(MostTunnels);
    private readonly Task _accepting;

    private EgressProxy(Socket listener, HashSet<string> allowed, bool allowPrivate)
    {
        _listener = listener;
        _allowed = allowed;
        _allowPrivate = allowPrivate;
        _accepting = AcceptAsync();
    }

    internal static EgressProxy Listen(string path, Uri registry, ContainerOptions options)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(path));
            // The installer is nobody; what keeps others out is the directory above.
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
            listener.Listen(MostTunnels);
        }
        catch
        {
            listener.Dispose();
            throw;
        }

        HashSet<string> allowed = [$"{registry.IdnHost}:{registry.Port}", .. options.RegistryHosts.Select(h => h.Contains(':', StringComparison.Ordinal) ? h : $"{h}:443")];
        return new EgressProxy(listener, allowed, options.AllowPrivateRegistries);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        // Those that are left end with the token; their places are all free when they have.
        for (int i = 0; i < MostTunnels; i++) await _tunnels.WaitAsync().ConfigureAwait(false);
        _tunnels.Dispose();
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                await _tunnels.WaitAsync(_closing.Token).ConfigureAwait(false);
                try
                {
                    _ = ServeAsync(await _listener.AcceptAsync(_closing.Token).ConfigureAwait(false));
                }
                catch
                {
                    _tunnels.Release();
                    throw;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Closed.
        }
    }

    private async Task ServeAsync(Socket accepted)
    {
        try
        {
            await using var client = new NetworkStream(accepted, ownsSocket: true);
            if (await ReadTargetAsync(client).ConfigureAwait(false) is not { } target || await ConnectAsync(target).ConfigureAwait(false) is not { } server)
            {
                await client.WriteAsync("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), _closing.Token).ConfigureAwait(false);
                return;
            }

            await using (server)
            {
                await client.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray(), _closing.Token).ConfigureAwait(false);
                await Task.WhenAny(client.CopyToAsync(server, _closing.Token), server.CopyToAsync(client, _closing.Token)).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The tunnel ended.
        }
        finally
        {
            _tunnels.Release();
        }
    }

    /// <summary>The host and port of a CONNECT; null for any other request.</summary>
    private async Task<string?> ReadTargetAsync(NetworkStream client)
    {
        byte[] head = new byte[LongestHead];
        int length = 0;
        while (length < head.Length)
        {
            int read = await client.ReadAsync(head.AsMemory(length), _closing.Token).ConfigureAwait(false);
            if (read == 0) return null;
            length += read;
            // A tunnel's first bytes come after the answer: nothing may follow the head.
            if (!head.AsSpan(0, length).EndsWith("\r\n\r\n"u8)) continue;
            string[] words = Encoding.ASCII.GetString(head, 0, head.AsSpan(0, length).IndexOf("\r\n"u8)).Split(' ');
            return words is ["CONNECT", var target, "HTTP/1.1" or "HTTP/1.0"] && _allowed.Contains(target) ? target : null;
        }

        return null;
    }

    private async Task<NetworkStream?> ConnectAsync(string target)
    {
        int colon = target.LastIndexOf(':');
        int port = int.Parse(target.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture);
        var addresses = await Dns.GetHostAddressesAsync(target[..colon], _closing.Token).ConfigureAwait(false);
        // One of its addresses may be of a protocol that this machine has no way out for.
        foreach (var address in addresses.Where(a => _allowPrivate || IsPublic(a)))
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), _closing.Token).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException)
            {
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        return null;
    }

    private static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (IPAddress.IsLoopback(address) || address.IsIPv6LinkLocal || address.IsIPv6SiteLocal || address.IsIPv6UniqueLocal || address.IsIPv6Multicast || address.Equals(IPAddress.IPv6Any)) return false;
        if (address.AddressFamily != AddressFamily.InterNetwork) return true;
        byte[] b = address.GetAddressBytes();
        return !(b[0] is 0 or 10 or 127 or >= 224 || (b[0] == 100 && b[1] is >= 64 and < 128) || (b[0] == 169 && b[1] == 254) || (b[0] == 172 && b[1] is >= 16 and < 32) || (b[0] == 192 && b[1] == 168));
    }
}
