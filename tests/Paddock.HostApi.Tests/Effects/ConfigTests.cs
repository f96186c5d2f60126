using Microsoft.Extensions.Configuration;
using Paddock.HostApi.Config;

namespace Paddock.HostApi.Tests.Effects;

public sealed class ConfigTests
{
    private const string Canary = "canary-9f2";

    private readonly IConfiguration _configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["Site:Title"] = "Desk",
        ["Site:Theme:Color"] = "blue",
        ["Site:Password"] = Canary,
        ["Site:ApiKey"] = Canary,
        ["Site:Feed"] = $"https://user:{Canary}@feed.example.com/",
        ["Site:Back"] = $"Server=db;User Id=sa;Password = {Canary}",
        ["ConnectionStrings:Main"] = $"Host=x;{Canary}",
        ["Db:Host"] = Canary,
        ["Smtp:From"] = "desk@example.com",
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        ["Sitemap"] = "outside",
    }).Build();

    private EffectDoor Door(params string[] sensitive) => new(HostFunctions.Config(_configuration, new ConfigFunctionOptions { GrantableSensitiveKeys = sensitive }));

    [Theory]
    [InlineData("Site:*", "Site:Title", "Desk")]
    [InlineData("site.*", "Site.Theme.Color", "blue")]
    [InlineData("Site:Title", "SITE__TITLE", "Desk")]
    [InlineData("*", "Logging:LogLevel:Microsoft.AspNetCore", "Warning")]
    [InlineData("*", "Site:Missing", null)]
    public async Task ConfigGet_WithinScope_IsTheValue(string scope, string key, string? value) =>
        Assert.Equal(value, (await Door().Grant(PermissionType.Config, Access.Read, scope).Value("config.get", new { key })).GetProperty("value").GetString());

    [Theory]
    [InlineData("Site:*", "Sitemap")]
    [InlineData("Site:*", "Site")]
    [InlineData("Site*", "Sitemap")]
    [InlineData("S*e:Title", "Site:Title")]
    [InlineData("Site:?itle", "Site:Title")]
    [InlineData("[S]ite:Title", "Site:Title")]
    [InlineData("**", "Site:Title")]
    [InlineData("", "Site:Title")]
    public async Task ConfigGet_OutsideScope_IsDenied(string scope, string key) =>
        Assert.Equal(ErrorCodes.PermissionDenied, await Door().Grant(PermissionType.Config, Access.Read, scope).Code("config.get", new { key }));

    public static TheoryData<string> SensitiveKeys => [
        "Site:Password", "site:password", "SITE__PASSWORD", "Site.PassWord", "Site:Api_Key", "Site:ApiKey", "Site:api-key", "ConnectionStrings:Main", "connection_strings:main",
        "Db:Host", "db__host", "DB.HOST", "Smtp:From", "Site:Feed", "Site:Back"];

    [Theory]
    [MemberData(nameof(SensitiveKeys))]
    public async Task T55_SensitiveKeys_NoScopeLiftsThem(string key)
    {
        var door = Door().Grant(PermissionType.Config, Access.Read, "*", "Site:*", "Db:*", key);
        var reply = await door.Call("config.get", new { key });
        Assert.Equal(ErrorCodes.PermissionDenied, reply.Error?.Code);
        Assert.DoesNotContain(Canary, reply.Error!.Message, StringComparison.Ordinal);
        Assert.False(Assert.Single(door.Audit).Allowed);
    }

    [Theory]
    [InlineData("Site:P\u0430ssword")]
    [InlineData("Site:Pas\u017Fword")]
    [InlineData("Site:Api\u212Aey")]
    [InlineData("Site:Pass\u200Bword")]
    [InlineData("Site:\uFF30assword")]
    [InlineData("Site:Pass%77ord")]
    [InlineData("Site:Pass*")]
    [InlineData("Site::Password")]
    [InlineData("Site:Password:")]
    [InlineData(" Site:Password")]
    [InlineData("Site:Password\0")]
    public async Task T55_KeysInDisguise_AreNoKeys(string key) =>
        Assert.Equal(ErrorCodes.InvalidArgument, await Door().Grant(PermissionType.Config, Access.Read, "*").Code("config.get", new { key }));

    [Fact]
    public async Task T55_Control_ApplicationGrantAndPolicyNameTheVeryKey_ItIsRead()
    {
        var door = Door("Site:Password").Grant(PermissionType.Config, Access.Read, "*", "Site:*");
        Assert.Equal(ErrorCodes.PermissionDenied, await door.Code("config.get", new { key = "Site:Password" }));
        door.Grant(PermissionType.Config, Access.Read, "site:password");
        Assert.Equal(ErrorCodes.PermissionDenied, await door.Code("config.get", new { key = "Site:Password" }));
        door.SensitiveConfigKeys = ["Site:Password"];
        Assert.Equal(Canary, (await door.Value("config.get", new { key = "Site:Password" })).GetProperty("value").GetString());
        Assert.Equal(ErrorCodes.PermissionDenied, await door.Code("config.get", new { key = "Site:ApiKey" }));
    }
}
