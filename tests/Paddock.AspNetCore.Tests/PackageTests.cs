using System.Net;
using System.Text.Json.Nodes;

namespace Paddock.AspNetCore.Tests;

/// <summary>Installed packages over HTTP, with the real store, the real sandbox and the real routes.</summary>
public sealed class PackageTests(ServerFixture server)
{
    private const string Packages = "/api/packages";

    [Fact]
    public async Task Package_FromUploadToUninstall_LivesItsLife()
    {
        string name = NewName();
        var installed = (await UploadAsync(server.Author, PackageArchive.Greeter(name))).Expect(HttpStatusCode.Created);
        Assert.False((bool)installed.Json["active"]!);
        Assert.Equal("pending_review", (string?)installed.Json["package"]!["status"]);
        (await server.Operator.GetAsync($"/{name}/greet/ann")).Expect(HttpStatusCode.NotFound);
        await ApproveAsync(name);

        var greeting = (await server.Agent.GetAsync($"/{name}/greet/ann?_user_id=root")).Expect(HttpStatusCode.OK);
        Assert.Equal(("Hello ann!", "author", false), ((string?)greeting.Json["text"], (string?)greeting.Json["user"], (bool)greeting.Json["admin"]!));
        (await server.Anonymous.GetAsync($"/{name}/greet/ann")).Refused(HttpStatusCode.Unauthorized, "TOKEN_REQUIRED");
        (await server.Author.GetAsync($"/{name}/admin")).Refused(HttpStatusCode.Forbidden, "ROLE_INSUFFICIENT");
        Assert.Equal("\"for operators\"", (await server.Operator.GetAsync($"/{name}/admin")).Expect(HttpStatusCode.OK).Body);
        Assert.Equal("<p>Hello</p>", (await server.Agent.GetAsync($"/{name}/page")).Expect(HttpStatusCode.OK).Body);
        Assert.Equal("<p>Hello</p>", (string?)(await server.Agent.GetAsync($"/api/contributions/widgets/{name}/greeting")).Expect(HttpStatusCode.OK).Json["html"]);
        (await server.Anonymous.GetAsync($"/plugins/{name}/static/site.css")).Expect(HttpStatusCode.OK);
        (await server.Anonymous.GetAsync($"/plugins/{name}/static/../main.js")).Expect(HttpStatusCode.NotFound);

        (await server.Operator.PostAsync($"{Packages}/{name}/disable")).Expect(HttpStatusCode.OK);
        (await server.Agent.GetAsync($"/{name}/greet/ann")).Expect(HttpStatusCode.NotFound);
        (await server.Anonymous.GetAsync($"/plugins/{name}/static/site.css")).Expect(HttpStatusCode.NotFound);
        (await server.Operator.PostAsync($"{Packages}/{name}/enable")).Expect(HttpStatusCode.OK);
        (await server.Agent.GetAsync($"/{name}/greet/ann")).Expect(HttpStatusCode.OK);

        (await server.Operator.DeleteAsync($"{Packages}/{name}?purge=true")).Expect(HttpStatusCode.OK);
        (await server.Agent.GetAsync($"/{name}/greet/ann")).Expect(HttpStatusCode.NotFound);
        (await server.Operator.GetAsync($"{Packages}/{name}")).Refused(HttpStatusCode.NotFound, "PLUGIN_NOT_FOUND");
    }

    [Fact]
    public async Task T63_Approval_OfAnotherDigest_IsStale()
    {
        string name = NewName();
        string reviewed = (string)(await UploadAsync(server.Author, PackageArchive.Greeter(name))).Json["digest"]!;
        (await UploadAsync(server.Author, PackageArchive.Greeter(name, "1.0.1", "Changed"))).Expect(HttpStatusCode.Created);
        (await server.Operator.PutAsync($"{Packages}/{name}/policy", Approval(reviewed))).Refused(HttpStatusCode.Conflict, "REVIEW_STALE");
        Assert.Equal("pending_review", (string?)(await server.Operator.GetAsync($"{Packages}/{name}")).Json["status"]);
    }

    [Fact]
    public async Task Policy_IsExplainedAndItsMistakesAreFindings()
    {
        string name = NewName();
        await UploadAsync(server.Author, PackageArchive.Greeter(name, permissions: "permissions: [{ type: kv, access: read, scope: [\"a\"] }]"));
        var report = (await server.Author.GetAsync($"{Packages}/{name}/policy")).Expect(HttpStatusCode.OK).Json;
        Assert.Contains(report["lines"]!.AsArray(), l => (string?)l!["kind"] == "permission" && (string?)l["subject"] == "kv" && (string?)l["askedBy"] == "manifest");
        var body = new { policy = new { status = "nonsense" }, reviewedDigest = (string)report["digest"]! };
        Assert.NotEmpty((await server.Operator.PutAsync($"{Packages}/{name}/policy", body)).Expect(HttpStatusCode.BadRequest).Codes);
        (await server.Operator.PutAsync($"{Packages}/{name}/policy", new { reviewedDigest = "x" })).Refused(HttpStatusCode.BadRequest, "FIELD_INVALID");
    }

    [Fact]
    public async Task T66_Html_IsSanitisedUnlessPolicyLetsItThroughRaw()
    {
        const string raw = "<p onclick=x>Hello</p><script>1</script>", clean = "<p>Hello</p>";
        string name = NewName();
        await UploadAsync(server.Author, PackageArchive.Greeter(name));
        foreach (var (rawHtml, page) in new[] { (false, clean), (true, raw), (false, clean) })
        {
            await ApproveAsync(name, rawHtml);
            Assert.Equal(page, (await server.Agent.GetAsync($"/{name}/page")).Expect(HttpStatusCode.OK).Body);
            Assert.Equal(page, (string?)(await server.Agent.GetAsync($"/api/contributions/widgets/{name}/greeting")).Expect(HttpStatusCode.OK).Json["html"]);
        }
    }

    [Fact]
    public async Task Upgrade_AndRollback_ChangeWhatServes()
    {
        string name = NewName();
        await UploadAsync(server.Author, PackageArchive.Greeter(name));
        await ApproveAsync(name);
        var waiting = (await UploadAsync(server.Author, PackageArchive.Greeter(name, "2.0.0", "Good day"))).Expect(HttpStatusCode.Created);
        Assert.False((bool)waiting.Json["active"]!);
        Assert.Equal("Hello ann!", await GreetAsync(name));
        await ApproveAsync(name);
        Assert.Equal("Good day ann!", await GreetAsync(name));
        (await server.Operator.PostAsync($"{Packages}/{name}/rollback")).Expect(HttpStatusCode.OK);
        Assert.Equal("Hello ann!", await GreetAsync(name));
        (await server.Operator.PostAsync($"{Packages}/{name}/rollback", new { digest = new string('0', 64) })).Refused(HttpStatusCode.NotFound, "VERSION_NOT_FOUND");
    }

    [Fact]
    public async Task Config_IsValidatedAndReachesThePlugin()
    {
        string name = NewName();
        await UploadAsync(server.Author, PackageArchive.Greeter(name));
        await ApproveAsync(name);
        (await server.Operator.PutAsync($"{Packages}/{name}/config", new { mark = 7 })).Expect(HttpStatusCode.BadRequest);
        (await server.Operator.PutAsync($"{Packages}/{name}/config", new { mark = "?" })).Expect(HttpStatusCode.OK);
        Assert.Equal("Hello ann?", await GreetAsync(name));
        var config = (await server.Operator.GetAsync($"{Packages}/{name}/config")).Expect(HttpStatusCode.OK).Json;
        Assert.Equal("?", (string?)config["config"]!["mark"]);
        Assert.NotNull(config["schema"]);
    }

    [Fact]
    public async Task T70_Secret_CanBeSetAndNeverRead()
    {
        string name = NewName();
        await UploadAsync(server.Author, PackageArchive.Greeter(name));
        var set = (await server.Operator.PutAsync($"{Packages}/{name}/secrets/api_key", new { value = "canary-secret\nof two lines" })).Expect(HttpStatusCode.OK);
        Assert.Equal("api_key", (string?)set.Json["secretsSet"]![0]);
        foreach (string path in new[] { "", "/policy", "/config" })
            Assert.DoesNotContain("canary-secret", (await server.Operator.GetAsync($"{Packages}/{name}{path}")).Expect(HttpStatusCode.OK).Body, StringComparison.Ordinal);
        (await server.Operator.PutAsync($"{Packages}/{name}/secrets/other", new { value = "x" })).Refused(HttpStatusCode.Conflict, "NOT_DECLARED");
        Assert.Empty((await server.Operator.DeleteAsync($"{Packages}/{name}/secrets/api_key")).Expect(HttpStatusCode.OK).Json["secretsSet"]!.AsArray());
    }

    [Fact]
    public async Task DirectCall_PassesTheAuthorizationOfItsRoute()
    {
        string name = NewName();
        await UploadAsync(server.Author, PackageArchive.Greeter(name));
        await ApproveAsync(name);
        var greeting = (await server.Agent.PostAsync($"{Packages}/{name}/call/greet", new { who = "ann", _is_admin = true, _user_id = "root" })).Expect(HttpStatusCode.OK).Json["result"]!;
        Assert.Equal(("author", false), ((string?)greeting["user"], (bool)greeting["admin"]!));
        Assert.Equal(HttpStatusCode.Forbidden, (await server.Author.PostAsync($"{Packages}/{name}/call/admin")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await server.Author.PostAsync($"/api/v1/plugins/{name}/call/admin")).Status);
        (await server.Operator.PostAsync($"{Packages}/{name}/call/admin")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Upload_AsAForm_TakesThePackageAndRefusesOtherParts()
    {
        string name = NewName();
        (await FormAsync(server.Operator, "/api/packages", ("plugin", "a.zip", PackageArchive.Greeter(name)))).Expect(HttpStatusCode.Created);
        (await FormAsync(server.Operator, "/api/packages", ("other", "a.zip", [1]))).Refused(HttpStatusCode.BadRequest, "FORM_INVALID");
        (await FormAsync(server.Operator, "/api/packages", ("plugin", "a.zip", [1]), ("plugin", "b.zip", [1]))).Refused(HttpStatusCode.BadRequest, "FORM_INVALID");
        (await server.Operator.SendAsync(HttpMethod.Post, Packages, ApiClient.Raw("--x\r\nnonsense"u8.ToArray(), "multipart/form-data; boundary=x"))).Refused(HttpStatusCode.BadRequest, "FORM_INVALID");
        (await server.Operator.PostAsync(Packages, "{}")).Refused(HttpStatusCode.UnsupportedMediaType, "CONTENT_TYPE_UNSUPPORTED");
        var findings = (await UploadAsync(server.Operator, PackageArchive.Zip(("plugin.yaml", "name: x\nnonsense: 1\n")))).Expect(HttpStatusCode.BadRequest);
        Assert.NotEmpty(findings.Codes);
    }

    [Fact]
    public async Task GoatKit_HasItsShapesAndStatuses()
    {
        string name = NewName();
        const string plugins = "/api/v1/plugins";
        (await FormAsync(server.Author, plugins + "/upload", ("plugin", "a.zip", PackageArchive.Greeter(name)))).Expect(HttpStatusCode.Forbidden);
        Assert.True((bool)(await FormAsync(server.Operator, plugins + "/upload", ("plugin", "a.zip", PackageArchive.Greeter(name)))).Expect(HttpStatusCode.OK).Json["success"]!);
        await ApproveAsync(name);
        Assert.Contains((await server.Operator.GetAsync(plugins)).Expect(HttpStatusCode.OK).Json["plugins"]!.AsArray(), p => (string?)p!["name"] == name && (bool)p["enabled"]!);
        Assert.Equal("Hello bob!", (string?)(await server.Agent.PostAsync($"{plugins}/{name}/call/greet", new { who = "bob" })).Expect(HttpStatusCode.OK).Json["text"]);
        Assert.Equal("greeting", (string?)(await server.Agent.GetAsync($"{plugins}/widgets?location={name}")).Expect(HttpStatusCode.OK).Json["widgets"]![0]!["id"]);
        Assert.Equal("<p>Hello</p>", (string?)(await server.Agent.GetAsync($"{plugins}/{name}/widgets/greeting")).Expect(HttpStatusCode.OK).Json["html"]);
        (await server.Operator.PostAsync($"{plugins}/{name}/call/none")).Expect(HttpStatusCode.BadRequest);
        (await server.Operator.PostAsync($"{plugins}/none/call/greet")).Expect(HttpStatusCode.NotFound);
        (await server.Operator.GetAsync($"{plugins}/logs?plugin={name}&level=warn&limit=10")).Expect(HttpStatusCode.OK);
        (await server.Operator.DeleteAsync($"{plugins}/logs")).Expect(HttpStatusCode.OK);
        (await server.Operator.PostAsync($"{plugins}/{name}/disable")).Expect(HttpStatusCode.OK);
        (await server.Agent.PostAsync($"{plugins}/{name}/call/greet")).Expect(HttpStatusCode.Forbidden);
        (await server.Operator.PostAsync($"{plugins}/{name}/enable")).Expect(HttpStatusCode.OK);
        (await server.Operator.PostAsync("/api/host/stop")).Expect(HttpStatusCode.OK);
        try
        {
            (await server.Agent.PostAsync($"{plugins}/{name}/call/greet")).Expect(HttpStatusCode.ServiceUnavailable);
            Assert.True((bool)(await server.Operator.GetAsync("/api/host/safe-mode")).Json["safeMode"]!);
            (await server.Agent.GetAsync($"/{name}/greet/ann")).Expect(HttpStatusCode.NotFound);
        }
        finally
        {
            (await server.Operator.PostAsync("/api/host/resume")).Expect(HttpStatusCode.OK);
        }

        (await server.Agent.GetAsync($"/{name}/greet/ann")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Host_TellsStatisticsLogsAndKeys()
    {
        string name = NewName();
        await UploadAsync(server.Author, PackageArchive.Greeter(name));
        await ApproveAsync(name);
        await GreetAsync(name);
        Assert.Equal(1, (long)(await server.Operator.GetAsync("/api/host/statistics")).Expect(HttpStatusCode.OK).Json[name]!["calls"]!);
        (await server.Operator.GetAsync($"/api/host/logs?plugin={name}")).Expect(HttpStatusCode.OK);
        (await server.Operator.DeleteAsync($"/api/host/logs?plugin={name}")).Expect(HttpStatusCode.NoContent);
        using var key = System.Security.Cryptography.ECDsa.Create();
        (await server.Operator.PostAsync("/api/host/keys", new { publicKey = key.ExportSubjectPublicKeyInfoPem(), publisher = "me" })).Expect(HttpStatusCode.BadRequest);
        (await server.Operator.GetAsync("/api/host/keys")).Expect(HttpStatusCode.OK);
        (await server.Operator.DeleteAsync("/api/host/keys/none")).Refused(HttpStatusCode.NotFound, "KEY_NOT_FOUND");
        string digest = (string)(await server.Operator.GetAsync($"{Packages}/{name}")).Json["active"]!["digest"]!;
        (await server.Operator.PostAsync("/api/host/revocations", new { digest, reason = "unsafe" })).Expect(HttpStatusCode.NoContent);
        (await server.Agent.GetAsync($"/{name}/greet/ann")).Expect(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task T65_OtherTenant_EveryOperationOnAPackage_FindsNothing()
    {
        string name = NewName();
        await UploadAsync(server.Author, PackageArchive.Greeter(name));
        await ApproveAsync(name);
        int seen = 0;
        foreach (var operation in (await OpenApiDocument.OperationsAsync(server)).Where(o => o.NamesAPackage))
        {
            object body = operation.Path.EndsWith("/policy", StringComparison.Ordinal) ? Approval("x") : operation.Path.Contains("secret", StringComparison.Ordinal) ? new { value = "x" } : new { };
            var answer = await server.OtherTenant.SendAsync(operation.Method, operation.With(name), operation.HasBody ? ApiClient.Raw(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(body)) : null);
            Assert.True(answer.Status == HttpStatusCode.NotFound, $"{operation} answered {(int)answer.Status}: {answer.Body}");
            seen++;
        }

        Assert.True(seen >= 15, $"{seen} operations");
        (await server.OtherTenant.GetAsync($"/{name}/greet/ann")).Expect(HttpStatusCode.NotFound);
        foreach (string list in new[] { Packages, "/api/v1/plugins", "/api/host/logs", "/api/host/statistics", "/api/jobs", "/api/jobs/history", "/api/replays", "/api/contributions/widgets", "/api/contributions/routes" })
            Assert.DoesNotContain(name, (await server.OtherTenant.GetAsync(list)).Expect(HttpStatusCode.OK).Body, StringComparison.Ordinal);
        Assert.Equal("Hello ann!", await GreetAsync(name));
    }

    [Fact]
    public async Task T74_Agent_InstallsAndApprovesNothing()
    {
        string name = NewName();
        (await UploadAsync(server.Agent, PackageArchive.Greeter(name))).Refused(HttpStatusCode.Forbidden, "ROLE_INSUFFICIENT");
        string digest = (string)(await UploadAsync(server.Author, PackageArchive.Greeter(name))).Json["digest"]!;
        (await server.Agent.PutAsync($"{Packages}/{name}/policy", Approval(digest))).Refused(HttpStatusCode.Forbidden, "ROLE_INSUFFICIENT");
        (await server.Author.PutAsync($"{Packages}/{name}/policy", Approval(digest))).Refused(HttpStatusCode.Forbidden, "ROLE_INSUFFICIENT");
    }

    private static string NewName() => "greeter-" + Guid.NewGuid().ToString("n")[..12];

    private static object Approval(string digest, bool rawHtml = false) => new { policy = new { status = "approved", capabilities = new[] { "*" }, rawHtml }, reviewedDigest = digest };

    private async Task ApproveAsync(string name, bool rawHtml = false)
    {
        string digest = (string)(await server.Operator.GetAsync($"{Packages}/{name}/policy")).Expect(HttpStatusCode.OK).Json["digest"]!;
        (await server.Operator.PutAsync($"{Packages}/{name}/policy", Approval(digest, rawHtml))).Expect(HttpStatusCode.OK);
    }

    private async Task<string?> GreetAsync(string name) => (string?)(await server.Agent.GetAsync($"/{name}/greet/ann")).Expect(HttpStatusCode.OK).Json["text"];

    private static Task<Answer> UploadAsync(ApiClient client, byte[] zip) => client.SendAsync(HttpMethod.Post, Packages, ApiClient.Raw(zip, "application/zip"));

    private static async Task<Answer> FormAsync(ApiClient client, string path, params (string Field, string File, byte[] Content)[] parts)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (field, file, content) in parts) form.Add(new ByteArrayContent(content), field, file);
        return await client.SendAsync(HttpMethod.Post, path, form);
    }
}
