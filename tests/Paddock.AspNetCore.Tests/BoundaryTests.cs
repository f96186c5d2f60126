using System.Net;
using System.Text;

namespace Paddock.AspNetCore.Tests;

public sealed class BoundaryTests(ServerFixture server)
{
    private const string Plugins = "/api/gitu/plugins";

    [Theory]
    [InlineData("evil.example")]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("localhost.")]
    [InlineData("plugins.example.test.evil.example")]
    [InlineData("192.168.1.5")]
    public async Task T75_DnsRebinding_ForeignHostHeader_IsRefused(string host)
    {
        foreach (string path in new[] { Plugins, "/health/live", "/openapi/v1.json", "/nothing" })
            (await server.Author.SendAsync(HttpMethod.Get, path, change: r => r.Headers.Host = host)).Refused(HttpStatusCode.BadRequest, "HOST_NOT_ALLOWED");
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:1234")]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]:80")]
    [InlineData("plugins.example.test")]
    public async Task T75_Control_OwnHostHeader_IsServed(string host) =>
        (await server.Author.SendAsync(HttpMethod.Get, Plugins, change: r => r.Headers.Host = host)).Expect(HttpStatusCode.OK);

    [Theory]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "https://127.0.0.1")]
    [InlineData("Origin", "http://127.0.0.1:1")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task T75_CrossSiteRequest_ThatChangesSomething_IsRefused(string header, string value)
    {
        var answer = await server.Author.SendAsync(HttpMethod.Post, Plugins, ApiClient.Raw("{}"u8.ToArray()), r => r.Headers.TryAddWithoutValidation(header, value));
        answer.Refused(HttpStatusCode.Forbidden, "ORIGIN_NOT_ALLOWED");
    }

    [Fact]
    public async Task T75_Control_SameOriginRequest_ReachesTheOperation()
    {
        var answer = await server.Author.SendAsync(HttpMethod.Post, Plugins, ApiClient.Raw("{}"u8.ToArray()), r =>
        {
            r.Headers.TryAddWithoutValidation("Origin", server.Address.GetLeftPart(UriPartial.Authority));
            r.Headers.TryAddWithoutValidation("Sec-Fetch-Site", "same-origin");
        });
        answer.Refused(HttpStatusCode.BadRequest, "NAME_REQUIRED");
    }

    [Fact]
    public async Task T75_Preflight_IsAnsweredWithoutPermission()
    {
        var answer = await server.Anonymous.SendAsync(HttpMethod.Options, Plugins, change: r =>
        {
            r.Headers.TryAddWithoutValidation("Origin", "http://evil.example");
            r.Headers.TryAddWithoutValidation("Access-Control-Request-Method", "POST");
        });
        Assert.DoesNotContain(answer.Headers.Keys, k => k.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
        Assert.True((int)answer.Status >= 400);
    }

    [Theory]
    [InlineData("/nothing", "ROUTE_NOT_FOUND")]
    [InlineData("/api/plugins/a/b/c", "ROUTE_NOT_FOUND")]
    [InlineData("/api/gitu/nothing", "ROUTE_NOT_FOUND")]
    public async Task UnknownPath_IsToldAsJson(string path, string code)
    {
        var answer = (await server.Author.GetAsync(path)).Refused(HttpStatusCode.NotFound, code);
        Assert.Contains("json", answer.ContentType, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/plugins")]
    [InlineData("/api/gitu/plugins")]
    public async Task UnknownMethod_IsToldAsJson(string path)
    {
        var answer = (await server.Author.SendAsync(HttpMethod.Patch, path)).Refused(HttpStatusCode.MethodNotAllowed, "METHOD_NOT_ALLOWED");
        Assert.Contains("GET", answer.Headers["Allow"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("nonsense")]
    public async Task OtherContentType_IsRefused(string type) =>
        (await server.Author.SendAsync(HttpMethod.Post, Plugins, ApiClient.Raw("{}"u8.ToArray(), type))).Refused(HttpStatusCode.UnsupportedMediaType, "CONTENT_TYPE_UNSUPPORTED");

    [Fact]
    public async Task LargeBody_WithItsLength_IsRefused() =>
        (await server.Author.SendAsync(HttpMethod.Post, Plugins, ApiClient.Raw(new byte[(4 << 20) + 1]), AskFirst)).Refused(HttpStatusCode.RequestEntityTooLarge, "BODY_TOO_LARGE");

    [Fact]
    public async Task LargeBody_InChunks_IsRefused()
    {
        var content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes("\"" + new string('a', 5 << 20) + "\"")));
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        var answer = await server.Author.SendAsync(HttpMethod.Post, Plugins, content, r =>
        {
            AskFirst(r);
            r.Headers.TransferEncodingChunked = true;
        });
        answer.Refused(HttpStatusCode.RequestEntityTooLarge, "BODY_TOO_LARGE");
    }

    // The body is sent once the server asks for it: otherwise the answer races with a connection that the server closes.
    private static void AskFirst(HttpRequestMessage request) => request.Headers.ExpectContinue = true;

    [Theory]
    [InlineData("/api/plugins")]
    [InlineData("/nothing")]
    [InlineData("/health/ready")]
    public async Task EveryAnswer_HasSecurityHeaders(string path)
    {
        var answer = await server.Author.GetAsync(path);
        Assert.Equal("nosniff", answer.Headers["X-Content-Type-Options"]);
        Assert.Contains("default-src 'none'", answer.Headers["Content-Security-Policy"], StringComparison.Ordinal);
        Assert.Contains("no-store", answer.Headers["Cache-Control"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Health_WithoutToken_IsHealthy(string path) =>
        Assert.Equal("healthy", (string?)(await server.Anonymous.GetAsync(path)).Expect(HttpStatusCode.OK).Json["status"]);
}
