using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Paddock.AspNetCore;

/// <summary>The headers that a plugin's response may set. All others are left out without a word.</summary>
// SECURITY: a plugin that signs a visitor in as somebody (Set-Cookie), opens the origin (Access-Control-*, Content-Security-
// Policy), has a proxy hand out its files (X-Accel-Redirect), sends visitors elsewhere (Location, Refresh, Link), or has
// its answer run as a script or page (Content-Type). Hence a list of what is allowed, not of what is not.
internal static partial class ResponseHeaders
{
    private static readonly FrozenSet<string> Plain = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "Content-Language", "Content-Disposition", "ETag", "Last-Modified", "Retry-After", "X-Total-Count");

    private static readonly FrozenSet<string> Types = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "application/json", "application/problem+json", "text/plain", "text/csv", "text/calendar", "application/pdf",
        "application/zip", "application/octet-stream", "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif",
        "audio/mpeg", "audio/ogg", "video/mp4", "video/webm");

    private const string OwnPrefix = "X-Plugin-";
    private const int LongestValue = 1024;
    private const int Most = 20;

    /// <summary>Sets what is allowed of a response's headers; an error where it redirects to where it may not.</summary>
    public static ApiError? Apply(HttpResponse response, PluginResponseForm form)
    {
        bool redirects = form.Status is >= 300 and < 400 and not 304;
        bool located = false;
        foreach (var (name, value) in form.Headers.Take(Most))
        {
            if (value.Length > LongestValue || value.Any(c => c is < ' ' or > '~')) continue;
            if (Is(name, "Content-Type") && IsType(value)) response.ContentType = value;
            else if (Is(name, "Cache-Control") && PrivateCaching().IsMatch(value)) response.Headers.CacheControl = value;
            else if (Is(name, "Location") && redirects && IsLocal(value)) (response.Headers.Location, located) = (value, true);
            else if (Plain.Contains(name) || IsOwn(name)) response.Headers[name] = value;
        }

        return redirects && !located ? new(StatusCodes.Status502BadGateway, "REDIRECT_REFUSED", "The plugin redirects to no path of this application.") : null;
    }

    private static bool Is(string name, string other) => string.Equals(name, other, StringComparison.OrdinalIgnoreCase);

    private static bool IsType(string value)
    {
        int end = value.IndexOf(';', StringComparison.Ordinal);
        return Types.Contains((end < 0 ? value : value[..end]).Trim()) && (end < 0 || Charset().IsMatch(value.AsSpan(end)));
    }

    private static bool IsOwn(string name) =>
        name.Length is > 9 and <= 64 && name.StartsWith(OwnPrefix, StringComparison.OrdinalIgnoreCase) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    /// <summary>A path of this origin: a browser reads <c>//host</c> and <c>/\host</c> as another one.</summary>
    public static bool IsLocal(string value) => value is ['/', ..] && value is not ['/', '/' or '\\', ..] && !value.Contains('\\', StringComparison.Ordinal);

    [GeneratedRegex("^(no-store|no-cache|private|private, max-age=[0-9]{1,8}|private, no-cache)$", RegexOptions.CultureInvariant)]
    private static partial Regex PrivateCaching();

    [GeneratedRegex("^; ?charset=[A-Za-z0-9-]{1,20}$", RegexOptions.CultureInvariant)]
    private static partial Regex Charset();
}
