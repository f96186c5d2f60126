using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Paddock.AspNetCore;

/// <summary>Adds Paddock's HTTP interfaces to an application.</summary>
public static class PaddockHttpExtensions
{
    private const string Document = "v1";

    /// <summary>Adds what <see cref="MapPaddock"/> needs: bearer tokens, policies, health checks, the OpenAPI document, and the checks that run before anything else on Paddock's paths.</summary>
    public static IPaddockBuilder AddHttpApi(this IPaddockBuilder builder, Action<PaddockHttpOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddOptions<PaddockHttpOptions>().Configure(o => configure?.Invoke(o))
            .Validate(o => o.MaxBodyBytes is >= 1 << 10 and <= 256 << 20, "MaxBodyBytes is from 1 KiB to 256 MiB.")
            .Validate(o => o.MaxPackageBytes is >= 1 << 10 and <= 512 << 20, "MaxPackageBytes is from 1 KiB to 512 MiB.")
            .Validate(o => o.PartTimeout >= TimeSpan.FromMilliseconds(200) && o.PartTimeout <= TimeSpan.FromSeconds(60), "PartTimeout is from 200 ms to 60 s.")
            .Validate(o => o.RequestTimeout >= TimeSpan.FromSeconds(1) && o.RequestTimeout <= TimeSpan.FromHours(1), "RequestTimeout is from a second to an hour.")
            .Validate(o => o.AllowedHosts.All(h => Uri.CheckHostName(h.Trim('[', ']')) != UriHostNameType.Unknown), "AllowedHosts are names or addresses, without port or wildcard.")
            .ValidateOnStart();
        // A filter rather than a call in the application: these checks cannot be forgotten or put after something else.
        services.AddSingleton<IStartupFilter, BoundaryStartupFilter>();
        services.AddCallerAuthentication();
        // What a route may name is checked when its plugin is activated, by the names that this application gives a meaning.
        services.AddOptions<PaddockOptions>().PostConfigure<IOptions<PaddockHttpOptions>>((o, http) => o.Middleware.UnionWith(http.Value.Middleware.Keys));
        services.TryAddSingleton<PluginHtml>();
        services.TryAddSingleton<IPluginTexts, PluginTexts>();
        services.TryAddSingleton<IPluginPages, PluginPages>();
        services.TryAddSingleton<PluginEndpointSource>();
        services.TryAddSingleton<RouteHandler>();
        services.TryAddSingleton<RouteEndpoints>();
        services.AddHealthChecks().AddCheck<StoreHealthCheck>("paddock-store", tags: [StoreHealthCheck.Tag]);
        services.AddOpenApi(Document, o => o.AddDocumentTransformer<DocumentTransformer>().AddOperationTransformer<OperationTransformer>());
        return builder;
    }

    /// <summary>Maps the native interfaces (<c>/api/plugins</c>, <c>/api/packages</c>, <c>/api/host</c>, <c>/api/jobs</c>, <c>/api/replays</c>, <c>/api/contributions</c>, <c>/api/agent</c>), Gitu's under <c>/api/gitu</c>, GoatKit's under <c>/api/v1/plugins</c>, the OpenAPI document, the health checks, the files of plugins under <c>/plugins</c>, and the routes that plugins contribute. Needs <see cref="AddHttpApi"/>.</summary>
    public static IEndpointRouteBuilder MapPaddock(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var gitu = endpoints.MapPaddockGroup(Routes.Gitu, "Gitu");
        GituPluginEndpoints.Map(gitu);
        GituCatalogEndpoints.Map(gitu);
        new PermissionEndpoints("Gitu", Routes.Gitu + "/permissions", PermissionAnswers.Gitu).Map(gitu);
        PackageEndpoints.Map(endpoints.MapPaddockGroup(Routes.Packages, "Packages"));
        HostEndpoints.Map(endpoints.MapPaddockGroup(Routes.Host, "Host"));
        JobEndpoints.Map(endpoints.MapPaddockGroup(Routes.Jobs, "Jobs"));
        AgentEndpoints.Map(endpoints.MapPaddockGroup(Routes.Agent, "Agents"));
        ReplayEndpoints.Map(endpoints.MapPaddockGroup(Routes.Replays, "Replays"));
        GoatKitEndpoints.Map(endpoints.MapPaddockGroup(Routes.GoatKit, "GoatKit"));
        var native = endpoints.MapPaddockGroup(Routes.Native, "Paddock");
        PluginEndpoints.Map(native);
        new PermissionEndpoints("", Routes.Native + "/permissions", PermissionAnswers.Native).Map(native);
        HealthEndpoints.Map(endpoints);
        MapContributions(endpoints);
        endpoints.MapOpenApi(Routes.OpenApi + "/{documentName}.json").AllowAnonymous();
        return endpoints;
    }

    private static void MapContributions(IEndpointRouteBuilder endpoints)
    {
        ContributionEndpoints.Map(endpoints.MapPaddockGroup(Routes.Contributions, "Contributions"));
        AssetEndpoints.Map(endpoints);
        var source = endpoints.ServiceProvider.GetRequiredService<PluginEndpointSource>();
        source.Application = endpoints.DataSources;
        endpoints.DataSources.Add(source);
    }

    private sealed class BoundaryStartupFilter : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.UseMiddleware<BoundaryMiddleware>();
            next(app);
        };
    }
}
