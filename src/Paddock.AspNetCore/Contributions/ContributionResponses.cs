using System.Text.Json;

namespace Paddock.AspNetCore;

/// <summary>A rendered widget. <c>html</c> is empty, and <c>error</c> a code, where it failed.</summary>
internal sealed record WidgetResponse(PluginWidget Widget, string Html, string? Error);

/// <summary>The items of a menu, and the ids of the application's own items that are hidden.</summary>
internal sealed record MenuResponse(IReadOnlyList<PluginMenuItem> Items, IReadOnlyList<string> Hidden);

/// <summary>The page after sign-in; null for the application's own.</summary>
internal sealed record LandingPageResponse(string? Path);

/// <summary>A route of a plugin; <c>findings</c> says why it is not served, where it is not.</summary>
internal sealed record RouteResponse(string Plugin, string Method, string Path, string Description, IReadOnlyList<string> Middleware, IReadOnlyList<FindingResponse> Findings)
{
    public static RouteResponse From(Contributed<RouteRegistration> route, IEnumerable<Finding> findings)
    {
        string place = PluginEndpointSource.Place(route.Value);
        return new(route.Plugin, route.Value.Method, route.Value.Path, route.Value.Description, route.Value.Middleware, FindingResponse.FromAll(findings.Where(f => f.Path == place)));
    }
}

/// <summary>A tool for agents.</summary>
internal sealed record ToolResponse(string Plugin, string Name, string Description, JsonElement InputSchema);

/// <summary>A command, channel, service or hook.</summary>
internal sealed record NamedResponse(string Plugin, string Name, string Description);
