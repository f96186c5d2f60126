using System.Net;

namespace Paddock.AspNetCore.Tests;

public sealed class NativeTests(ServerFixture server)
{
    private const string Plugins = "/api/plugins";

    [Fact]
    public async Task Plugin_FromCreationToDeletion()
    {
        var created = (await server.Author.PostAsync(Plugins, Scenario.Plugin())).Expect(HttpStatusCode.Created);
        string path = created.Headers["Location"];
        Assert.Equal(created.Body, (await server.Author.GetAsync(path)).Expect(HttpStatusCode.OK).Body);
        var changed = (await server.Author.PutAsync(path, new { name = "Another name" })).Expect(HttpStatusCode.OK).Json;
        Assert.Equal("Another name", (string)changed["name"]!);
        Assert.Equal((string)created.Json["digest"]!, (string)changed["digest"]!);
        (await server.Author.DeleteAsync(path)).Expect(HttpStatusCode.NoContent);
        (await server.Author.GetAsync(path)).Refused(HttpStatusCode.NotFound, "PLUGIN_NOT_FOUND");
    }

    [Fact]
    public async Task Failure_IsProblemDetails_WithStableTypeAndFindings()
    {
        var answer = (await server.Author.PostAsync(Plugins, """{"name":"Broken","code":"module.exports = ( => 1;"}""")).Expect(HttpStatusCode.BadRequest);
        Assert.StartsWith("application/problem+json", answer.ContentType, StringComparison.Ordinal);
        Assert.Equal("urn:paddock:error:CODE_COMPILE_ERROR", (string)answer.Json["type"]!);
        Assert.Equal(400, (int)answer.Json["status"]!);
        var finding = Assert.Single(answer.Json["findings"]!.AsArray())!;
        Assert.Equal("CODE_COMPILE_ERROR", (string)finding["code"]!);
        Assert.Equal(1, (int)finding["line"]!);
    }

    [Fact]
    public async Task Validate_ReportsEveryFindingWithItsPlace()
    {
        var answer = (await server.Author.PostAsync(Plugins + "/validate", Scenario.Plugin(code: "module.exports = () => {\n  process.exit();\n  return eval('1');\n};"))).Expect(HttpStatusCode.OK);
        Assert.False((bool)answer.Json["valid"]!);
        Assert.Equal([2, 3], answer.Json["findings"]!.AsArray().Select(f => (int)f!["line"]!));
    }

    [Fact]
    public async Task Execute_NamedExport_IsCalled_AndAudited()
    {
        string id = await server.Author.CreateAsync("exports.greet = (ctx) => 'hello ' + ctx.input; exports.default = () => 'default';");
        var answer = (await server.Author.PostAsync($"{Plugins}/{id}/execute", new { function = "greet", input = "you" })).Expect(HttpStatusCode.OK).Json;
        Assert.Equal(["completed", "hello you"], [(string)answer["status"]!, (string)answer["result"]!]);
        Assert.Equal("default", (string)(await server.Author.PostAsync($"{Plugins}/{id}/execute")).Expect(HttpStatusCode.OK).Json["result"]!);
        Assert.Single((await server.Author.GetAsync($"{Plugins}/{id}/executions?limit=1")).Expect(HttpStatusCode.OK).Json["items"]!.AsArray());
        Assert.NotEmpty((await server.Author.GetAsync($"{Plugins}/{id}/audit")).Expect(HttpStatusCode.OK).Json["items"]!.AsArray());
    }

    [Fact]
    public async Task Consent_GrantListRevoke()
    {
        string id = await server.Author.CreateAsync();
        var granted = (await server.Operator.PostAsync(Plugins + "/permissions", Scenario.Files(id, server.GrantableFolder, "read"))).Expect(HttpStatusCode.Created);
        Assert.Equal("active", (string)granted.Json["state"]!);
        Assert.Single((await server.Author.GetAsync($"{Plugins}/permissions?pluginId={id}")).Expect(HttpStatusCode.OK).Json["items"]!.AsArray());
        var revoked = (await server.Operator.PostAsync($"{Plugins}/permissions/{granted.Json["id"]}/revoke")).Expect(HttpStatusCode.OK);
        Assert.Equal("revoked", (string)revoked.Json["state"]!);
    }

    [Fact]
    public async Task Grant_ForOtherCodeThanReviewed_IsRefused()
    {
        string id = await server.Author.CreateAsync();
        var body = new { pluginId = id, resource = "kv", actions = new[] { "read" }, scope = new { allowedKeys = new[] { "*" } }, digest = new string('0', 64) };
        (await server.Operator.PostAsync(Plugins + "/permissions", body)).Refused(HttpStatusCode.Conflict, "REQUEST_STALE");
    }
}
