using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Paddock.AspNetCore;

/// <summary>Tells whether a plugin's route lies wholly within a path of the application.</summary>
// SECURITY: a plugin that answers in the application's place, and so receives what its users send there. The order of
// endpoints lets the application win wherever both match; what is refused here besides is a route that could only ever
// answer where the application does: with another method on the same path.
internal sealed class RouteConflicts(IEnumerable<Endpoint> host)
{
    private static readonly string[] Reserved = [Routes.Gitu, Routes.Packages, Routes.Host, Routes.Jobs, Routes.Replays, Routes.Contributions, Routes.GoatKit, Routes.OpenApi, Routes.Health];

    // Fallbacks of an application stand behind everything that is more definite, plugins included.
    private readonly RoutePattern[] _patterns =
        [.. host.OfType<RouteEndpoint>().Where(e => e.Order <= 0 && e.RoutePattern.PathSegments.Count > 0 && !IsEverything(e.RoutePattern)).Select(e => e.RoutePattern)];

    /// <summary>The application's path that the route would stand on, or null.</summary>
    public string? Find(RoutePattern route)
    {
        if (route.PathSegments.Count == 0) return "/";
        string path = "/" + string.Join('/', route.PathSegments.Select(s => s.Parts[0] is RoutePatternLiteralPart l ? l.Content : "*"));
        if (Reserved.FirstOrDefault(r => new PathString(path).StartsWithSegments(r, StringComparison.OrdinalIgnoreCase)) is { } reserved) return reserved;
        return _patterns.FirstOrDefault(p => Covers(p, route))?.RawText;
    }

    private static bool IsEverything(RoutePattern pattern) =>
        pattern.PathSegments is [{ Parts: [RoutePatternParameterPart { IsCatchAll: true }] }];

    private static bool Covers(RoutePattern host, RoutePattern route)
    {
        for (int i = 0; i < host.PathSegments.Count; i++)
        {
            var parts = host.PathSegments[i].Parts;
            if (parts is [RoutePatternParameterPart { IsCatchAll: true }]) return true;
            if (i >= route.PathSegments.Count)
            {
                if (parts is not [RoutePatternParameterPart { IsOptional: true } or RoutePatternParameterPart { Default: not null }]) return false;
                continue;
            }

            if (!Covers(host, parts, route.PathSegments[i].Parts[0])) return false;
        }

        return route.PathSegments.Count <= host.PathSegments.Count;
    }

    private static bool Covers(RoutePattern host, IReadOnlyList<RoutePatternPart> parts, RoutePatternPart part)
    {
        if (parts is [RoutePatternLiteralPart own]) return part is RoutePatternLiteralPart other && Same(own.Content, other.Content);
        if (parts is not [RoutePatternParameterPart parameter]) return false;
        // A conventional route ({controller}/{action}) stands for the values that its action requires.
        if (host.RequiredValues.TryGetValue(parameter.Name, out object? required) && required is string { Length: > 0 } value)
            return part is RoutePatternLiteralPart literal && Same(value, literal.Content);
        return part is not RoutePatternParameterPart { IsCatchAll: true };
    }

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
