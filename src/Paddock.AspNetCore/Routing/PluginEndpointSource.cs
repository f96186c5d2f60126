using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Paddock.AspNetCore;

/// <summary>The routes of running plugins as endpoints of the application. A change makes a new list, swapped whole: a request that was routed before ends on the endpoint it was routed to.</summary>
internal sealed partial class PluginEndpointSource : EndpointDataSource, IDisposable
{
    /// <summary>Behind every endpoint of the application, before its fallbacks.</summary>
    private const int Order = 1;

    private readonly Lock _gate = new();
    private readonly IContributions _contributions;
    private readonly RouteEndpoints _routes;
    private readonly ILogger _logger;
    private readonly IDisposable _watch;
    private CancellationTokenSource _changed = new();
    private IReadOnlyList<Contributed<RouteRegistration>>? _built;
    private volatile IReadOnlyList<Endpoint> _endpoints = [];

    public PluginEndpointSource(IContributions contributions, RouteEndpoints routes, ILogger<PluginEndpointSource> logger)
    {
        (_contributions, _routes, _logger) = (contributions, routes, logger);
        _watch = ChangeToken.OnChange(contributions.Watch, Swap);
    }

    /// <summary>All sources of the application, this one among them. Set when it is mapped.</summary>
    public IEnumerable<EndpointDataSource> Application { get; set; } = [];

    /// <summary>Why routes were left out, by plugin. Empty for the others.</summary>
    public ILookup<string, Finding> Findings { get; private set; } = Enumerable.Empty<Finding>().ToLookup(_ => "");

    public override IReadOnlyList<Endpoint> Endpoints
    {
        get
        {
            // Not before the first asking: the application's own endpoints, which have precedence, are mapped until then.
            if (_built is null) Swap();
            return _endpoints;
        }
    }

    public override IChangeToken GetChangeToken() => new CancellationChangeToken(Volatile.Read(ref _changed).Token);

    public void Dispose()
    {
        _watch.Dispose();
        _changed.Dispose();
    }

    /// <summary>How findings name a route.</summary>
    public static string Place(RouteRegistration route) => $"routes[{route.Method} {route.Path}]";

    private void Swap()
    {
        CancellationTokenSource before;
        lock (_gate)
        {
            var routes = _contributions.Current(_routes.Tenant).Routes;
            // Most plugins have no route: what they do must not have the whole application routed anew.
            if (_built is not null && routes.SequenceEqual(_built)) return;
            bool isFirst = _built is null;
            Build(routes);
            _built = routes;
            if (isFirst) return;
            before = _changed;
            Volatile.Write(ref _changed, new CancellationTokenSource());
        }

        before.Cancel();
        before.Dispose();
    }

    private void Build(IReadOnlyList<Contributed<RouteRegistration>> routes)
    {
        var conflicts = new RouteConflicts(Application.Where(s => !ReferenceEquals(s, this)).SelectMany(s => s.Endpoints));
        var endpoints = new List<Endpoint>(routes.Count);
        var findings = new List<(string Plugin, Finding Finding)>();
        foreach (var route in routes)
        {
            if (Refuse(route.Value, conflicts, out var pattern) is { } finding)
            {
                findings.Add((route.Plugin, finding));
                LogLeftOut(_logger, route.Value.Method, route.Value.Path, route.Plugin, finding.Code);
            }
            else
            {
                endpoints.Add(_routes.Make(route, pattern, Order));
            }
        }

        Findings = findings.ToLookup(f => f.Plugin, f => f.Finding, StringComparer.Ordinal);
        _endpoints = endpoints;
    }

    private Finding? Refuse(RouteRegistration route, RouteConflicts conflicts, out RoutePattern pattern)
    {
        pattern = null!;
        string place = Place(route);
        if (!RouteTemplate.TryParse(route.Path, out var parsed))
            return new(WebFindingCodes.RouteInvalid, $"{route.Path} is no path that can be routed.") { Path = place, Mend = "Literal segments, {name}, and {*name} at the end." };
        pattern = parsed;
        if (!RouteEndpoints.IsMethod(route.Method))
            return new(WebFindingCodes.RouteInvalid, $"{route.Method} is no method that a route may have.") { Path = place, Mend = "GET, POST, PUT, PATCH or DELETE." };
        if (_routes.UnknownMiddleware(route) is { } unknown)
            return new(WebFindingCodes.MiddlewareUnknown, $"The application has no middleware {unknown}.") { Path = place, Mend = "Name one that it has; public stands alone." };
        return conflicts.Find(parsed) is { } taken
            ? new(WebFindingCodes.RouteTaken, $"The application itself answers {taken}.") { Path = place, Mend = "Choose another path." }
            : null;
    }

    [LoggerMessage(2101, LogLevel.Warning, "Route {Method} {Path} of plugin {Plugin} was left out: {Code}")]
    private static partial void LogLeftOut(ILogger logger, string method, string path, string plugin, string code);
}

/// <summary>Codes of findings about what plugins contribute to the application's pages and paths.</summary>
internal static class WebFindingCodes
{
    public const string RouteInvalid = "ROUTE_INVALID";
    public const string RouteTaken = "ROUTE_TAKEN";
    public const string MiddlewareUnknown = "MIDDLEWARE_UNKNOWN";
}
