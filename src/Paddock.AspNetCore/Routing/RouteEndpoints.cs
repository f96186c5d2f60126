using System.Collections.Frozen;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Options;

namespace Paddock.AspNetCore;

/// <summary>Makes endpoints of plugins' routes, with the authorization that their middleware stands for.</summary>
internal sealed class RouteEndpoints(IOptions<PaddockHttpOptions> options, RouteHandler handler)
{
    private static readonly FrozenSet<string> Methods = FrozenSet.Create(StringComparer.Ordinal, "GET", "POST", "PUT", "PATCH", "DELETE");

    private readonly FrozenDictionary<string, string> _policies = options.Value.Middleware.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Whose plugins they are.</summary>
    public string Tenant { get; } = options.Value.Tenant;

    public static bool IsMethod(string method) => Methods.Contains(method.ToUpperInvariant());

    /// <summary>The first middleware that there is not, or null.</summary>
    public string? UnknownMiddleware(RouteRegistration route) =>
        route.Middleware is [Middleware.Public] ? null : route.Middleware.FirstOrDefault(m => !_policies.ContainsKey(m));

    public RouteEndpoint Make(Contributed<RouteRegistration> route, RoutePattern pattern, int order)
    {
        string method = route.Value.Method.ToUpperInvariant();
        var builder = new RouteEndpointBuilder(context => handler.HandleAsync(context, route), pattern, order)
        {
            DisplayName = $"{method} {route.Value.Path} (plugin {route.Plugin})",
        };
        builder.Metadata.Add(new HttpMethodMetadata([method]));
        builder.Metadata.Add(new PluginRouteMetadata(route.Plugin, route.Value));
        // SECURITY: a plugin asks for its routes' authorization, the application decides what that is. Without any, a route
        // is for known callers; only the name that a capability guards opens one to everybody.
        if (route.Value.Middleware is [Middleware.Public]) builder.Metadata.Add(new AllowAnonymousAttribute());
        else if (route.Value.Middleware.Count == 0) builder.Metadata.Add(new AuthorizeAttribute(_policies[Middleware.Authenticated]));
        else foreach (string name in route.Value.Middleware) builder.Metadata.Add(new AuthorizeAttribute(_policies[name]));
        return (RouteEndpoint)builder.Build();
    }
}

/// <summary>Tells which plugin's route an endpoint is.</summary>
internal sealed record PluginRouteMetadata(string Plugin, RouteRegistration Route);
