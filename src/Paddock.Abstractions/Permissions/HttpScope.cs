using System.Buffers;
using System.Globalization;

namespace Paddock;

/// <summary>
/// An entry of an http scope: <c>[scheme://]host[:port]</c>. Without a scheme it is https; without a port it is the scheme's own. The host is
/// exact, <c>*.domain</c> for everything beneath a domain but not the domain, or <c>*</c> for every host.
/// </summary>
internal readonly ref struct HttpScope
{
    private static readonly SearchValues<char> Ipv6 = SearchValues.Create("0123456789abcdefABCDEF:.");
    private readonly bool _secure;
    private readonly int _port;
    private readonly ReadOnlySpan<char> _host;

    private HttpScope(bool secure, ReadOnlySpan<char> host, int port)
    {
        _secure = secure;
        _host = host;
        _port = port;
    }

    internal static bool TryParse(ReadOnlySpan<char> entry, out HttpScope scope)
    {
        scope = default;
        var secure = !entry.StartsWith("http://", StringComparison.OrdinalIgnoreCase);
        var host = !secure ? entry[7..] : entry.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? entry[8..] : entry;
        var port = secure ? 443 : 80;
        var colon = host.LastIndexOf(':');
        if (colon > host.LastIndexOf(']'))
        {
            if (!int.TryParse(host[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is 0 or > 65535) return false;
            host = host[..colon];
        }

        scope = new HttpScope(secure, host, port);
        return IsHost(host);
    }

    internal static bool Within(string inner, string outer) =>
        TryParse(inner, out var a) && TryParse(outer, out var b) && a._secure == b._secure && a._port == b._port && HostWithin(a._host, b._host);

    private static bool HostWithin(ReadOnlySpan<char> inner, ReadOnlySpan<char> outer)
    {
        if (outer is "*") return true;
        return outer[0] == '*'
            ? inner.Length > outer.Length - 1 && inner.EndsWith(outer[1..], StringComparison.OrdinalIgnoreCase)
            : inner.Equals(outer, StringComparison.OrdinalIgnoreCase);
    }

    // ASCII only: an international name is written as it is on the wire (xn--…), so that two names that look alike are not one.
    private static bool IsHost(ReadOnlySpan<char> host)
    {
        if (host is "*") return true;
        if (host.StartsWith("*.")) host = host[2..];
        else if (host.Length > 2 && host[0] == '[') return host[^1] == ']' && !host[1..^1].ContainsAnyExcept(Ipv6);
        if (host.Length is 0 or > 253 || host[0] is '.' or '-' || host[^1] == '.') return false;
        foreach (var c in host)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or '_')) return false;
        }

        return host.IndexOf("..") < 0;
    }
}
