using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Paddock.AspNetCore;

/// <summary>The outermost step of every request to Paddock: refuses what a browser sends on behalf of another site, bounds size and time, and turns every failure into one JSON shape.</summary>
internal sealed class BoundaryMiddleware(RequestDelegate next, IOptions<PaddockHttpOptions> options, ILogger<BoundaryMiddleware> logger)
{
    private readonly PaddockHttpOptions _options = options.Value;
    private readonly RequestOrigin _origin = new(options.Value.AllowedHosts);

    public Task InvokeAsync(HttpContext context) => IsOurs(context.Request.Path) ? HandleAsync(context) : next(context);

    private bool IsOurs(PathString path) => _options.OwnsAllPaths || Routes.Apis.Any(r => path.StartsWithSegments(r, StringComparison.OrdinalIgnoreCase));

    private async Task HandleAsync(HttpContext context)
    {
        SetHeaders(context.Response.Headers);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = _options.MaxBodyBytes;
        ApiError? error = _origin.Check(context.Request);
        if (error is null)
        {
            try
            {
                await next(context).ConfigureAwait(false);
                error = context.Response.HasStarted || HasBody(context.Response) ? null : ApiErrors.ForStatus(context.Response.StatusCode);
            }
            catch (Exception e) when (!context.Response.HasStarted)
            {
                context.Response.Clear();
                SetHeaders(context.Response.Headers);
                error = FailureFilter.Classify(context, e, logger);
            }
        }

        if (error is null || context.Response.HasStarted) return;
        await ErrorWriter.WriteAsync(context, error).ConfigureAwait(false);
    }

    private static bool HasBody(HttpResponse response) => response.ContentLength > 0 || response.ContentType is not null;

    private static void SetHeaders(IHeaderDictionary headers)
    {
        // SECURITY: a plugin's output rendered as a page of the host's origin. Nothing here is ever a page.
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
    }
}
