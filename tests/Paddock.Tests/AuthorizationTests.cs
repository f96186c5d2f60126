using Paddock.Tests.Seam;
using static Paddock.Tests.Seam.HostFixture;

namespace Paddock.Tests;

/// <summary>Every use case × who may not: another's object answers as one that does not exist, and a role too low is named.</summary>
public sealed class AuthorizationTests : IAsyncDisposable
{
    private readonly HostFixture _host = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    public static TheoryData<string> Strangers => ["bob", "elsewhere"];

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task T65_AnothersPlugin_AnswersLikeOneThatDoesNotExist(string stranger)
    {
        var plugin = await _host.CreateAsync();
        var who = stranger == "bob" ? OtherAuthor : OtherTenant;
        Assert.Equal(await CodesAsync(who, "plg_none", "grt_none", "req_none"), await CodesAsync(who, plugin.Id, "grt_none", "req_none"));
        Assert.Equal("a plugin", (await _host.Plugins.GetAsync(Author, plugin.Id, Ct)).Value.Name);
    }

    [Fact]
    public async Task T65_AnotherTenantsGrantsAndRequests_DoNotExist()
    {
        var plugin = await _host.CreateAsync();
        var grant = await _host.GrantKvAsync(plugin.Id);
        var request = (await _host.Permissions.CreateRequestAsync(Author, new PermissionRequestDraft { PluginId = plugin.Id, Permission = Kv }, Ct)).Value;
        Assert.Equal(await CodesAsync(OtherTenant, "plg_none", "grt_none", "req_none"), await CodesAsync(OtherTenant, plugin.Id, grant.Id, request.Id));
        Assert.Empty((await _host.Permissions.ListAsync(OtherTenant, null, plugin.Id, Ct)).Value);
        Assert.Empty((await _host.Permissions.ListAsync(OtherAuthor, null, plugin.Id, Ct)).Value);
        Assert.Empty((await _host.Permissions.ListRequestsAsync(OtherTenant, null, plugin.Id, Ct)).Value);
        Assert.Empty((await _host.Permissions.ListRequestsAsync(OtherAuthor, null, null, Ct)).Value);
        Assert.Empty((await _host.Audit.ListAsync(OtherTenant, plugin.Id, null, 50, Ct)).Value);
        Assert.Empty((await _host.Audit.ListAsync(OtherAuthor, plugin.Id, null, 50, Ct)).Value);
        Assert.Empty((await _host.Plugins.ListAsync(OtherAuthor, null, Ct)).Value);
    }

    [Fact]
    public async Task Operator_SeesTheWholeTenant()
    {
        var plugin = await _host.CreateAsync();
        Assert.Single((await _host.Plugins.ListAsync(Operator, null, Ct)).Value);
        Assert.Equal("OK", (await _host.Executions.ExecuteAsync(Operator, plugin.Id, new ExecuteRequest(), Ct)).Code());
        Assert.Equal("OK", (await _host.Plugins.UpdateAsync(Operator, plugin.Id, PluginPatch.Enable(false), Ct)).Code());
        Assert.Contains((await _host.Audit.ListAsync(Author, plugin.Id, null, 50, Ct)).Value, r => r is { Action: "plugin.update", Actor: "olga" });
    }

    [Fact]
    public async Task Author_DecidesNothing()
    {
        var plugin = await _host.CreateAsync();
        var grant = await _host.GrantKvAsync(plugin.Id);
        var request = (await _host.Permissions.CreateRequestAsync(Author, new PermissionRequestDraft { PluginId = plugin.Id, Permission = Kv }, Ct)).Value;
        string[] codes = await CodesAsync(Author, plugin.Id, grant.Id, request.Id);
        Assert.Equal(["OK", "OK", "OK", "OK", "FORBIDDEN", "FORBIDDEN", "FORBIDDEN", "FORBIDDEN", "OK"], codes);
    }

    [Fact]
    public async Task T74_Agent_CallsAndNothingElse()
    {
        var plugin = await _host.CreateAsync();
        var grant = await _host.GrantKvAsync(plugin.Id);
        var request = (await _host.Permissions.CreateRequestAsync(Author, new PermissionRequestDraft { PluginId = plugin.Id, Permission = Kv }, Ct)).Value;
        string[] codes = await CodesAsync(Agent, plugin.Id, grant.Id, request.Id);
        Assert.Equal(["OK", "OK", "OK", "FORBIDDEN", "FORBIDDEN", "FORBIDDEN", "FORBIDDEN", "FORBIDDEN", "FORBIDDEN"], codes);
        Assert.Equal("FORBIDDEN", (await _host.Permissions.CreateRequestAsync(Agent, new PermissionRequestDraft { PluginId = plugin.Id, Permission = Kv }, Ct)).Code());
    }

    // get, execute, executions, update, grant, revoke, approve, deny, delete
    private async Task<string[]> CodesAsync(Principal who, string plugin, string grant, string request) =>
    [
        (await _host.Plugins.GetAsync(who, plugin, Ct)).Code(),
        (await _host.Executions.ExecuteAsync(who, plugin, new ExecuteRequest(), Ct)).Code(),
        (await _host.Executions.ListAsync(who, plugin, 50, Ct)).Code(),
        (await _host.Plugins.UpdateAsync(who, plugin, Patch(new { description = "changed" }), Ct)).Code(),
        (await _host.Permissions.GrantAsync(who, new GrantRequest { PluginId = plugin, Permission = Kv }, Ct)).Code(),
        (await _host.Permissions.RevokeAsync(who, grant, Ct)).Code(),
        (await _host.Permissions.ApproveRequestAsync(who, request, GrantExpiry.Default, Ct)).Code(),
        (await _host.Permissions.DenyRequestAsync(who, request, Ct)).Code(),
        (await _host.Plugins.DeleteAsync(who, plugin, Ct)).Code(),
    ];
}
