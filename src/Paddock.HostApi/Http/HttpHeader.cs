using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;

namespace Paddock.HostApi.Http;

/// <summary>A header that a guest asked to be sent: with a text of its own, or with a secret that the host puts in.</summary>
/// <param name="Name">A token.</param>
/// <param name="Value">The text; null with a secret.</param>
/// <param name="Secret">Name of the secret; null with a text.</param>
/// <param name="Format">What the secret is put into, in place of <c>{}</c>.</param>
internal sealed record HttpHeader(string Name, string? Value, string? Secret, string Format)
{
    private const int Most = 64;
    private const int LongestValue = 8192;
    private const int MostBytes = 32 << 10;
    private const string Hole = "{}";

    private static readonly SearchValues<char> Token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // SECURITY: these say where a request goes, how long it is, who is asking, or bring an identity that is not the plugin's: request
    // smuggling, a second host behind the one that was checked, a forged client address. They are the host's.
    private static readonly FrozenSet<string> HostsOwn = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "host", "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "content-length", "content-encoding",
        "expect", "cookie", "cookie2", "accept-encoding", "via", "forwarded", "max-forwards", "http2-settings", "alt-used", "early-data", "x-real-ip", "true-client-ip",
        "x-http-method-override", "x-http-method", "x-method-override", "x-original-url", "x-rewrite-url", "x-original-host", "x-host", "traceparent", "tracestate", "baggage");

    private static readonly string[] HostsOwnBeginnings = ["proxy-", "x-forwarded", "x-envoy-", "x-ms-client-principal"];

    internal static IReadOnlyList<HttpHeader> Read(JsonElement arguments)
    {
        if (!arguments.TryGetProperty("headers", out var headers) || headers.ValueKind == JsonValueKind.Null) return [];
        if (headers.ValueKind != JsonValueKind.Object) throw Arguments.Invalid("headers is no object.");
        var read = headers.EnumerateObject().Select(h => Read(h.Name, h.Value)).ToArray();
        if (read.Length > Most) throw Arguments.Invalid($"There are more than {Most} headers.");
        if (read.DistinctBy(h => h.Name, StringComparer.OrdinalIgnoreCase).Count() != read.Length) throw Arguments.Invalid("A header is there twice.");
        if (read.Sum(h => h.Name.Length + (h.Value ?? h.Format).Length) > MostBytes) throw Arguments.Invalid($"The headers are longer than {MostBytes} bytes.");
        return read;
    }

    /// <summary>What is sent, once the secret is known.</summary>
    internal string Filled(string secret)
    {
        if (!IsValue(secret)) throw Arguments.Invalid($"The secret {Secret} cannot be sent in a header.");
        return Format.Replace(Hole, secret, StringComparison.Ordinal);
    }

    private static HttpHeader Read(string name, JsonElement value)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(Token)) throw Arguments.Invalid("A header's name is no token.");
        if (HostsOwn.Contains(name) || HostsOwnBeginnings.Any(b => name.StartsWith(b, StringComparison.OrdinalIgnoreCase)))
            throw Arguments.Invalid($"The header {name} is set by the host alone.");
        if (value.ValueKind == JsonValueKind.String) return new HttpHeader(name, Checked(name, Arguments.Plain(value, name)), null, "");
        if (value.ValueKind != JsonValueKind.Object || value.EnumerateObject().Any(m => m.Name is not ("secret" or "format")))
            throw Arguments.Invalid($"The header {name} is neither text nor an object with secret and format.");
        var format = Checked(name, Arguments.OptionalText(value, "format") ?? Hole);
        if (format.AsSpan().Count(Hole) != 1) throw Arguments.Invalid($"The format of the header {name} has not one {Hole}.");
        return new HttpHeader(name, null, Arguments.Text(value, "secret"), format);
    }

    private static string Checked(string name, string value) =>
        value.Length <= LongestValue && IsValue(value) ? value : throw Arguments.Invalid($"The header {name} is too long or has other characters than ASCII's visible ones, space and tab.");

    // SECURITY: CR and LF begin another header or another request.
    private static bool IsValue(string value) => value.Length == 0 || (value.All(c => c is >= ' ' and < '\u007f' or '\t') && value == value.Trim());
}
