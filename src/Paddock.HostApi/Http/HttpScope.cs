using System.Runtime.CompilerServices;

namespace Paddock.HostApi.Http;

/// <summary>
/// One entry of a grant's scope: <c>api.example.com</c>, <c>*.example.com</c>, <c>*</c>, each with <c>http://</c> or <c>https://</c> before it or
/// <c>:port</c> after it. Without a scheme it covers both, without a port the scheme's own only. An entry of any other form covers nothing.
/// </summary>
internal sealed class HttpScope
{
    // SECURITY: names under a wildcard carry data to its name servers. What a name may hold is kept short.
    private const int MostWildcardLabels = 3;
    private const int LongestWildcard = 63;

    private static readonly ConditionalWeakTable<Permission, HttpScope[]> Parsed = [];

    private readonly string? _scheme;
    private readonly int? _port;
    private readonly HttpHostName _host;
    private readonly bool _wildcard;

    private HttpScope(string? scheme, int? port, HttpHostName host, bool wildcard, bool anyHost)
    {
        _scheme = scheme;
        _port = port;
        _host = host;
        _wildcard = wildcard;
        IsAnyHost = anyHost;
    }

    /// <summary>Covers every public host by name.</summary>
    internal bool IsAnyHost { get; }

    /// <summary>Names this one address, or localhost: that it is no public one was seen by whoever granted it.</summary>
    internal bool NamesPrivate => !_wildcard && !IsAnyHost && (_host.Address is not null || _host.Text == "localhost");

    /// <summary>Says http:// itself: that it goes in the clear was seen by whoever granted it.</summary>
    internal bool SaysClearText => _scheme == "http";

    internal static HttpScope[] Of(Permission permission) =>
        Parsed.GetValue(permission, static p => [.. p.Scope.Select(TryParse).OfType<HttpScope>()]);

    internal static HttpScope? TryParse(string entry)
    {
        var rest = entry.AsSpan();
        string? scheme = null;
        foreach (var known in (ReadOnlySpan<string>)["https", "http"])
        {
            if (!rest.StartsWith($"{known}://", StringComparison.OrdinalIgnoreCase)) continue;
            scheme = known;
            rest = rest[(known.Length + 3)..];
            break;
        }

        var anyHost = rest is "*" or ['*', ':', ..];
        var wildcard = rest.StartsWith("*.");

        // "*" has no host of its own; one that no entry can mean stands in for it, so that its port is read like any other's.
        if (anyHost) rest = $"any.invalid{rest[1..]}";
        if (wildcard) rest = rest[2..];
        if (!HttpUrl.TryParseAuthority(rest, out var host, out var port)) return null;

        // A dot at the end of a name is forgiven a URL, not what is granted: one form each.
        if (rest is [.., '.'] || rest.Contains(".:", StringComparison.Ordinal)) return null;

        // SECURITY: "*.com", "*.1" mean nothing that anybody could have weighed.
        if (wildcard && (host.Address is not null || !host.Text.Contains('.', StringComparison.Ordinal))) return null;
        return new HttpScope(scheme, port, host, wildcard, anyHost);
    }

    internal bool Covers(HttpUrl url)
    {
        if (_scheme is not null && url.Uri.Scheme != _scheme) return false;
        if (url.Port != (_port ?? HttpUrl.DefaultPort(url.Uri.Scheme))) return false;
        if (IsAnyHost) return url.Host.Address is null && url.Host.Text.Contains('.', StringComparison.Ordinal);
        return _wildcard ? IsBeneath(url.Host) : url.Host == _host;
    }

    private bool IsBeneath(HttpHostName host)
    {
        var name = host.Text;
        if (host.Address is not null || name.Length < _host.Text.Length + 2 || !name.EndsWith(_host.Text, StringComparison.Ordinal)) return false;
        var beneath = name.AsSpan(0, name.Length - _host.Text.Length);
        return beneath[^1] == '.' && beneath.Length <= LongestWildcard + 1 && beneath.Count('.') <= MostWildcardLabels;
    }
}
