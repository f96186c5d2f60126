using System.Net;
using static Paddock.AspNetCore.Tests.ScriptedPlatform;

namespace Paddock.AspNetCore.Tests;

public sealed class AnswerTests
{
    private readonly PlatformServer _server;

    public AnswerTests(PlatformFixture fixture)
    {
        _server = fixture.Fresh();
        _server.Platform.Contribute(s => s with { Routes = [Route("stats", "GET", "/reply", "reply")] });
    }

    [Theory]
    [InlineData("{\"a\":[1,2]}")]
    [InlineData("[\"html\"]")]
    [InlineData("\"html\"")]
    [InlineData("null")]
    [InlineData("{\"status\":\"open\",\"body\":1}")]
    [InlineData("{\"status\":200,\"body\":\"x\",\"more\":1}")]
    [InlineData("{\"status\":99,\"body\":\"x\"}")]
    [InlineData("{\"html\":7}")]
    [InlineData("{\"inner\":{\"html\":\"<b>\",\"status\":200}}")]
    public async Task Reply_WithoutHtml_IsTheJsonThatItIs(string json)
    {
        var answer = (await ReplyAsync(json)).Expect(HttpStatusCode.OK);
        Assert.Equal((json, "application/json; charset=utf-8"), (answer.Body, answer.ContentType));
        Assert.Equal("nosniff", answer.Headers["X-Content-Type-Options"]);
        Assert.Contains("sandbox", answer.Headers["Content-Security-Policy"], StringComparison.Ordinal);
        Assert.Equal("no-store", answer.Headers["Cache-Control"]);
    }

    [Fact]
    public async Task Reply_WithHtml_IsACleanedPage()
    {
        var answer = (await ReplyAsync("""{"html":"<p id=a onclick=x()>Hi<script>alert(1)</script></p>","n":1}""")).Expect(HttpStatusCode.OK);
        Assert.Equal(("<p id=\"plugin-stats-a\">Hi</p>", "text/html; charset=utf-8"), (answer.Body, answer.ContentType));
        Assert.EndsWith("sandbox", answer.Headers["Content-Security-Policy"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reply_ThatIsAResponse_SetsStatusBodyAndAllowedHeadersOnly()
    {
        var answer = (await ReplyAsync("""
            {"status":201,"headers":{"Content-Type":"text/csv","X-Total-Count":"3","X-Plugin-Trace":"t","Set-Cookie":"a=b","Content-Security-Policy":"none",
             "Access-Control-Allow-Origin":"*","X-Accel-Redirect":"/etc","Location":"/x","Refresh":"0","Link":"<x>","Cache-Control":"public, max-age=9",
             "Strict-Transport-Security":"max-age=0","Clear-Site-Data":"\"*\"","X-Content-Type-Options":"","WWW-Authenticate":"Basic","Connection":"close",
             "Content-Length":"0","ETag":"a\r\nSet-Cookie: c=d"},"body":"a,b"}
            """)).Expect(HttpStatusCode.Created);
        Assert.Equal(("a,b", "text/csv", "3", "t", "nosniff", "no-store"), (answer.Body, answer.ContentType, answer.Headers["X-Total-Count"], answer.Headers["X-Plugin-Trace"], answer.Headers["X-Content-Type-Options"], answer.Headers["Cache-Control"]));
        Assert.Contains("sandbox", answer.Headers["Content-Security-Policy"], StringComparison.Ordinal);
        string[] allowed = ["Content-Type", "Content-Length", "X-Total-Count", "X-Plugin-Trace", "X-Content-Type-Options", "Content-Security-Policy", "X-Frame-Options", "Cache-Control", "Date", "Server"];
        Assert.Empty(answer.Headers.Keys.Except(allowed, StringComparer.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("text/javascript")]
    [InlineData("image/svg+xml")]
    [InlineData("application/xhtml+xml")]
    [InlineData("text/plain; charset=utf-7\\u0000")]
    public async Task T66_ContentType_ThatABrowserActsOn_IsNotSent(string type)
    {
        var answer = await ReplyAsync($$"""{"status":200,"headers":{"Content-Type":"{{type}}"},"body":"<script>1</script>"}""");
        Assert.Equal("text/plain; charset=utf-8", answer.Expect(HttpStatusCode.OK).ContentType);
    }

    [Theory]
    [InlineData("/tickets/1", true)]
    [InlineData("//evil.example", false)]
    [InlineData("/\\\\evil.example", false)]
    [InlineData("https://evil.example", false)]
    [InlineData("javascript:alert(1)", false)]
    public async Task Redirect_LeadsToPathsOfTheApplicationOnly(string location, bool allowed)
    {
        var answer = await ReplyAsync($$"""{"status":303,"headers":{"location":"{{location}}"} }""");
        if (allowed) Assert.Equal(location, answer.Expect(HttpStatusCode.SeeOther).Headers["Location"]);
        else Assert.False(answer.Refused(HttpStatusCode.BadGateway, "REDIRECT_REFUSED").Headers.ContainsKey("Location"));
    }

    [Fact]
    public async Task Reply_InBase64_IsItsBytes()
    {
        var answer = await ReplyAsync("""{"status":200,"headers":{"Content-Type":"image/png"},"body":"aGk=","encoding":"base64"}""");
        Assert.Equal(("hi", "image/png"), (answer.Body, answer.ContentType));
    }

    [Theory]
    [InlineData(CallStatus.GuestFault, ErrorCodes.GuestError, HttpStatusCode.BadGateway)]
    [InlineData(CallStatus.LimitExceeded, ErrorCodes.TimeLimit, HttpStatusCode.GatewayTimeout)]
    [InlineData(CallStatus.LimitExceeded, ErrorCodes.MemoryLimit, HttpStatusCode.BadGateway)]
    [InlineData(CallStatus.Denied, ErrorCodes.RateLimited, HttpStatusCode.TooManyRequests)]
    public async Task Call_ThatFails_TellsItsCodeAndNothingOfTheGuest(CallStatus status, string code, HttpStatusCode expected)
    {
        _server.Platform.Plugin("stats", "reply", _ => throw new ScriptedFailure(status, code, "canary of the database"));
        Assert.DoesNotContain("canary", (await _server.Author.GetAsync("/reply")).Refused(expected, code).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusal_OfTheHost_HasItsStatus()
    {
        _server.Platform.Refusal = new ServiceError(ServiceErrorKind.Conflict, "SAFE_MODE", "No plugin runs.");
        (await _server.Author.GetAsync("/reply")).Refused(HttpStatusCode.ServiceUnavailable, "SAFE_MODE");
        _server.Platform.Refusal = new ServiceError(ServiceErrorKind.Conflict, ErrorCodes.RateLimited, "Too often.");
        (await _server.Author.GetAsync("/reply")).Refused(HttpStatusCode.TooManyRequests, ErrorCodes.RateLimited);
    }

    [Theory]
    [InlineData("stats", "{\"error\":\"stats:locked\"}", true)]
    [InlineData("stats", "{\"error_code\":\"locked\",\"error\":\"x\"}", true)]
    [InlineData("stats", "{\"error\":\"unknown\"}", false)]
    [InlineData("other", "{\"error\":\"other:locked\"}", false)]
    public async Task ErrorCode_OfThePluginsOwn_IsAProblem(string owner, string reply, bool isProblem)
    {
        _server.Platform.Contribute(s => s with
        {
            ErrorCodes = new Dictionary<string, Contributed<ErrorCodeRegistration>> { [owner + ":locked"] = From(owner, new ErrorCodeRegistration("locked", "The ticket is locked.", 423)) },
        });
        var answer = await ReplyAsync(reply);
        if (!isProblem) Assert.Equal(reply, answer.Expect(HttpStatusCode.OK).Body);
        else Assert.Equal("The ticket is locked.", (string?)answer.Refused(HttpStatusCode.Locked, "stats:locked").Json["detail"]);
    }

    [Fact]
    public async Task ErrorCode_Thrown_IsAProblem()
    {
        _server.Platform.Contribute(s => s with
        {
            ErrorCodes = new Dictionary<string, Contributed<ErrorCodeRegistration>> { ["stats:locked"] = From("stats", new ErrorCodeRegistration("locked", "The ticket is locked.", 423)) },
        });
        _server.Platform.Plugin("stats", "reply", _ => throw new ScriptedFailure(CallStatus.GuestFault, ErrorCodes.GuestError, "locked"));
        (await _server.Author.GetAsync("/reply")).Refused(HttpStatusCode.Locked, "stats:locked");
    }

    private Task<Answer> ReplyAsync(string json)
    {
        _server.Platform.Plugin("stats", "reply", json);
        return _server.Author.GetAsync("/reply");
    }
}
