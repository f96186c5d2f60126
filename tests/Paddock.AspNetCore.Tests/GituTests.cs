using System.Net;
using System.Text.Json.Nodes;

namespace Paddock.AspNetCore.Tests;

public sealed class GituTests(ServerFixture server)
{
    private const string Plugins = "/api/gitu/plugins";
    private const string Permissions = "/api/gitu/permissions";

    [Fact]
    public async Task Plugin_FromCreationToDeletion_AnswersGitusShapes()
    {
        var created = (await server.Author.PostAsync(Plugins, new { name = "Echo", description = "says it again", code = Scenario.Echo, entrypoint = "run", config = new { tone = "kind" }, enabled = true })).Expect(HttpStatusCode.Created);
        Assert.True((bool)created.Json["success"]!);
        var plugin = created.Json["plugin"]!;
        string path = $"{Plugins}/{plugin["id"]}";
        Assert.Equal(path, created.Headers["Location"]);
        Assert.Equal(["Echo", "says it again", "run", "kind"], [(string)plugin["name"]!, (string)plugin["description"]!, (string)plugin["entrypoint"]!, (string)plugin["config"]!["tone"]!]);

        Assert.Equal(plugin.ToJsonString(), (await server.Author.GetAsync(path)).Expect(HttpStatusCode.OK).Json["plugin"]!.ToJsonString());
        var changed = (await server.Author.PutAsync(path, new { enabled = false })).Expect(HttpStatusCode.OK).Json["plugin"]!;
        Assert.False((bool)changed["enabled"]!);
        Assert.Equal(Scenario.Echo, (string)changed["code"]!);
        Assert.Contains(Ids(await server.Author.GetAsync(Plugins + "?enabled=false")), id => id == (string)plugin["id"]!);
        Assert.DoesNotContain(Ids(await server.Author.GetAsync(Plugins + "?enabled=true")), id => id == (string)plugin["id"]!);
        (await server.Author.PostAsync(path + "/execute", new { })).Refused(HttpStatusCode.Conflict, "PLUGIN_DISABLED");

        (await server.Author.DeleteAsync(path)).Expect(HttpStatusCode.OK);
        (await server.Author.GetAsync(path)).Refused(HttpStatusCode.NotFound, "PLUGIN_NOT_FOUND");
        (await server.Author.PostAsync(path + "/execute", new { })).Refused(HttpStatusCode.NotFound, "PLUGIN_NOT_FOUND");
    }

    [Fact]
    public async Task Create_ManyMistakes_AllCodesAtOnce_NothingStored()
    {
        int before = Ids(await server.Author.GetAsync(Plugins)).Count();
        var answer = (await server.Author.PostAsync(Plugins, """{"name":"x","code":"short","enabled":"yes","config":[],"entrypoint":7,"colour":"red"}""")).Expect(HttpStatusCode.BadRequest);
        Assert.False((bool)answer.Json["success"]!);
        string[] codes = [.. answer.Json["errors"]!.AsArray().Select(e => (string)e!)];
        Assert.All(["NAME_REQUIRED", "CODE_REQUIRED", "ENABLED_INVALID", "CONFIG_INVALID", "ENTRYPOINT_INVALID", "FIELD_UNKNOWN"], code => Assert.Contains(code, codes));
        Assert.Contains((string)answer.Json["error"]!, codes);
        Assert.Equal(before, Ids(await server.Author.GetAsync(Plugins)).Count());
    }

    [Theory]
    [InlineData("module.exports = () => require('fs');", "CODE_DISALLOWED")]
    [InlineData("module.exports = () => { return ; ", "CODE_COMPILE_ERROR")]
    public async Task Validate_BadCode_AnswersBothShapes(string code, string expected)
    {
        var answer = (await server.Author.PostAsync(Plugins + "/validate", Scenario.Plugin(code: code))).Expect(HttpStatusCode.OK).Json;
        Assert.False((bool)answer["valid"]!);
        Assert.False((bool)answer["result"]!["valid"]!);
        Assert.Contains(answer["errors"]!.AsArray(), e => (string)e! == expected);
        Assert.Contains(answer["result"]!["errors"]!.AsArray(), e => (string)e! == expected);
    }

    [Fact]
    public async Task Validate_GoodCode_IsValid_StoresNothing()
    {
        int before = Ids(await server.Author.GetAsync(Plugins)).Count();
        var answer = (await server.Author.PostAsync(Plugins + "/validate", Scenario.Plugin())).Expect(HttpStatusCode.OK).Json;
        Assert.True((bool)answer["success"]! && (bool)answer["valid"]! && (bool)answer["result"]!["valid"]!);
        Assert.Equal(before, Ids(await server.Author.GetAsync(Plugins)).Count());
    }

    [Fact]
    public async Task Execute_Completed_AnswersResultAndLogs_AndIsListed()
    {
        string id = await server.Author.CreateAsync("module.exports = async (ctx) => { console.log('one', { two: 2 }); console.error('three'); return ctx.input.a + 1; };");
        var result = (await server.Author.PostAsync($"{Plugins}/{id}/execute", new { input = new { a = 41 } })).Expect(HttpStatusCode.OK).Json["result"]!;
        Assert.True((bool)result["success"]!);
        Assert.Equal(42, (int)result["result"]!);
        Assert.Null(result["error"]);
        Assert.Equal(2, result["logs"]!.AsArray().Count);
        Assert.Equal(["info", "error"], result["logEntries"]!.AsArray().Select(l => (string)l!["level"]!));

        var listed = (await server.Author.GetAsync($"{Plugins}/{id}/executions?limit=1")).Expect(HttpStatusCode.OK).Json["executions"]!.AsArray();
        Assert.Equal((string)result["executionId"]!, (string)Assert.Single(listed)!["id"]!);
        Assert.Equal(42, (int)listed[0]!["result"]!);
    }

    [Fact]
    public async Task Execute_InputContextAndConfig_ReachThePlugin()
    {
        string id = await server.Author.CreateAsync(config: new { c = 3 });
        var result = (await server.Author.PostAsync($"{Plugins}/{id}/execute", new { input = new { a = 1 }, context = new { b = 2 } })).Expect(HttpStatusCode.OK).Json["result"]!;
        Assert.Equal("""{"input":{"a":1},"context":{"b":2},"config":{"c":3}}""", result["result"]!.ToJsonString());
    }

    [Fact]
    public async Task Execute_GuestThrows_IsAnAnswerWithItsOwnStack()
    {
        string id = await server.Author.CreateAsync("module.exports = function run() { throw new TypeError('wrong <b>'); };");
        var answer = (await server.Author.PostAsync($"{Plugins}/{id}/execute", new { })).Expect(HttpStatusCode.OK);
        var result = answer.Json["result"]!;
        Assert.True((bool)answer.Json["success"]!);
        Assert.False((bool)result["success"]!);
        Assert.Equal(["GUEST_ERROR", "TypeError", "wrong <b>"], [(string)result["error"]!["code"]!, (string)result["error"]!["name"]!, (string)result["error"]!["message"]!]);
        Assert.Contains("run", (string)result["error"]!["stack"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("module.exports = () => { for (;;) {} };", "TIME_LIMIT")]
    [InlineData("module.exports = () => { const a = []; for (;;) a.push(new Uint8Array(1 << 20).fill(1)); };", "MEMORY_LIMIT")]
    public async Task Execute_LimitReached_IsAnAnswerWithItsCode(string code, string expected)
    {
        string id = await server.Author.CreateAsync(code);
        var result = (await server.Author.PostAsync($"{Plugins}/{id}/execute", new { timeoutMs = 2000 })).Expect(HttpStatusCode.OK).Json["result"]!;
        Assert.Equal(expected, (string)result["error"]!["code"]!);
        Assert.Equal("limit_exceeded", (string)result["status"]!);
    }

    [Theory]
    [InlineData("{\"timeoutMs\":199}", "TIMEOUT_INVALID")]
    [InlineData("{\"timeoutMs\":300001}", "TIMEOUT_INVALID")]
    [InlineData("{\"timeoutMs\":\"5\"}", "FIELD_INVALID")]
    [InlineData("{\"timeoutMs\":1.5}", "FIELD_INVALID")]
    [InlineData("{\"function\":\"x\"}", "FIELD_UNKNOWN")]
    [InlineData("[]", "JSON_INVALID")]
    public async Task Execute_MalformedRequest_IsRefused(string body, string code)
    {
        string id = await server.Author.CreateAsync();
        (await server.Author.PostAsync($"{Plugins}/{id}/execute", body)).Refused(HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task Container_IsStored_AndExecuteSaysThatItCannotRun()
    {
        var answer = await server.Author.PostAsync(Plugins, new
        {
            name = "My Container Plugin",
            code = "name: my_container_plugin\nversion: 1.0.0\ndescription: example\nruntime: node18\nentry: main.js\npermissions:\n  network: false\n  filesystem: none\n  env: []\n",
            config = new { files = new Dictionary<string, string> { ["main.js"] = "console.log('hello from container');" } },
        });
        string id = (string)answer.Expect(HttpStatusCode.Created).Json["plugin"]!["id"]!;
        Assert.Equal("container", (string)answer.Json["plugin"]!["runtime"]!);
        (await server.Author.PostAsync($"{Plugins}/{id}/execute", new { })).Refused(HttpStatusCode.Conflict, "RUNTIME_UNAVAILABLE");
    }

    [Fact]
    public async Task Consent_AskedApprovedRevoked_DecidesTheEffect()
    {
        string folder = server.GrantableFolder;
        string file = Path.Combine(folder, "asked.txt");
        string id = await server.Author.CreateAsync("module.exports = async (ctx) => { await ctx.gitu.files.write(ctx.input.path, 'x'); return 'done'; };");
        Assert.Equal("PERMISSION_DENIED", await CodeOfAsync(id, file));

        var asked = (await server.Author.PostAsync(Permissions + "/requests", new { pluginId = id, resource = "files", actions = new[] { "write" }, scope = new { allowedPaths = new[] { folder } }, reason = "to write", expiresInDays = 5 })).Expect(HttpStatusCode.Created);
        string request = (string)asked.Json["request"]!["id"]!;
        Assert.Equal("pending", (string)asked.Json["request"]!["status"]!);
        Assert.Contains(request, (await server.Operator.GetAsync(Permissions + "/requests?status=pending")).Body, StringComparison.Ordinal);

        var approved = (await server.Operator.PostAsync($"{Permissions}/requests/{request}/approve", new { expiresInDays = 1 })).Expect(HttpStatusCode.OK);
        string permission = (string)approved.Json["permission"]!["id"]!;
        Assert.Null(await CodeOfAsync(id, file));
        Assert.True(File.Exists(file));
        (await server.Operator.PostAsync($"{Permissions}/requests/{request}/approve")).Refused(HttpStatusCode.Conflict, "REQUEST_RESOLVED");
        (await server.Operator.PostAsync($"{Permissions}/requests/{request}/deny")).Refused(HttpStatusCode.Conflict, "REQUEST_RESOLVED");

        (await server.Operator.PostAsync($"{Permissions}/{permission}/revoke")).Expect(HttpStatusCode.OK);
        Assert.Equal("PERMISSION_DENIED", await CodeOfAsync(id, file));
        Assert.Contains("\"revoked\"", (await server.Author.GetAsync($"{Permissions}?resource=files&pluginId={id}")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Grant_ChangedCode_IsSuspended()
    {
        string folder = server.GrantableFolder;
        string id = await server.Author.CreateAsync("module.exports = async (ctx) => { await ctx.gitu.files.write(ctx.input.path, '1'); };");
        (await server.Operator.PostAsync(Permissions, Scenario.Files(id, folder))).Expect(HttpStatusCode.Created);
        Assert.Null(await CodeOfAsync(id, Path.Combine(folder, "suspended.txt")));
        (await server.Author.PutAsync($"{Plugins}/{id}", new { code = "module.exports = async (ctx) => { await ctx.gitu.files.write(ctx.input.path, '2'); };" })).Expect(HttpStatusCode.OK);
        Assert.Equal("PERMISSION_DENIED", await CodeOfAsync(id, Path.Combine(folder, "suspended.txt")));
        Assert.Contains("\"suspended\"", (await server.Author.GetAsync($"{Permissions}?pluginId={id}")).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"resource":"files","actions":["read"],"scope":{"allowedPaths":["/tmp"]}}""", "FIELD_REQUIRED")]
    [InlineData("""{"pluginId":"ID","resource":"network","actions":["read"]}""", "FIELD_INVALID")]
    [InlineData("""{"pluginId":"ID","resource":"files","actions":["fly"],"scope":{"allowedPaths":["/tmp"]}}""", "FIELD_INVALID")]
    [InlineData("""{"pluginId":"ID","resource":"files","actions":[],"scope":{"allowedPaths":["/tmp"]}}""", "FIELD_INVALID")]
    [InlineData("""{"pluginId":"ID","resource":"files","actions":["read"],"scope":{"allowedPaths":["/tmp"],"all":true}}""", "FIELD_UNKNOWN")]
    [InlineData("""{"pluginId":"ID","resource":"files","actions":["read"],"scope":{"allowedCommands":["ls"]}}""", "FIELD_UNKNOWN")]
    [InlineData("""{"pluginId":"ID","resource":"kv","actions":["read"],"scope":{"allowedKeys":["*"]},"expiresAt":"yesterday"}""", "FIELD_INVALID")]
    [InlineData("""{"pluginId":"ID","resource":"kv","actions":["read"],"scope":{"allowedKeys":["*"]},"expiresInDays":0}""", "EXPIRY_INVALID")]
    [InlineData("""{"pluginId":"ID","resource":"kv","actions":["read"],"scope":{"allowedKeys":["*"]},"expiresAt":"2001-01-01T00:00:00Z"}""", "EXPIRY_INVALID")]
    public async Task Grant_Malformed_IsRefused(string body, string code)
    {
        string id = await server.Author.CreateAsync();
        (await server.Operator.PostAsync(Permissions, body.Replace("ID", id, StringComparison.Ordinal))).Refused(HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task T62_Grant_EmptyScope_IsNotReadAsAll()
    {
        string id = await server.Author.CreateAsync();
        foreach (string resource in new[] { "files", "kv", "shell", "http" })
        {
            foreach (string scope in new[] { "", ""","scope":{}""", ""","scope":{"allowedPaths":[]}""", ""","scope":{"allowedKeys":[]}""", ""","scope":{"allowedHosts":[]}""" })
                (await server.Operator.PostAsync(Permissions, $$"""{"pluginId":"{{id}}","resource":"{{resource}}","actions":["read"]{{scope}}}""")).Expect(HttpStatusCode.BadRequest);
        }
    }

    [Fact]
    public async Task Catalog_IsEmpty()
    {
        Assert.Empty((await server.Author.GetAsync(Plugins + "/catalog?q=a&tag=b")).Expect(HttpStatusCode.OK).Json["items"]!.AsArray());
        (await server.Author.GetAsync("/api/gitu/catalog/any")).Refused(HttpStatusCode.NotFound, "CATALOG_PLUGIN_NOT_FOUND");
        (await server.Author.PostAsync("/api/gitu/catalog/any/install", new { enabled = true })).Refused(HttpStatusCode.NotFound, "CATALOG_PLUGIN_NOT_FOUND");
    }

    [Theory]
    [InlineData("/api/gitu/plugins?enabled=maybe")]
    [InlineData("/api/gitu/plugins?enabled=true&enabled=false")]
    [InlineData("/api/gitu/permissions?resource=everything")]
    [InlineData("/api/gitu/permissions/requests?status=lost")]
    public async Task Query_Malformed_IsRefused(string path) =>
        (await server.Author.GetAsync(path)).Refused(HttpStatusCode.BadRequest, "QUERY_INVALID");

    [Theory]
    [InlineData("0")]
    [InlineData("201")]
    [InlineData("-1")]
    [InlineData("1e2")]
    [InlineData("99999999999999999999")]
    public async Task Executions_LimitOutOfRange_IsRefused(string limit)
    {
        string id = await server.Author.CreateAsync();
        (await server.Author.GetAsync($"{Plugins}/{id}/executions?limit={limit}")).Refused(HttpStatusCode.BadRequest, "QUERY_INVALID");
    }

    private async Task<string?> CodeOfAsync(string id, string path)
    {
        var answer = (await server.Author.PostAsync($"{Plugins}/{id}/execute", new { input = new { path } })).Expect(HttpStatusCode.OK);
        return (string?)answer.Json["result"]!["error"]?["code"];
    }

    private static IEnumerable<string> Ids(Answer answer) =>
        answer.Expect(HttpStatusCode.OK).Json["plugins"]!.AsArray().Select((JsonNode? p) => (string)p!["id"]!);
}
