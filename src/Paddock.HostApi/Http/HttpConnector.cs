using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Paddock.HostApi.Http;

/// <summary>Finds a host's addresses, leaves out those that a plugin may not reach, and connects to one of the rest.</summary>
internal class HttpConnector(IReadOnlyList<string> privateHosts)
{
    /// <summary>Who must have issued the other side's certificate; null for those that the system trusts.</summary>
    protected internal virtual X509Certificate2Collection? Roots => null;

    /// <summary>A connection to the URL's host, whose address was checked: the one that is connected to, not the one that another look-up would find.</summary>
    /// <exception cref="AddressRefusedException">None of its addresses may be reached.</exception>
    internal async ValueTask<Stream> ConnectAsync(HttpUrl url, HttpAdmission admission, CancellationToken cancellationToken)
    {
        var reachesPrivate = url.Host.Text == "localhost" ? admission.NamesPrivate || IsListed(url) : IsListed(url);
        var found = url.Host.Address is { } literal ? [literal] : await ResolveAsync(ResolvedName(url, reachesPrivate), cancellationToken).ConfigureAwait(false);

        // SECURITY: DNS rebinding. The name is looked up once, here, and the socket is given an address, never the name.
        var allowed = found.Select(a => a.IsIPv4MappedToIPv6 ? a.MapToIPv4() : a).Where(a => MayReach(a, url, admission, reachesPrivate)).ToArray();
        if (allowed.Length == 0) throw found.Length == 0 ? new SocketException((int)SocketError.HostNotFound) : new AddressRefusedException();
        return await ConnectAsync(allowed, url.Port, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What a name resolves to now.</summary>
    protected virtual Task<IPAddress[]> ResolveAsync(string name, CancellationToken cancellationToken) => Dns.GetHostAddressesAsync(name, cancellationToken);

    /// <summary>What kind of address it is. This machine's own are private, also where they are public ones: services that a firewall hides from outside listen there too.</summary>
    protected virtual AddressKind KindOf(IPAddress address) =>
        AddressKinds.Of(address) is var kind && kind == AddressKind.Public && IsOwn(address) ? AddressKind.Private : kind;

    private bool MayReach(IPAddress address, HttpUrl url, HttpAdmission admission, bool reachesPrivate) => KindOf(address) switch
    {
        AddressKind.Public => true,
        AddressKind.Private => reachesPrivate || (url.Host.Address is not null && admission.NamesPrivate),
        _ => url.Host.Address is not null && admission.NamesPrivate,
    };

    private bool IsListed(HttpUrl url) =>
        privateHosts.Any(h => HttpUrl.TryParseAuthority(h, out var host, out var port) && host == url.Host && (port is null || port == url.Port));

    // SECURITY: a resolver appends its search domains to a name that is not found, and so tells them to other name servers: a name of
    // several labels is asked for as it is. Names of one label, and private ones, are what search lists and hosts files are for.
    private static string ResolvedName(HttpUrl url, bool reachesPrivate) =>
        reachesPrivate || !url.Host.Text.Contains('.', StringComparison.Ordinal) ? url.Host.Text : url.Host.Text + ".";

    private static bool IsOwn(IPAddress address) =>
        NetworkInterface.GetAllNetworkInterfaces().Any(i => i.GetIPProperties().UnicastAddresses.Any(u => u.Address.Equals(address)));

    private static async Task<Stream> ConnectAsync(IPAddress[] addresses, int port, CancellationToken cancellationToken)
    {
        for (var i = 0; ; i++)
        {
            var socket = new Socket(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(addresses[i], port), cancellationToken).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException) when (i + 1 < addresses.Length)
            {
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }
}

/// <summary>A name leads only to addresses that the plugin may not reach.</summary>
internal sealed class AddressRefusedException() : Exception("None of the host's addresses may be reached.");
