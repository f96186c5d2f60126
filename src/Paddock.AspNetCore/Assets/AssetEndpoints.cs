using System.Collections.Frozen;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Paddock.AspNetCore;

/// <summary>Files of running plugins, for browsers: <c>/plugins/NAME/static/…</c> and <c>/plugins/NAME/assets/…</c>. They need no token, as browsers send none for an image.</summary>
internal static class AssetEndpoints
{
    private const string Policy = "default-src 'none'; img-src 'self' data:; style-src 'self'; font-src 'self'; frame-ancestors 'self'; sandbox";
    private static readonly string[] Folders = ["static", "assets"];
    private static readonly string[] Methods = ["GET", "HEAD"];

    // SECURITY: a script or page of a plugin on the application's origin. What a browser would run is plain text to it, and
    // a type that is not listed is bytes to save. A page of an own kind (SVG) is sandboxed.
    private static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>
    {
        [".css"] = "text/css; charset=utf-8", [".txt"] = "text/plain; charset=utf-8", [".html"] = "text/plain; charset=utf-8", [".htm"] = "text/plain; charset=utf-8",
        [".md"] = "text/plain; charset=utf-8", [".js"] = "text/plain; charset=utf-8", [".mjs"] = "text/plain; charset=utf-8", [".csv"] = "text/csv; charset=utf-8",
        [".json"] = "application/json; charset=utf-8", [".map"] = "application/json; charset=utf-8", [".pdf"] = "application/pdf",
        [".png"] = "image/png", [".jpg"] = "image/jpeg", [".jpeg"] = "image/jpeg", [".gif"] = "image/gif", [".webp"] = "image/webp", [".avif"] = "image/avif",
        [".ico"] = "image/x-icon", [".svg"] = "image/svg+xml", [".woff"] = "font/woff", [".woff2"] = "font/woff2", [".ttf"] = "font/ttf", [".otf"] = "font/otf",
        [".mp3"] = "audio/mpeg", [".ogg"] = "audio/ogg", [".mp4"] = "video/mp4", [".webm"] = "video/webm",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        foreach (string folder in Folders)
            endpoints.MapMethods($"{Routes.Plugins}/{{plugin}}/{folder}/{{**path}}", Methods, (HttpContext context, string plugin, string? path) => SendAsync(context, plugin, folder, path ?? "")).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task SendAsync(HttpContext context, string plugin, string folder, string path)
    {
        var options = context.RequestServices.GetRequiredService<IOptions<PaddockHttpOptions>>().Value;
        var error = new RequestOrigin(options.AllowedHosts).Check(context.Request);
        var asset = error is null && IsPlain(path)
            ? await context.RequestServices.GetRequiredService<IPluginAssets>().FindAsync(options.Tenant, plugin, $"{folder}/{path}", context.RequestAborted).ConfigureAwait(false)
            : null;
        if (asset is null)
        {
            PluginAnswer.SetHeaders(context.Response.Headers);
            await ErrorWriter.WriteAsync(context, error ?? ApiErrors.RouteNotFound).ConfigureAwait(false);
            return;
        }

        bool runs = context.RequestServices.GetRequiredService<PluginHtml>().IsRaw(plugin) && Path.GetExtension(path) is ".js" or ".mjs";
        SetHeaders(context.Response.Headers, runs ? "text/javascript; charset=utf-8" : Types.GetValueOrDefault(Path.GetExtension(path), "application/octet-stream"), asset);
        if (HasIt(context.Request, asset))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentLength = asset.Content.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.BodyWriter.WriteAsync(asset.Content, context.RequestAborted).ConfigureAwait(false);
    }

    private static void SetHeaders(IHeaderDictionary headers, string type, PluginAsset asset)
    {
        headers.ContentType = type;
        headers.ETag = $"\"{asset.Sha256}\"";
        // Asked again each time: a plugin that was disabled has no files any more.
        headers.CacheControl = "no-cache";
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = Policy;
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    private static bool HasIt(HttpRequest request, PluginAsset asset) =>
        new RequestHeaders(request.Headers).IfNoneMatch.Any(t => t.Equals(EntityTagHeaderValue.Any) || t.Tag.AsSpan().Trim('"').SequenceEqual(asset.Sha256));

    // SECURITY: a path that leaves the folder. Files are found by their names in the verified package, so that nothing is
    // walked; a name that could be walked is not even asked for.
    private static bool IsPlain(string path) =>
        path.Length is > 0 and <= 512 && !path.Any(c => c is '\\' or '\0' or '%' || char.IsControl(c)) && path.Split('/').All(s => s is not ("" or "." or ".."));
}
