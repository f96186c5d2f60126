using System.Net;
using System.Text.Json.Nodes;
using static Paddock.AspNetCore.Tests.ScriptedPlatform;

namespace Paddock.AspNetCore.Tests;

public sealed class RouteTests
{
    private readonly PlatformServer _server;

    public RouteTests(PlatformFixture fixture)
    {
        _server = fixture.Fresh();
        _server.Platform.Plugin("stats", "echo", arguments => Task.FromResult(arguments.GetRawText()));
    }

    [Fact]
    public async Task Route_OfAPlugin_AppearsAndDisappearsWithIt()
    {
        (await _server.Author.GetAsync("/stats/7")).Expect(HttpStatusCode.NotFound);
        Routes(Route("stats", "GET", "/stats/:id", "echo"));
        Assert.Equal("7", (string?)(await _server.Author.GetAsync("/stats/7")).Expect(HttpStatusCode.OK).Json["id"]);
        Routes();
        (await _server.Author.GetAsync("/stats/7")).Expect(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Route_ReplacedWhileACallIsUnderWay_TheCallEnds()
    {
        var entered = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        _server.Platform.Plugin("stats", "slow", async _ =>
        {
            entered.SetResult();
            await release.Task;
            return "\"done\"";
        });
        Routes(Route("stats", "GET", "/slow", "slow"));
        var call = _server.Author.GetAsync("/slow");
        await entered.Task;
        Routes();
        release.SetResult();
        Assert.Equal("\"done\"", (await call).Expect(HttpStatusCode.OK).Body);
    }

    [Theory]
    [InlineData("auth", HttpStatusCode.OK)]
    [InlineData("admin", HttpStatusCode.Conflict)]
    public async Task T63_Version_ReplacedAfterARequestWasAuthorised_IsCalledOnlyOnTheSameTerms(string middleware, HttpStatusCode expected)
    {
        var old = Route("stats", "GET", "/terms", "echo", "auth");
        var @new = Route("stats", "GET", "/terms", "echo", middleware) with { Digest = new string('1', 64) };
        var handler = Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.GetRequiredService<RouteHandler>(_server.Services);
        Routes(@new);
        _server.Platform.Serving = @new.Digest;
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext { RequestServices = _server.Services };
        (context.Request.Method, context.Request.Path, context.Request.Host) = ("GET", "/terms", new Microsoft.AspNetCore.Http.HostString("localhost"));
        await handler.HandleAsync(context, old);
        Assert.Equal((int)expected, context.Response.StatusCode);
    }

    [Fact]
    public async Task Version_ServesBeforeItsContributionsAppear_TheRequestWaitsForThem()
    {
        var old = Route("stats", "GET", "/waits", "echo");
        Routes(old);
        _server.Platform.Serving = new string('1', 64);
        var refused = new TaskCompletionSource();
        _server.Platform.Refused = () => refused.TrySetResult();
        var request = _server.Author.GetAsync("/waits");
        await refused.Task;
        for (int i = 0; i < 1000; i++) await Task.Yield();
        Routes(old with { Digest = _server.Platform.Serving });
        (await request).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Arguments_UrlThenQueryThenBody_AreFlatAndTheHostsAreLast()
    {
        Routes(Route("stats", "POST", "/stats/{id}/{part}", "echo"));
        var answer = await _server.Operator.SendAsync(
            HttpMethod.Post, "/stats/1/a?part=b&list=1&list=2&_user_id=root&x=q", ApiClient.Raw("{\"x\":{\"deep\":[1]},\"_is_admin\":true,\"\\u005flang\":\"xx\",\"id\":9}"u8.ToArray()),
            r => r.Headers.Add("Accept-Language", "de-AT,en;q=0.5"));
        AssertJson("""
            {"x":{"deep":[1]},"id":9,"part":"b","list":["1","2"],"_method":"POST","_path":"/stats/1/a","_user_id":"operator","_user_login":"operator",
             "_user_role":"operator","_is_admin":true,"_lang":"de-AT"}
            """, answer.Expect(HttpStatusCode.OK).Body);
        var (caller, plugin, call) = Assert.Single(_server.Platform.Calls);
        Assert.Equal(("operator", "stats", CallDoor.Contribution, "de-AT"), (caller.Owner, plugin, call.Door, call.Language));
    }

    [Theory]
    [InlineData("[1]", HttpStatusCode.BadRequest, "JSON_INVALID")]
    [InlineData("{\"a\":1,\"a\":2}", HttpStatusCode.BadRequest, "JSON_INVALID")]
    [InlineData("{", HttpStatusCode.BadRequest, "JSON_INVALID")]
    public async Task Body_ThatIsNoObject_IsRefused(string body, HttpStatusCode status, string code)
    {
        Routes(Route("stats", "POST", "/stats", "echo"));
        (await _server.Author.PostAsync("/stats", body)).Refused(status, code);
        Assert.Empty(_server.Platform.Calls);
    }

    [Fact]
    public async Task Body_ThatIsTooLarge_IsRefused()
    {
        Routes(Route("stats", "POST", "/stats", "echo"));
        var answer = await _server.Author.SendAsync(HttpMethod.Post, "/stats", ApiClient.Raw(new byte[(4 << 20) + 1]), r => r.Headers.ExpectContinue = true);
        answer.Refused(HttpStatusCode.RequestEntityTooLarge, "BODY_TOO_LARGE");
    }

    [Fact]
    public async Task T66_Cookie_AndAuthorization_NeverReachAPlugin()
    {
        Routes(Route("stats", "GET", "/stats", "echo"));
        var answer = await _server.Author.SendAsync(HttpMethod.Get, "/stats", change: r => r.Headers.Add("Cookie", "session=canary-cookie"));
        answer.Expect(HttpStatusCode.OK);
        string input = System.Text.Encoding.UTF8.GetString(Assert.Single(_server.Platform.Calls).Call.Input.Span);
        Assert.DoesNotContain("canary-cookie", input, StringComparison.Ordinal);
        Assert.DoesNotContain(_server.Author.Token!, input, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Middleware_OfARoute_IsRealAuthorization()
    {
        Routes(
            Route("stats", "GET", "/m/none", "echo"), Route("stats", "GET", "/m/auth", "echo", "auth"), Route("stats", "GET", "/m/admin", "echo", "auth", "admin"),
            Route("stats", "GET", "/m/public", "echo", "public"), Route("stats", "GET", "/m/reports", "echo", "reports"));
        var reporter = _server.User("rita", "reporter");
        var boss = _server.User("boris", "boss");
        foreach (var (client, statuses) in new[]
        {
            (_server.Anonymous, new[] { 401, 401, 401, 200, 401 }), (_server.Agent, [200, 200, 403, 200, 401]), (_server.Operator, [200, 200, 200, 200, 401]),
            (reporter, [200, 200, 403, 200, 200]), (boss, [200, 200, 200, 200, 403]),
        })
        {
            var answers = new List<int>();
            foreach (string path in new[] { "none", "auth", "admin", "public", "reports" }) answers.Add((int)(await client.GetAsync("/m/" + path)).Status);
            Assert.Equal(statuses, answers);
        }

        Assert.Equal("boris", (string?)(await boss.GetAsync("/m/admin")).Json["_user_id"]);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("AUTH")]
    [InlineData("public", "admin")]
    public async Task Middleware_ThatThereIsNot_LeavesTheRouteOut(params string[] middleware)
    {
        Routes(Route("stats", "GET", "/m", "echo", middleware));
        (await _server.Operator.GetAsync("/m")).Expect(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("GET", "/tickets/new")]
    [InlineData("POST", "/tickets/new")]
    [InlineData("GET", "/TICKETS/NEW")]
    [InlineData("GET", "/reports/{x}")]
    [InlineData("GET", "/")]
    [InlineData("GET", "/health/live")]
    [InlineData("POST", "/api/plugins")]
    [InlineData("PATCH", "/api/plugins/{id}")]
    [InlineData("GET", "/api/packages/x/y/z")]
    [InlineData("GET", "/api/v1/plugins/other")]
    [InlineData("GET", "/a/{id:regex((a+)+$)}")]
    [InlineData("GET", "/a/../b")]
    [InlineData("GET", "/a/{_user_id}")]
    [InlineData("GET", "/a/{x}/{x}")]
    [InlineData("GET", "no-slash")]
    [InlineData("TRACE", "/trace")]
    public async Task Route_ThatIsTheApplicationsOrNone_IsLeftOutAndTheOthersStay(string method, string path)
    {
        Routes(Route("stats", method, path, "echo", "public"), Route("stats", "GET", "/other", "echo"));
        (await _server.Author.GetAsync("/other")).Expect(HttpStatusCode.OK);
        await _server.Anonymous.SendAsync(new HttpMethod(method), path.Replace("{x}", "1", StringComparison.Ordinal).Replace("{id}", "1", StringComparison.Ordinal));
        Assert.DoesNotContain(_server.Platform.Calls, c => c.Call.Function == "echo" && c.Caller.Owner.Length == 0);
    }

    [Fact]
    public async Task Route_ThatAlsoMatchesAPathOfTheApplication_LeavesItToTheApplication()
    {
        Routes(Route("stats", "GET", "/tickets/{id}", "echo"));
        Assert.Equal("the application's", (await _server.Author.GetAsync("/tickets/new")).Expect(HttpStatusCode.OK).Body);
        Assert.Equal("5", (string?)(await _server.Author.GetAsync("/tickets/5")).Expect(HttpStatusCode.OK).Json["id"]);
    }

    [Fact]
    public async Task T65_CallerOfAnotherTenant_FindsNothing()
    {
        Routes(Route("stats", "GET", "/stats", "echo"), Route("stats", "GET", "/open", "echo", "admin"));
        (await _server.OtherTenant.GetAsync("/stats")).Refused(HttpStatusCode.NotFound, "ROUTE_NOT_FOUND");
        (await _server.OtherTenant.GetAsync("/open")).Refused(HttpStatusCode.NotFound, "ROUTE_NOT_FOUND");
        Assert.Empty(_server.Platform.Calls);
    }

    [Theory]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public async Task T75_CrossSitePost_IsRefused(string header, string value)
    {
        Routes(Route("stats", "POST", "/stats", "echo"));
        (await _server.User("rita").SendAsync(HttpMethod.Post, "/stats", change: r => r.Headers.Add(header, value))).Refused(HttpStatusCode.Forbidden, "ORIGIN_NOT_ALLOWED");
        (await _server.User("rita").SendAsync(HttpMethod.Post, "/stats")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task T75_DnsRebinding_ForeignHostHeader_IsRefused()
    {
        Routes(Route("stats", "GET", "/stats", "echo", "public"));
        (await _server.Anonymous.SendAsync(HttpMethod.Get, "/stats", change: r => r.Headers.Host = "evil.example")).Refused(HttpStatusCode.BadRequest, "HOST_NOT_ALLOWED");
    }

    private static void AssertJson(string expected, string actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)), actual);

    private void Routes(params Contributed<RouteRegistration>[] routes) => _server.Platform.Contribute(s => s with { Routes = routes });
}
