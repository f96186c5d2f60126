using System.Net;
using System.Text.Json.Nodes;

namespace Paddock.AspNetCore.Tests;

/// <summary>Tools of agents, over HTTP.</summary>
public sealed class AgentTests(ServerFixture server)
{
    private const string Tools = "/api/agent/tools";

    [Fact]
    public async Task List_ShowsTheHostsToolsAndNoneThatCreatesOrDeletes()
    {
        var tools = await NamesAsync();
        Assert.Contains("list_user_plugins", tools);
        Assert.Contains("run_user_plugin", tools);
        Assert.DoesNotContain(tools, t => t!.StartsWith("create_", StringComparison.Ordinal) || t.StartsWith("delete_", StringComparison.Ordinal));
        (await server.Anonymous.GetAsync(Tools)).Expect(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("create_user_plugin", """{"name":"made by an agent","code":"module.exports = () => 1"}""")]
    [InlineData("create_container_plugin", """{"name":"made","code":"name: made","config":{"files":{}}}""")]
    [InlineData("delete_user_plugin", """{"pluginId":"x"}""")]
    [InlineData("no_such_tool", "{}")]
    public async Task T74_ToolThatCreatesOrDeletes_IsNotThere(string tool, string arguments) =>
        (await server.Agent.PostAsync($"{Tools}/{tool}", JsonNode.Parse(arguments)!)).Refused(HttpStatusCode.NotFound, "TOOL_NOT_FOUND");

    [Fact]
    public async Task T74_Agent_NeitherApprovesNorGrantsByAnyDoor()
    {
        string id = await CreateAsync("secretive", "module.exports = (c) => c.host.kv.get('a')");
        (await server.Agent.PostAsync("/api/plugins/permissions", new { pluginId = id, resource = "kv", actions = new[] { "read" }, scope = new { allowedKeys = new[] { "*" } } })).Refused(HttpStatusCode.Forbidden, "ROLE_INSUFFICIENT");
        var run = (await server.Agent.PostAsync($"{Tools}/run_user_plugin", new { pluginId = id })).Expect(HttpStatusCode.OK).Json;
        Assert.True((bool)run["isError"]!);
        Assert.Equal("PERMISSION_DENIED", (string?)run["content"]!["error"]);
    }

    [Fact]
    public async Task Run_OfAUsersPlugin_ReachesItsSandboxAndItsExecutions()
    {
        string id = await CreateAsync("adder", "module.exports = (c) => ({ sum: c.input.a + c.input.b, who: c.context })");
        var run = (await server.Agent.PostAsync($"{Tools}/run_user_plugin", new { pluginId = id, input = new { a = 2, b = 3 }, context = "chat" })).Expect(HttpStatusCode.OK).Json;
        Assert.Equal((5, "chat", false), ((int)run["content"]!["sum"]!, (string?)run["content"]!["who"], (bool)run["isError"]!));
        var executions = (await server.Author.GetAsync($"/api/plugins/{id}/executions")).Expect(HttpStatusCode.OK).Body;
        Assert.Contains((string)run["executionId"]!, executions, StringComparison.Ordinal);
        var listed = (await server.Agent.PostAsync($"{Tools}/list_user_plugins", new { })).Expect(HttpStatusCode.OK).Json["content"]!["plugins"]!.AsArray();
        Assert.Contains(listed, p => (string?)p!["id"] == id);
    }

    [Fact]
    public async Task T65_PluginOfAnother_IsNotThere()
    {
        string id = await CreateAsync("private", "module.exports = () => 1");
        foreach (var other in new[] { server.OtherAuthor, server.OtherTenant, server.Operator })
            (await other.PostAsync($"{Tools}/run_user_plugin", new { pluginId = id })).Refused(HttpStatusCode.NotFound, "PLUGIN_NOT_FOUND");

        // Control: its owner.
        (await server.Author.PostAsync($"{Tools}/run_user_plugin", new { pluginId = id })).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Hidden_Plugin_IsNeitherListedNorRun()
    {
        string id = await CreateAsync("hidden", "module.exports = () => 1", new { disableModelInvocation = true });
        (await server.Agent.PostAsync($"{Tools}/run_user_plugin", new { pluginId = id })).Refused(HttpStatusCode.NotFound, "PLUGIN_NOT_FOUND");
        Assert.DoesNotContain(id, (await server.Agent.PostAsync($"{Tools}/list_user_plugins", new { })).Expect(HttpStatusCode.OK).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ContributedTool_IsListedAndRoutedToItsPlugin_UntilItIsGone()
    {
        string name = "tools-" + Guid.NewGuid().ToString("n")[..12];
        byte[] zip = PackageArchive.Zip(
            ("plugin.yaml", $$"""
                apiVersion: paddock/v1
                name: {{name}}
                version: 1.0.0
                runtime: javascript
                entry: main.js
                capabilities: { required: ["tool:{{name}}.*"] }
                contributes:
                  tools:
                    - { name: "{{name}}.double", description: Doubles a number, handler: double, inputSchema: { type: object } }
                """),
            ("main.js", "exports.double = (c) => { if (!(c.input.n >= 0)) throw new Error('no number'); return 2 * c.input.n };"));
        (await server.Author.SendAsync(HttpMethod.Post, "/api/packages", ApiClient.Raw(zip, "application/zip"))).Expect(HttpStatusCode.Created);
        (await server.Agent.PostAsync($"{Tools}/{name}.double", new { n = 4 })).Refused(HttpStatusCode.NotFound, "TOOL_NOT_FOUND");
        string digest = (string)(await server.Operator.GetAsync($"/api/packages/{name}/policy")).Json["digest"]!;
        (await server.Operator.PutAsync($"/api/packages/{name}/policy", new { policy = new { status = "approved", capabilities = new[] { "*" } }, reviewedDigest = digest })).Expect(HttpStatusCode.OK);

        Assert.Contains($"{name}.double", await NamesAsync());
        var answer = (await server.Agent.PostAsync($"{Tools}/{name}.double", new { n = 4 })).Expect(HttpStatusCode.OK).Json;
        Assert.Equal((8, false), ((int)answer["content"]!, (bool)answer["isError"]!));
        Assert.True((bool)(await server.Agent.PostAsync($"{Tools}/{name}.double", new { })).Expect(HttpStatusCode.OK).Json["isError"]!);
        (await server.OtherTenant.PostAsync($"{Tools}/{name}.double", new { n = 4 })).Refused(HttpStatusCode.NotFound, "TOOL_NOT_FOUND");

        // Row 64: what the agent was shown is what it calls, or nothing.
        var shown = (await server.Agent.GetAsync(Tools)).Json["items"]!.AsArray().Single(t => (string?)t!["name"] == $"{name}.double")!;
        Assert.Equal(digest, (string?)shown["digest"]);
        (await server.Agent.PostAsync($"{Tools}/{name}.double?digest={digest}", new { n = 4 })).Expect(HttpStatusCode.OK);
        (await server.Agent.PostAsync($"{Tools}/{name}.double?digest={new string('0', 64)}", new { n = 4 })).Refused(HttpStatusCode.Conflict, "PLUGIN_CHANGED");

        (await server.Operator.PostAsync($"/api/packages/{name}/disable")).Expect(HttpStatusCode.OK);
        (await server.Agent.PostAsync($"{Tools}/{name}.double", new { n = 4 })).Refused(HttpStatusCode.NotFound, "TOOL_NOT_FOUND");
    }

    private async Task<string> CreateAsync(string name, string code, object? config = null) =>
        (string)(await server.Author.PostAsync("/api/plugins", new { name, code, config })).Expect(HttpStatusCode.Created).Json["id"]!;

    private async Task<IEnumerable<string?>> NamesAsync() =>
        (await server.Agent.GetAsync(Tools)).Expect(HttpStatusCode.OK).Json["items"]!.AsArray().Select(t => (string?)t!["name"]).ToArray();
}
