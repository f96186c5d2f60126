using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Paddock.AspNetCore;

/// <summary>Gitu's catalog, which is empty here: a client that shows it shows no entries, and no entry can be found or installed.</summary>
internal static class GituCatalogEndpoints
{
    private static readonly ApiError NotFound = new(StatusCodes.Status404NotFound, "CATALOG_PLUGIN_NOT_FOUND", "This server publishes no catalog.");

    public static void Map(RouteGroupBuilder gitu)
    {
        gitu.Get("/plugins/catalog", List).As("GituListCatalog", "List the catalog, which is empty", PaddockPolicies.Caller)
            .WithQuery("q", "string", "A text to search.").WithQuery("tag", "string", "A tag.").Produces<GituCatalog>();
        foreach (string prefix in new[] { "/plugins/catalog", "/catalog" })
        {
            string name = prefix.StartsWith("/plugins", StringComparison.Ordinal) ? "GituPlugin" : "Gitu";
            gitu.Get(prefix + "/{id}", Get).As(name + "CatalogItem", "Get a catalog entry; there is none", PaddockPolicies.Caller);
            gitu.Post(prefix + "/{id}/install", InstallAsync).As(name + "CatalogInstall", "Install a catalog entry; there is none", PaddockPolicies.Author);
        }
    }

    private static IResult List(HttpContext context)
    {
        _ = Query.Text(context, "q");
        _ = Query.Text(context, "tag");
        return Wire.Ok(new GituCatalog(true, [], []));
    }

    private static IResult Get(string id) => throw NotFound.AsException();

    private static async Task<IResult> InstallAsync(HttpContext context, string id)
    {
        var reader = new BodyReader(await context.BodyAsync(optional: true));
        _ = reader.Any("enabled");
        _ = reader.Any("config");
        reader.Finish();
        throw NotFound.AsException();
    }
}
