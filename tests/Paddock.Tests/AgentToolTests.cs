using System.Text;
using System.Text.Json;
using Paddock.Tests.Seam;
using static Paddock.Tests.Seam.HostFixture;

namespace Paddock.Tests;

/// <summary>Row 74, where a host's owner gives agents more tools.</summary>
public sealed class AgentToolTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task T74_ToolsThatCreateAndDelete_AreThereOnlyWhereTheyAreTurnedOn()
    {
        await using (var host = new HostFixture()) Assert.Equal(["list_user_plugins", "run_user_plugin"], host.Get<IPluginToolRouter>().List(Agent).Select(t => t.Name));
        await using var open = new HostFixture(o => o.AgentsMayCreatePlugins = o.AgentsMayDeletePlugins = true);
        Assert.Equal(["list_user_plugins", "run_user_plugin", "create_user_plugin", "create_container_plugin", "delete_user_plugin"], open.Get<IPluginToolRouter>().List(Agent).Select(t => t.Name));
    }

    [Fact]
    public async Task T74_PluginThatAnAgentMade_RunsWithoutAnyGrant()
    {
        await using var host = new HostFixture(o => o.AgentsMayCreatePlugins = o.AgentsMayDeletePlugins = true);
        var created = await Call(host, "create_user_plugin", new { name = "made by an agent", code = "log made by an agent" });
        string id = created.GetProperty("id").GetString()!;
        Assert.Equal("ann", (await host.Plugins.GetAsync(Author, id, Ct)).Value.Owner);
        var grant = await host.Get<IPermissionService>().ListAsync(Author, cancellationToken: Ct);
        Assert.Empty(grant.Value);
        Assert.False((await host.Get<IPluginToolRouter>().CallAsync(Agent, "run_user_plugin", JsonSerializer.SerializeToElement(new { pluginId = id }), cancellationToken: Ct)).Value.IsError);
        Assert.True((await Call(host, "delete_user_plugin", new { pluginId = id })).GetProperty("deleted").GetBoolean());
        Assert.NotNull((await host.Plugins.GetAsync(Author, id, Ct)).Error);
    }

    [Theory]
    [InlineData("""{"name":"x"}""")]
    [InlineData("""{"name":"files and no container","code":"log ten letters","config":{"files":{"a":"b"}}}""")]
    [InlineData("""{"name":"grants itself","code":"log ten letters","permissions":[{"type":"kv"}]}""")]
    public async Task Create_DraftThatIsNone_IsRefused(string arguments)
    {
        await using var host = new HostFixture(o => o.AgentsMayCreatePlugins = true);
        var result = await host.Get<IPluginToolRouter>().CallAsync(Agent, "create_user_plugin", JsonElement.Parse(arguments), cancellationToken: Ct);
        Assert.NotEmpty(result.Error!.Findings);
        Assert.Empty((await host.Plugins.ListAsync(Author, cancellationToken: Ct)).Value);
    }

    private static async Task<JsonElement> Call(HostFixture host, string tool, object arguments)
    {
        var result = await host.Get<IPluginToolRouter>().CallAsync(Agent, tool, JsonSerializer.SerializeToElement(arguments), cancellationToken: Ct);
        Assert.True(result.Error is null, $"{result.Error?.Code} {string.Join(", ", result.Error?.Findings.Select(f => f.Code) ?? [])}");
        return JsonElement.Parse(Encoding.UTF8.GetString(result.Value.Content.Span));
    }
}
