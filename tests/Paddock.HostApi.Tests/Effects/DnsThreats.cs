using Paddock.HostApi.Http;

namespace Paddock.HostApi.Tests.Effects;

/// <summary>Names as a way out: what is looked up tells somebody's name server something.</summary>
public sealed class DnsThreats
{
    [Theory]
    [InlineData("api.example.com", "http://stolen-data.evil.example/")]
    [InlineData("api.example.com", "http://stolen-data.api.example.com/")]
    [InlineData("*.example.com", "http://stolen.data.evil.example/")]
    [InlineData("*.example.com", "http://a.b.c.d.example.com/")]
    [InlineData("*.example.com", "http://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.example.com/")]
    [InlineData("*.example.com:81", "http://stolen.example.com/")]
    [InlineData("https://*.example.com", "http://stolen.example.com/")]
    public async Task T71_NameOutsideTheScope_IsNeverLookedUp(string scope, string url)
    {
        var connector = new TestConnector();
        var door = new EffectDoor(new HttpFunctionGroup(null, new HttpFunctionOptions(), connector)).Grant(PermissionType.Http, Access.Execute, scope);
        Assert.Equal(ErrorCodes.PermissionDenied, await door.Code("http.request", new { url }));
        Assert.Empty(connector.Asked);
        Assert.False(Assert.Single(door.Audit).Allowed);

        // Control: with a grant of the name it is looked up.
        var host = HttpUrl.TryParse(url)!.Host.Text;
        connector.Name(host);
        await door.Grant(PermissionType.Http, Access.Execute, host).Call("http.request", new { url });
        Assert.Single(connector.Asked);
    }

    [Fact]
    public async Task T71_NameInScope_IsLookedUpAsItIs_WithoutTheSearchList()
    {
        var connector = new TestConnector("wiki.corp.example").Name("gone.example.com").Name("wiki.corp.example").Name("wiki");
        var door = new EffectDoor(new HttpFunctionGroup(null, new HttpFunctionOptions(), connector)).Grant(PermissionType.Http, Access.Execute, "*.example.com", "wiki.corp.example", "wiki");
        foreach (var host in new[] { "gone.example.com", "wiki.corp.example", "wiki" })
            Assert.Equal(ErrorCodes.NetworkError, await door.Code("http.request", new { url = $"http://{host}/" }));
        Assert.Equal(["gone.example.com.", "wiki.corp.example", "wiki"], connector.Asked);
    }
}
