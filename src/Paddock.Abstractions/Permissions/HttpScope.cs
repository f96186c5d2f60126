using System.Buffers;
using System.Globalization;

namespace Paddock;

/// <summary>
/// An entry of an http scope: <c>[scheme://]host[:port]</c>. Without a scheme it is http and https; without a port it is the scheme's own.
/// The host is exact, <c>*.domain</c> for what is beneath a domain but not the domain, or <c>*</c> for every name with a dot in it.
/// </summary>
internal readonly ref struct HttpScope
{
    private static readonly SearchValues<char> Ipv6 = SearchValues.Create("0123456789abcdefABCDEF:.");

    private readonly int _schemePort;
    private readonly int _port;
    private readonly ReadOnlySpan<char> _host;

    private HttpScope(int schemePort, ReadOnlySpan<char> host, int port)
    {
        _schemePort = schemePort;
        _host = host;
        _port = port;
    }

    // 0 where none is written.
    internal static bool TryParse(ReadOnlySpan<char> entry, out HttpScope scope)
    {
        scope = default;
        var scheme = entry.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? 80 : entry.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? 443 : 0;
        var host = scheme == 0 ? entry : entry[(scheme == 80 ? 7 : 8)..];
        var port = 0;
        var colon = host.LastIndexOf(':');
        if (colon > host.LastIndexOf(']'))
        {
            if (!int.TryParse(host[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is 0 or > 65535) return false;
            host = host[..colon];
        }

        scope = new HttpScope(scheme, host, port);
        return IsHost(host);
    }

    internal static bool Within(string inner, string outer) =>
        TryParse(inner, out var a) && TryParse(outer, out var b) && SchemeWithin(a, b) && HostWithin(a._host, b._host);

    /// <summary>What both cover, as one entry: the narrower host, the one scheme, the one port. Null for nothing.</summary>
    internal static string? Intersect(string first, string second)
    {
        if (!TryParse(first, out var a) || !TryParse(second, out var b)) return null;
        var host = HostWithin(a._host, b._host) ? a._host : HostWithin(b._host, a._host) ? b._host : default;
        var scheme = Math.Max(a._schemePort, b._schemePort);
        var port = a._port != 0 ? a._port : b._port;

        // Only one says a port: it is the other's own for one scheme alone.
        if (scheme == 0 && a._port != b._port) scheme = port;
        if (host.IsEmpty || !SchemeAllows(a, scheme, port) || !SchemeAllows(b, scheme, port)) return null;
        return $"{scheme switch { 443 => "https://", 80 => "http://", _ => "" }}{host}{(port == 0 ? "" : ":" + port.ToString(CultureInfo.InvariantCulture))}";
    }

    private static bool SchemeAllows(in HttpScope scope, int scheme, int port)
    {
        if (scheme is not (0 or 80 or 443) || (scheme == 80 && scope._schemePort != 80)) return false;
        if (scope._schemePort != 0 && scope._schemePort != scheme) return false;
        return (scope._port != 0 ? scope._port : scheme) == (port != 0 ? port : scheme);
    }

    // SECURITY: an entry without a scheme covers http too, yet http:// said by a manifest alone would read as said by the operator, who
    // is to have seen that it goes in the clear. So http:// is within what says http://.
    private static bool SchemeWithin(in HttpScope inner, in HttpScope outer)
    {
        if (outer._schemePort == 0 && inner._schemePort == 80) return false;
        if (outer._schemePort != 0 && inner._schemePort != outer._schemePort) return false;
        var innerPort = inner._port != 0 ? inner._port : inner._schemePort;
        var outerPort = outer._port != 0 ? outer._port : outer._schemePort != 0 ? outer._schemePort : inner._port == 0 || inner._port == inner._schemePort ? inner._schemePort : -1;
        return innerPort == outerPort;
    }

    private static bool HostWithin(ReadOnlySpan<char> inner, ReadOnlySpan<char> outer)
    {
        if (outer is "*") return inner is "*" || (inner.Contains('.') && !IsAddress(inner));
        return outer[0] == '*'
            ? inner.Length > outer.Length - 1 && !IsAddress(inner) && inner.EndsWith(outer[1..], StringComparison.OrdinalIgnoreCase)
            : inner.Equals(outer, StringComparison.OrdinalIgnoreCase);
    }

    // ASCII only: an international name is written as it is on the wire (xn--…), so that two names that look alike are not one.
    private static bool IsHost(ReadOnlySpan<char> host)
    {
        if (host is "*") return true;
        var wildcard = host.StartsWith("*.");
        if (wildcard) host = host[2..];
        else if (host.Length > 2 && host[0] == '[') return host[^1] == ']' && !host[1..^1].ContainsAnyExcept(Ipv6);
        if (host.Length is 0 or > 253 || host[0] is '.' or '-' || host[^1] == '.' || (wildcard && (!host.Contains('.') || IsAddress(host)))) return false;
        foreach (var c in host)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or '_')) return false;
        }

        return host.IndexOf("..") < 0;
    }

    // As the URL standard has it: what ends in a number, hexadecimal too, is an address or nothing.
    private static bool IsAddress(ReadOnlySpan<char> host)
    {
        var last = host[(host.LastIndexOf('.') + 1)..];
        return host[0] == '[' || !last.ContainsAnyExceptInRange('0', '9') || last.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
    }
}
