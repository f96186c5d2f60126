using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Paddock.HostApi.Http;

/// <summary>One request and its answer, without redirects.</summary>
internal sealed class HttpExchange(HttpConnector connector, HttpFunctionOptions options)
{
    private const int ResponseHeaderKilobytes = 32;
    private const string Agent = "Paddock";

    internal async Task<HttpAnswer> SendAsync(HttpRequestSpec spec, HttpAdmission admission, IReadOnlyDictionary<string, string> secrets, CancellationToken cancellationToken)
    {
        // SECURITY: a handler of its own for each request. In a shared pool a connection that was allowed to one plugin, under its
        // grants, could serve the next one, under others.
        using var handler = Handler(spec.Url, admission);
        using var invoker = new HttpMessageInvoker(handler);
        using var message = Message(spec, secrets);
        using var response = await invoker.SendAsync(message, cancellationToken).ConfigureAwait(false);
        var status = (int)response.StatusCode;
        if (spec.Follows && status is 301 or 302 or 303 or 307 or 308 && response.Headers.Location is { } location) return new HttpAnswer(status, location, [], []);
        var body = await BoundedBody.ReadAsync(response.Content, options, cancellationToken).ConfigureAwait(false);
        return new HttpAnswer(status, null, [.. response.Headers.Concat(response.Content.Headers).Select(h => new KeyValuePair<string, string>(h.Key, string.Join(", ", h.Value)))], body);
    }

    private SocketsHttpHandler Handler(HttpUrl url, HttpAdmission admission) => new()
    {
        ConnectCallback = (_, cancellationToken) => connector.ConnectAsync(url, admission, cancellationToken),
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        Credentials = null,

        // SECURITY: a proxy of the environment would connect instead of us, to whatever address it finds.
        UseProxy = false,
        ActivityHeadersPropagator = null,
        MaxResponseHeadersLength = ResponseHeaderKilobytes,
        ResponseDrainTimeout = TimeSpan.Zero,
        PooledConnectionLifetime = TimeSpan.Zero,
        SslOptions = new SslClientAuthenticationOptions
        {
            TargetHost = url.Host.Text,

            // SECURITY: a certificate names addresses to fetch its issuer and its revocations from, and the other side writes it.
            CertificateChainPolicy = ChainPolicy(),
        },
    };

    private X509ChainPolicy ChainPolicy()
    {
        var policy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck };
        if (connector.Roots is not { } roots) return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(roots);
        return policy;
    }

    private static HttpRequestMessage Message(HttpRequestSpec spec, IReadOnlyDictionary<string, string> secrets)
    {
        var message = new HttpRequestMessage(spec.Method, spec.Url.Uri) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        if (spec.Body is not null) message.Content = new ByteArrayContent(spec.Body);
        foreach (var header in spec.Headers)
        {
            var value = header.Value ?? header.Filled(secrets[header.Secret!]);

            // Headers of a body are none of a request's; without a body there is nothing that they would describe.
            if (!message.Headers.TryAddWithoutValidation(header.Name, value)) message.Content?.Headers.TryAddWithoutValidation(header.Name, value);
        }

        if (!message.Headers.Contains("User-Agent")) message.Headers.TryAddWithoutValidation("User-Agent", Agent);
        message.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip, br");
        return message;
    }
}

/// <summary>What came back.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Location">Where a redirect leads; null when it is none.</param>
/// <param name="Headers">Headers, as they came.</param>
/// <param name="Body">Decompressed.</param>
internal sealed record HttpAnswer(int Status, Uri? Location, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body);
