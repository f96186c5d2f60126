using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Paddock.AspNetCore;

/// <summary><c>/api/contributions</c>: what running plugins contribute, for pages that are not Razor's and for agents and command lines.</summary>
internal static class ContributionEndpoints
{
    public static void Map(RouteGroupBuilder group)
    {
        group.Get("/widgets", Widgets).As("ListWidgets", "List the widgets of a place", PaddockPolicies.User)
            .WithQuery("location", "string", "The place; all places by default.").Produces<ListResponse<PluginWidget>>();
        group.Get("/widgets/{plugin}/{widget}", WidgetAsync).As("RenderWidget", "Render a widget", PaddockPolicies.User, PaddockEndpoint.LongestCall).Produces<WidgetResponse>();
        group.Get("/menu", Menu).As("ListMenuItems", "List the items of a menu", PaddockPolicies.User)
            .WithQuery("location", "string", "admin, agent (the default) or customer.").Produces<MenuResponse>();
        group.Get("/landing-page", LandingPage).As("GetLandingPage", "Get the page after sign-in", PaddockPolicies.User).Produces<LandingPageResponse>();
        group.Get("/routes", Routes).As("ListRoutes", "List the routes of plugins", PaddockPolicies.Admin).Produces<ListResponse<RouteResponse>>();
        group.Get("/tools", Tools).As("ListTools", "List the tools for agents", PaddockPolicies.User).Produces<ListResponse<ToolResponse>>();
        group.Get("/commands", Commands).As("ListCommands", "List the commands", PaddockPolicies.User).Produces<ListResponse<NamedResponse>>();
        group.Get("/channels", (HttpContext c) => Named(c, s => s.Channels)).As("ListChannels", "List the channels", PaddockPolicies.Admin).Produces<ListResponse<NamedResponse>>();
        group.Get("/services", (HttpContext c) => Named(c, s => s.Services)).As("ListServices", "List the background services", PaddockPolicies.Admin).Produces<ListResponse<NamedResponse>>();
        group.Get("/hooks", Hooks).As("ListHooks", "List the hooks", PaddockPolicies.Admin).Produces<ListResponse<NamedResponse>>();
    }

    /// <summary>The contributions that the caller may see: those to this application, for its own tenant's callers.</summary>
    public static ContributionSet Visible(HttpContext context)
    {
        var options = context.Service<IOptions<PaddockHttpOptions>>().Value;
        return IsAtHome(context, options) ? context.Service<IContributions>().Current(options.Tenant) : ContributionSet.Empty;
    }

    public static bool IsAtHome(HttpContext context) => IsAtHome(context, context.Service<IOptions<PaddockHttpOptions>>().Value);

    private static bool IsAtHome(HttpContext context, PaddockHttpOptions options) => PluginCaller.Of(context, options) is { IsKnown: true } caller && caller.Principal.Tenant == options.Tenant;

    private static IResult Widgets(HttpContext context)
    {
        string? location = Query.Text(context, "location");
        var pages = context.Service<IPluginPages>();
        var places = location is not null ? [location] : Visible(context).Widgets.Select(w => w.Value.Location).Distinct(StringComparer.Ordinal);
        return Wire.Ok(new ListResponse<PluginWidget>(IsAtHome(context) ? [.. places.SelectMany(p => pages.Widgets(context, p))] : []));
    }

    private static async Task<IResult> WidgetAsync(HttpContext context, string plugin, string widget)
    {
        var fragment = IsAtHome(context) ? await context.Service<IPluginPages>().RenderWidgetAsync(context, plugin, widget) : null;
        if (fragment is null) throw new ApiError(StatusCodes.Status404NotFound, "WIDGET_NOT_FOUND", "There is no such widget.").AsException();
        return Wire.Ok(new WidgetResponse(fragment.Widget!, fragment.Html, fragment.Error));
    }

    private static IResult Menu(HttpContext context)
    {
        string location = Query.OneOf(context, "location", "admin", "agent", "customer") ?? "agent";
        bool home = IsAtHome(context);
        return Wire.Ok(new MenuResponse(home ? context.Service<IPluginPages>().Menu(context, location) : [], [.. Visible(context).HiddenMenuItems.Order(StringComparer.Ordinal)]));
    }

    private static IResult LandingPage(HttpContext context) =>
        Wire.Ok(new LandingPageResponse(IsAtHome(context) ? context.Service<IPluginPages>().LandingPage : null));

    private static IResult Routes(HttpContext context)
    {
        var findings = context.Service<PluginEndpointSource>().Findings;
        return Wire.Ok(new ListResponse<RouteResponse>([.. Visible(context).Routes.Select(r => RouteResponse.From(r, findings[r.Plugin]))]));
    }

    private static IResult Tools(HttpContext context) => Wire.Ok(new ListResponse<ToolResponse>([.. Visible(context).Tools.Values
        .Select(t => new ToolResponse(t.Plugin, t.Value.Name, t.Value.Description, System.Text.Json.JsonElement.Parse(t.Value.InputSchema.Span)))]));

    private static IResult Commands(HttpContext context) => Wire.Ok(new ListResponse<NamedResponse>([.. Visible(context).Commands
        .Select(c => new NamedResponse(c.Value.Plugin, c.Key, c.Value.Value.Description))]));

    private static IResult Named(HttpContext context, Func<ContributionSet, IReadOnlyDictionary<string, Contributed<NamedRegistration>>> which) =>
        Wire.Ok(new ListResponse<NamedResponse>([.. which(Visible(context)).Select(n => new NamedResponse(n.Value.Plugin, n.Key, ""))]));

    private static IResult Hooks(HttpContext context) => Wire.Ok(new ListResponse<NamedResponse>([.. Visible(context).Hooks
        .SelectMany(h => h.Select(r => new NamedResponse(r.Plugin, h.Key, "")))]));
}
