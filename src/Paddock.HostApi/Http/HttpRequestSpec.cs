using System.Text;
using System.Text.Json;

namespace Paddock.HostApi.Http;

/// <summary>A request as a guest asked for it, checked.</summary>
internal sealed record HttpRequestSpec(HttpMethod Method, HttpUrl Url, IReadOnlyList<HttpHeader> Headers, byte[]? Body, bool Base64, TimeSpan Timeout, bool Follows = true)
{
    internal static readonly string[] Members = ["method", "url", "headers", "body", "encoding", "timeoutMs", "redirect"];

    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    internal static HttpUrl UrlOf(JsonElement arguments) =>
        HttpUrl.TryParse(Arguments.Text(arguments, "url"))
        ?? throw Arguments.Invalid("url is no http or https URL with a plain host: no user, no spaces or backslashes, addresses in their usual form, other scripts in punycode.");

    internal static HttpMethod MethodOf(JsonElement arguments)
    {
        var method = (Arguments.OptionalText(arguments, "method") ?? "GET").ToUpperInvariant();
        return Methods.Contains(method) ? new HttpMethod(method) : throw Arguments.Invalid($"method is none of {string.Join(", ", Methods)}.");
    }

    internal static HttpRequestSpec Read(JsonElement arguments, HttpFunctionOptions options)
    {
        var method = MethodOf(arguments);
        var base64 = Arguments.OptionalText(arguments, "encoding") switch
        {
            null or "utf8" or "utf-8" => false,
            "base64" => true,
            _ => throw Arguments.Invalid("encoding is neither utf8 nor base64."),
        };
        var body = BodyOf(arguments, base64);
        if (body is not null && (method == HttpMethod.Get || method == HttpMethod.Head)) throw Arguments.Invalid($"A {method} request has no body.");
        if (body?.Length > options.RequestBytes) throw Arguments.Invalid($"The body is longer than {options.RequestBytes} bytes.");
        var most = (int)options.Timeout.TotalMilliseconds;
        var timeout = TimeSpan.FromMilliseconds(Math.Min(most, Arguments.OptionalNumber(arguments, "timeoutMs", most, int.MaxValue)));
        var follows = Arguments.OptionalText(arguments, "redirect") switch
        {
            null or "follow" => true,
            "manual" => false,
            _ => throw Arguments.Invalid("redirect is neither follow nor manual."),
        };
        return new HttpRequestSpec(method, UrlOf(arguments), HttpHeader.Read(arguments), body, base64, timeout, follows);
    }

    /// <summary>What is asked for after a redirect: as browsers do, 303 (and 301, 302 to a POST) become a GET without a body. No secret goes on, and to another origin no Authorization.</summary>
    internal HttpRequestSpec Redirected(HttpUrl target, int status)
    {
        var becomesGet = (status == 303 && Method != HttpMethod.Head) || (status is 301 or 302 && Method == HttpMethod.Post);
        var keepsOrigin = target.HasSameOrigin(Url);
        return this with
        {
            Url = target,
            Method = becomesGet ? HttpMethod.Get : Method,
            Body = becomesGet ? null : Body,
            Headers = [.. Headers.Where(h => h.Secret is null && (keepsOrigin || !h.Name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)))],
        };
    }

    private static byte[]? BodyOf(JsonElement arguments, bool base64)
    {
        if (!arguments.TryGetProperty("body", out var given) || given.ValueKind == JsonValueKind.Null) return null;
        var text = Arguments.Text(arguments, "body");
        if (!base64) return Encoding.UTF8.GetBytes(text);
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            throw Arguments.Invalid("body is no base64.");
        }
    }
}
