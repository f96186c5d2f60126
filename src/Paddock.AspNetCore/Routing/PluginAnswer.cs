using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Paddock.AspNetCore;

/// <summary>Writes a plugin's reply as a response of the application's origin without letting it act there.</summary>
// SECURITY: a plugin's bytes under the application's own origin. `sandbox` without any allowance makes a page of them an
// origin of its own, without scripts and forms; nosniff keeps anything else from becoming a page, a script or a style.
internal static class PluginAnswer
{
    private static readonly StringValues Json = "application/json; charset=utf-8";
    private static readonly StringValues Html = "text/html; charset=utf-8";
    private static readonly StringValues NoSniff = "nosniff";
    private static readonly StringValues NoStore = "no-store";
    private static readonly StringValues Deny = "DENY";
    private static readonly StringValues DataPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";
    private static readonly StringValues PagePolicy = "default-src 'none'; img-src 'self' data:; style-src 'self'; font-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'; sandbox";

    /// <summary>Answers with a reply; an error instead where the reply is no answer.</summary>
    public static async ValueTask<ApiError?> WriteAsync(HttpContext context, string plugin, ReadOnlyMemory<byte> reply, PluginHtml html)
    {
        var response = context.Response;
        SetHeaders(response.Headers);
        var form = PluginReply.Read(reply.Span);
        if (form.Response is { } whole)
        {
            response.StatusCode = whole.Status;
            if (ResponseHeaders.Apply(response, whole) is { } refused) return refused;
            if (form.Html is null)
            {
                if (whole.Status is 204 or 304) return null;
                if (response.ContentType is null) response.ContentType = whole.IsText ? "text/plain; charset=utf-8" : Json.ToString();
                return await SendAsync(context, whole.Body).ConfigureAwait(false);
            }
        }

        if (form.Html is not { } markup)
        {
            response.Headers.ContentType = Json;
            return await SendAsync(context, reply).ConfigureAwait(false);
        }

        response.Headers.ContentType = Html;
        response.Headers.ContentSecurityPolicy = PagePolicy;
        response.Headers.XFrameOptions = "SAMEORIGIN";
        return await SendAsync(context, Encoding.UTF8.GetBytes(html.Clean(plugin, markup))).ConfigureAwait(false);
    }

    public static void SetHeaders(IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = NoSniff;
        headers.ContentSecurityPolicy = DataPolicy;
        headers.XFrameOptions = Deny;
        headers.CacheControl = NoStore;
    }

    private static async ValueTask<ApiError?> SendAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        context.Response.ContentLength = body.Length;
        await context.Response.BodyWriter.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
        return null;
    }
}
