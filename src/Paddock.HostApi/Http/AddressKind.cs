using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Paddock.HostApi.Http;

/// <summary>Whether a plugin may be connected to an address.</summary>
internal enum AddressKind
{
    /// <summary>Anybody's on the internet.</summary>
    Public,

    /// <summary>The organisation's own, or this machine's: only where that was granted.</summary>
    Private,

    /// <summary>Link-local (cloud metadata), multicast, reserved: only for a grant that names the very address.</summary>
    Special,
}

/// <summary>Tells public addresses from others, by the registries of special-purpose addresses (RFC 6890 and what followed).</summary>
internal static class AddressKinds
{
    private static readonly IPNetwork[] PrivateV4 = [.. Networks("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")];

    // 168.63.129.16 is a cloud's metadata in a public range.
    private static readonly IPNetwork[] SpecialV4 =
    [
        .. Networks("0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
            "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32"),
    ];

    private static readonly IPNetwork GlobalV6 = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork UniqueLocalV6 = IPNetwork.Parse("fc00::/7");

    // The clouds' metadata under unique local addresses is special, not private.
    private static readonly IPNetwork[] SpecialV6 = [.. Networks("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "fd00:ec2::/32", "fd20:ce::/32")];

    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96");

    // SECURITY: an IPv4 address inside an IPv6 one (mapped, translated, ISATAP) is judged by what it leads to. 6to4 and Teredo lead
    // anywhere and serve nobody any more: they are refused whole.
    internal static AddressKind Of(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork) return OfV4(address);
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || address.ScopeId != 0) return AddressKind.Special;
        if (address.IsIPv4MappedToIPv6) return OfV4(address.MapToIPv4());
        if (IPAddress.IPv6Loopback.Equals(address)) return AddressKind.Private;
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        if (Translated.Contains(address)) return OfV4(new IPAddress(bytes[12..]));
        if (SpecialV6.Any(n => n.Contains(address))) return AddressKind.Special;
        if (UniqueLocalV6.Contains(address)) return AddressKind.Private;
        if (!GlobalV6.Contains(address)) return AddressKind.Special;
        return (BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]) & 0xFDFF_FFFF) == 0x0000_5EFE ? OfV4(new IPAddress(bytes[12..])) : AddressKind.Public;
    }

    private static AddressKind OfV4(IPAddress address) =>
        SpecialV4.Any(n => n.Contains(address)) ? AddressKind.Special
        : PrivateV4.Any(n => n.Contains(address)) ? AddressKind.Private
        : AddressKind.Public;

    private static IEnumerable<IPNetwork> Networks(params string[] networks) => networks.Select(n => IPNetwork.Parse(n));
}
