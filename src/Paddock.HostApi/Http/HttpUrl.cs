using System.Globalization;

namespace Paddock.HostApi.Http;

/// <summary>A URL that was parsed once: what is checked is what is connected to.</summary>
internal sealed class HttpUrl
{
    private const int Longest = 8192;

    private HttpUrl(Uri uri, HttpHostName host)
    {
        Uri = uri;
        Host = host;
    }

    /// <summary>Canonical: host in its one form, no user, no fragment.</summary>
    internal Uri Uri { get; }

    internal HttpHostName Host { get; }

    internal int Port => Uri.Port;

    internal bool IsHttps => Uri.Scheme == Uri.UriSchemeHttps;

    /// <summary>Scheme, host, port and path: what the audit may show. Queries hold values.</summary>
    internal string WithoutQuery => Uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    internal bool HasSameOrigin(HttpUrl other) => Uri.Scheme == other.Uri.Scheme && Host == other.Host && Port == other.Port;

    /// <summary>Null when it is none that this host would ever ask for.</summary>
    // SECURITY: "http://granted@evil", "http://granted\@evil", "http:/evil", tabs and newlines that parsers drop: the authority has to
    // follow a strict grammar before any parser sees it, and the parser has to agree with it afterwards.
    internal static HttpUrl? TryParse(string text)
    {
        if (text.Length > Longest || text.Any(c => c is <= ' ' or '\\' or '\u007f' || char.IsControl(c) || char.IsWhiteSpace(c))) return null;
        var scheme = text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? "https" : text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? "http" : null;
        if (scheme is null) return null;
        var start = scheme.Length + 3;
        var end = text.AsSpan(start).IndexOfAny('/', '?', '#');
        end = end < 0 ? text.Length : start + end;
        if (!TryParseAuthority(text.AsSpan(start, end - start), out var host, out var port)) return null;
        var rest = text[end..];
        var fragment = rest.IndexOf('#', StringComparison.Ordinal);
        var authority = port is null ? host.InUrl : $"{host.InUrl}:{port.Value.ToString(CultureInfo.InvariantCulture)}";
        if (!Uri.TryCreate($"{scheme}://{authority}{(fragment < 0 ? rest : rest[..fragment])}", UriKind.Absolute, out var uri)) return null;
        var agrees = uri.Scheme == scheme && uri.UserInfo.Length == 0 && HttpHostName.TryParse(uri.Host) == host && uri.Port == (port ?? DefaultPort(scheme));
        return agrees ? new HttpUrl(uri, host) : null;
    }

    /// <summary>Where a redirect leads; null when to nowhere.</summary>
    internal HttpUrl? Redirected(Uri location) =>
        Uri.TryCreate(Uri, location, out var target) && target.UserInfo.Length == 0 ? TryParse(target.AbsoluteUri) : null;

    internal static bool TryParseAuthority(ReadOnlySpan<char> authority, out HttpHostName host, out int? port)
    {
        host = default;
        port = null;
        var bracket = authority.LastIndexOf(']');
        var colon = authority[(bracket + 1)..].IndexOf(':');
        if (colon >= 0)
        {
            colon += bracket + 1;
            var digits = authority[(colon + 1)..];
            if (digits.Length > 5 || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 65_535) return false;
            port = number;
            authority = authority[..colon];
        }

        if (HttpHostName.TryParse(authority) is not { } parsed) return false;
        host = parsed;
        return true;
    }

    internal static int DefaultPort(string scheme) => scheme == "https" ? 443 : 80;
}
