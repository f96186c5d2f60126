using System.Net;
using System.Text;

namespace Paddock.AspNetCore.Tests;

public sealed class AssetTests
{
    private readonly PlatformServer _server;

    public AssetTests(PlatformFixture fixture)
    {
        _server = fixture.Fresh();
        foreach (string path in new[] { "static/a.css", "static/a.js", "static/a.html", "static/deep/a.svg", "static/a.unknown", "assets/a.png", "templates/a.html", "main.js" })
            _server.Platform.Files[("stats", path)] = Encoding.UTF8.GetBytes("content of " + path);
    }

    [Theory]
    [InlineData("static/a.css", "text/css; charset=utf-8")]
    [InlineData("static/deep/a.svg", "image/svg+xml")]
    [InlineData("static/a.js", "text/plain; charset=utf-8")]
    [InlineData("static/a.html", "text/plain; charset=utf-8")]
    [InlineData("static/a.unknown", "application/octet-stream")]
    [InlineData("assets/a.png", "image/png")]
    public async Task File_OfARunningPlugin_IsServedSandboxed(string path, string type)
    {
        var answer = (await _server.Anonymous.GetAsync("/plugins/stats/" + path)).Expect(HttpStatusCode.OK);
        Assert.Equal(("content of " + path, type, "nosniff", "no-cache"), (answer.Body, answer.ContentType, answer.Headers["X-Content-Type-Options"], answer.Headers["Cache-Control"]));
        Assert.EndsWith("sandbox", answer.Headers["Content-Security-Policy"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Script_OfAPluginWhoseHtmlPolicyTrusts_IsAScript()
    {
        _server.Platform.Contribute(s => s with { RawHtml = new HashSet<string> { "stats" } });
        Assert.StartsWith("text/javascript", (await _server.Anonymous.GetAsync("/plugins/stats/static/a.js")).ContentType, StringComparison.Ordinal);
        Assert.StartsWith("text/css", (await _server.Anonymous.GetAsync("/plugins/stats/static/a.css")).ContentType, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_ThatTheBrowserHas_IsNotSentAgain_UntilItChanges()
    {
        var first = await _server.Anonymous.GetAsync("/plugins/stats/static/a.css");
        Task<Answer> Again() => _server.Anonymous.SendAsync(HttpMethod.Get, "/plugins/stats/static/a.css", change: r => r.Headers.Add("If-None-Match", first.Headers["ETag"]));
        Assert.Equal("", (await Again()).Expect(HttpStatusCode.NotModified).Body);
        _server.Platform.Files[("stats", "static/a.css")] = "new"u8.ToArray();
        Assert.Equal("new", (await Again()).Expect(HttpStatusCode.OK).Body);
        _server.Platform.Files.Clear();
        (await Again()).Expect(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("templates/a.html")]
    [InlineData("main.js")]
    [InlineData("static/../main.js")]
    [InlineData("static/%2e%2e/main.js")]
    [InlineData("static/..%2fmain.js")]
    [InlineData("static/..%5cmain.js")]
    [InlineData("static/deep//a.svg")]
    [InlineData("static/a.css%00")]
    [InlineData("static/")]
    [InlineData("static/none.css")]
    public async Task T66_PathOutsideOfTheFolders_IsNotFound(string path)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{_server.Address}plugins/stats/{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Contains(response.StatusCode, new[] { HttpStatusCode.NotFound, HttpStatusCode.BadRequest });
        Assert.DoesNotContain("content of", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
