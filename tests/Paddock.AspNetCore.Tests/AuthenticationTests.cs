using System.Net;

namespace Paddock.AspNetCore.Tests;

public sealed class AuthenticationTests(ServerFixture server)
{
    private const string Plugins = "/api/gitu/plugins";

    [Fact]
    public async Task NoToken_IsChallenged()
    {
        var answer = (await server.Anonymous.GetAsync(Plugins)).Refused(HttpStatusCode.Unauthorized, "TOKEN_REQUIRED");
        Assert.StartsWith("Bearer", answer.Headers["WWW-Authenticate"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer nonsense")]
    [InlineData("Bearer pdk_author_0000000000000000000000000000000000000000000")]
    [InlineData("Bearer ' OR 1=1 --")]
    [InlineData("Basic YTpi")]
    [InlineData("nonsense")]
    public async Task UnknownToken_IsChallenged(string header)
    {
        var answer = await server.Anonymous.SendAsync(HttpMethod.Get, Plugins, change: r => r.Headers.TryAddWithoutValidation("Authorization", header));
        answer.Refused(HttpStatusCode.Unauthorized, "TOKEN_INVALID");
    }

    [Fact]
    public async Task OverlongToken_IsChallenged()
    {
        var answer = await server.Anonymous.SendAsync(HttpMethod.Get, Plugins, change: r => r.Headers.TryAddWithoutValidation("Authorization", "Bearer " + new string('a', 8000)));
        answer.Refused(HttpStatusCode.Unauthorized, "TOKEN_INVALID");
    }

    [Fact]
    public async Task Token_OutsideTheHeader_CountsForNothing()
    {
        string token = server.Author.Token!;
        (await server.Anonymous.GetAsync($"{Plugins}?access_token={token}&token={token}")).Refused(HttpStatusCode.Unauthorized, "TOKEN_REQUIRED");
        var answer = await server.Anonymous.SendAsync(HttpMethod.Get, Plugins, change: r => r.Headers.TryAddWithoutValidation("Cookie", $"token={token}; Authorization=Bearer {token}"));
        answer.Refused(HttpStatusCode.Unauthorized, "TOKEN_REQUIRED");
    }

    [Fact]
    public async Task Token_WithOneCharacterChanged_IsNotKnown()
    {
        string token = server.Author.Token!;
        char last = token[^1] == 'A' ? 'B' : 'A';
        (await server.WithToken(token[..^1] + last).GetAsync(Plugins)).Refused(HttpStatusCode.Unauthorized, "TOKEN_INVALID");
    }
}
