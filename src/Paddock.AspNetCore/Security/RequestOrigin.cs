using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;

namespace Paddock.AspNetCore;

/// <summary>Decides from a request's headers whether it may have been made by a page of another site.</summary>
internal sealed class RequestOrigin(IEnumerable<string> allowedHosts)
{
    private static readonly string[] Loopback = ["localhost", "127.0.0.1", "[::1]"];

    private readonly FrozenSet<string> _hosts = Loopback.Concat(allowedHosts).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public ApiError? Check(HttpRequest request)
    {
        // SECURITY: DNS rebinding. A page of evil.example whose name now resolves to 127.0.0.1 is, to the browser, of the
        // same origin as this server; only the Host header still tells the name under which it was reached.
        if (request.Headers.Host.Count != 1 || !_hosts.Contains(request.Host.Host)) return ApiErrors.HostNotAllowed;
        return IsSafe(request.Method) || IsSameSite(request) ? null : ApiErrors.OriginNotAllowed;
    }

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method);

    // SECURITY: cross-site request forgery. Tokens travel in a header that no browser adds by itself, so this is the
    // second line. Programs send neither header; a browser sends at least one with every request that changes something.
    private static bool IsSameSite(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"];
        if (site.Count > 1 || (site.Count == 1 && site[0] is not ("same-origin" or "none"))) return false;
        var origin = request.Headers.Origin;
        if (origin.Count == 0) return true;
        return origin.Count == 1 && string.Equals(origin[0], $"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase);
    }
}
