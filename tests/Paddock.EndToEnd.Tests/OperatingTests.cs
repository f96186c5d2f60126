using System.Text.Json.Nodes;

namespace Paddock.EndToEnd.Tests;

/// <summary>What an operator does with the tool on a data directory.</summary>
public sealed class OperatingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Data => _folder.At("data");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task APackage_FromAuthorToOperator_OnADirectoryWithoutAServer()
    {
        await MakeStoreAsync();
        (await PaddockAsync("init", "hello-plugin")).Expect(0);
        (await PaddockAsync("keys", "generate", "author.key")).Expect(0);
        (await PaddockAsync("sign", "hello-plugin", "--key", "author.key")).Expect(0);
        (await OnDataAsync("upgrade", "hello-plugin")).Expect(4);
        (await OnDataAsync("keys", "trust", "author.key.pub", "--publisher", "Ann")).Expect(0);
        Assert.Contains("Ann", (await OnDataAsync("keys", "list")).Expect(0).Output, StringComparison.Ordinal);
        var installed = (await OnDataAsync("install", "hello-plugin")).Expect(0);
        Assert.Contains("pending_review", installed.Output, StringComparison.Ordinal);
        string digest = installed.Output.Split("digest: ")[^1].Trim();

        var policy = JsonNode.Parse((await OnDataAsync("policy", "show", "hello-plugin")).Expect(0).Output)!;
        policy["status"] = "approved";
        _folder.Write("policy.json", policy.ToJsonString());
        (await OnDataAsync("policy", "set", "hello-plugin", "policy.json", "--digest", new string('0', 64))).Expect(4);
        Assert.Contains("approved", (await OnDataAsync("policy", "set", "hello-plugin", "policy.json", "--digest", digest)).Expect(0).Output, StringComparison.Ordinal);
        Assert.Contains(digest, (await OnDataAsync("policy", "explain", "hello-plugin")).Expect(0).Output, StringComparison.Ordinal);

        File.WriteAllText(Path.Combine(_folder.At("hello-plugin"), "plugin.yaml"),
            (File.ReadAllText(Path.Combine(_folder.At("hello-plugin"), "plugin.yaml"))).Replace("0.1.0", "0.2.0", StringComparison.Ordinal));
        (await PaddockAsync("sign", "hello-plugin", "--key", "author.key")).Expect(0);
        (await OnDataAsync("upgrade", "hello-plugin")).Expect(0);
        Assert.Contains("0.2.0", (await OnDataAsync("list")).Expect(0).Output, StringComparison.Ordinal);
        Assert.Contains("0.1.0", (await OnDataAsync("rollback", "hello-plugin")).Expect(0).Output, StringComparison.Ordinal);
        Assert.Contains("disabled", (await OnDataAsync("disable", "hello-plugin")).Expect(0).Output, StringComparison.Ordinal);
        Assert.Contains("enabled", (await OnDataAsync("enable", "hello-plugin")).Expect(0).Output, StringComparison.Ordinal);
        (await OnDataAsync("uninstall", "hello-plugin", "--purge")).Expect(0);
        Assert.Empty((await OnDataAsync("list")).Expect(0).Output.Trim());
        Assert.Contains("intact", (await OnDataAsync("audit", "verify")).Expect(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADirectoryThatAServerHolds_IsTheServers_ButCanBeBackedUpAndVerified()
    {
        await using var server = await ServerProcess.StartAsync(Data);
        string author = server.Token("author")!;
        var made = await server.SendAsync(HttpMethod.Post, "/api/plugins", author, new { name = "hello", code = "module.exports = (c) => c.input;" }, System.Net.HttpStatusCode.Created);
        (await OnDataAsync("list")).Expect(5);
        (await OnDataAsync("backup", _folder.At("store.backup"), "--keys", _folder.At("store.keys"))).Expect(0);
        string head = (await OnDataAsync("audit", "verify")).Expect(0).Output.Split("head: ")[^1].Trim();
        (await OnDataAsync("audit", "verify", "--head", head)).Expect(0);
        await server.KillAsync();

        (await PaddockAsync("restore", "store.backup", "--keys", "store.keys", "--data", "restored")).Expect(0);
        (await PaddockAsync("restore", "store.backup", "--keys", "store.keys", "--data", "restored")).Expect(5);
        (await PaddockAsync("audit", "verify", "--data", "restored", "--head", head)).Expect(0);
        await using var restored = await ServerProcess.StartAsync(_folder.At("restored"));
        Assert.Null(restored.Token("author"));
        var answer = await restored.SendAsync(HttpMethod.Get, $"/api/plugins/{(string?)made["id"]}", author);
        Assert.Equal("hello", (string?)answer["name"]);
    }

    [Fact]
    public async Task AnAuditThatWasChanged_IsFound_WithExitCode4()
    {
        await MakeStoreAsync();
        File.Delete(Path.Combine(Data, "audit.head"));
        var found = (await OnDataAsync("audit", "verify")).Expect(4);
        Assert.Contains("AUDIT_ANCHOR_MISSING", found.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARecordedCall_IsReplayed()
    {
        string plugin, execution;
        await using (var server = await ServerProcess.StartAsync(Data))
        {
            var made = await server.SendAsync(HttpMethod.Post, "/api/plugins", server.Token("author")!, new { name = "chance", code = "module.exports = () => [Date.now(), Math.random()];" }, System.Net.HttpStatusCode.Created);
            plugin = (string)made["id"]!;
            _folder.Write("author", server.Token("author")!);
            await server.StopAsync();
        }

        (await OnDataAsync("replay", "enable", plugin)).Expect(0);
        string result;
        await using (var server = await ServerProcess.StartAsync(Data))
        {
            var called = await server.SendAsync(HttpMethod.Post, $"/api/plugins/{plugin}/execute", File.ReadAllText(_folder.At("author")), new { });
            execution = (string)called["executionId"]!;
            result = called["result"]!.ToJsonString();
            await server.StopAsync();
        }

        Assert.Contains(execution, (await OnDataAsync("replay", "list")).Expect(0).Output, StringComparison.Ordinal);
        Assert.Equal(result, JsonNode.Parse((await OnDataAsync("replay", execution)).Expect(0).Output)!.ToJsonString());
        (await OnDataAsync("replay", "exe_unknown")).Expect(4);
        (await OnDataAsync("replay", "disable", plugin, "--purge")).Expect(0);
        (await OnDataAsync("replay", execution)).Expect(4);
    }

    [Fact]
    public async Task APackage_OnARunningServer_OverItsInterface()
    {
        await using var server = await ServerProcess.StartAsync(Data);
        _folder.Write("token", server.Token("operator")! + "\n");
        (await PaddockAsync("init", "hello-plugin")).Expect(0);
        (await PaddockAsync("keys", "generate", "author.key")).Expect(0);
        (await OnServerAsync(server, "keys", "trust", "author.key.pub", "--publisher", "Ann")).Expect(0);
        string key = (await OnServerAsync(server, "keys", "list")).Expect(0).Output.Split(' ')[0];
        (await PaddockAsync("sign", "hello-plugin", "--key", "author.key")).Expect(0);
        string digest = (await OnServerAsync(server, "install", "hello-plugin")).Expect(0).Output.Split("digest: ")[^1].Trim();
        var policy = JsonNode.Parse((await OnServerAsync(server, "policy", "show", "hello-plugin")).Expect(0).Output)!;
        policy["status"] = "approved";
        _folder.Write("policy.json", policy.ToJsonString());
        (await OnServerAsync(server, "policy", "set", "hello-plugin", "policy.json", "--digest", new string('0', 64))).Expect(4);
        Assert.Contains("approved", (await OnServerAsync(server, "policy", "set", "hello-plugin", "policy.json", "--digest", digest)).Expect(0).Output, StringComparison.Ordinal);
        Assert.Contains(digest, (await OnServerAsync(server, "policy", "explain", "hello-plugin")).Expect(0).Output, StringComparison.Ordinal);
        await server.SendAsync(HttpMethod.Post, "/api/packages/hello-plugin/call/default", server.Token("operator")!, new { name = "you" });
        (await OnServerAsync(server, "logs", "hello-plugin")).Expect(0);
        (await OnServerAsync(server, "config", "show", "hello-plugin")).Expect(0);
        (await OnServerAsync(server, "secret", "remove", "hello-plugin", "none")).Expect(4);
        Assert.Contains("disabled", (await OnServerAsync(server, "disable", "hello-plugin")).Expect(0).Output, StringComparison.Ordinal);
        (await OnServerAsync(server, "keys", "revoke", key)).Expect(0);
        (await OnServerAsync(server, "revoke", digest, "--reason", "a test")).Expect(0);
        (await OnServerAsync(server, "uninstall", "hello-plugin", "--purge")).Expect(0);
        Assert.Empty((await OnServerAsync(server, "list")).Expect(0).Output.Trim());
        _folder.Write("token", "pdk_operator_nonsense");
        (await OnServerAsync(server, "list")).Expect(4);
    }

    [Fact]
    public async Task Limits_OfAProgram_AreWhatItAsksForAndItsPolicyGrants()
    {
        await using var server = await ServerProcess.StartAsync(Data);
        _folder.Write("token", server.Token("operator")! + "\n");
        _folder.Folder("large");
        _folder.Write("large/plugin.yaml", "apiVersion: paddock/v1\nname: large\nversion: 1.0.0\nruntime: python\nentry: plugin.py\nlimits: { memory: 256MiB, processes: 32 }\n");
        _folder.Write("large/plugin.py", "def run():\n    return len(b'x' * (100 << 20))\n");
        string digest = (await OnServerAsync(server, "install", "large")).Expect(0).Output.Split("digest: ")[^1].Trim();
        async Task<string> RunUnderAsync(string policy)
        {
            _folder.Write("policy.json", policy);
            (await OnServerAsync(server, "policy", "set", "large", "policy.json", "--digest", digest)).Expect(0);
            return (await server.SendAsync(HttpMethod.Post, "/api/packages/large/call/run", server.Token("operator")!, new { })).ToJsonString();
        }

        Assert.Contains("MEMORY_LIMIT", await RunUnderAsync("""{"status":"approved"}"""), StringComparison.Ordinal);
        Assert.Contains("104857600", await RunUnderAsync("""{"status":"approved","limits":{"memoryBytes":268435456,"processes":32}}"""), StringComparison.Ordinal);
        Assert.DoesNotContain("LIMIT_LOWERED", (await OnServerAsync(server, "policy", "explain", "large")).Expect(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task JobsAndRecordings_OnARunningServer_AndOnItsDirectory()
    {
        _folder.Folder("ticker");
        _folder.Write("ticker/plugin.yaml", """
            apiVersion: paddock/v1
            name: ticker
            version: 1.0.0
            runtime: javascript
            entry: main.js
            contributes:
              jobs: [{ id: nightly, schedule: "30 2 * * *", handler: tick }]
              exports: [tick]
            """);
        _folder.Write("ticker/main.js", "exports.tick = () => [Date.now(), Math.random()];");
        await using (var server = await ServerProcess.StartAsync(Data))
        {
            _folder.Write("token", server.Token("operator")!);
            string digest = (await OnServerAsync(server, "install", "ticker")).Expect(0).Output.Split("digest: ")[^1].Trim();
            _folder.Write("policy.json", """{"status":"approved","capabilities":["*"]}""");
            (await OnServerAsync(server, "policy", "set", "ticker", "policy.json", "--digest", digest)).Expect(0);
            Assert.Contains("nightly", (await OnServerAsync(server, "jobs", "list", "ticker")).Expect(0).Output, StringComparison.Ordinal);
            (await OnServerAsync(server, "jobs", "run", "ticker", "weekly")).Expect(4);
            (await OnServerAsync(server, "jobs", "run", "ticker", "nightly")).Expect(0);
            Assert.Contains("nightly", (await OnServerAsync(server, "jobs", "history", "ticker", "--job", "nightly")).Expect(0).Output, StringComparison.Ordinal);
            Assert.Empty((await OnServerAsync(server, "jobs", "history", "--job", "weekly")).Expect(0).Output);

            (await OnServerAsync(server, "replay", "enable", "ticker", "--hours", "200")).Expect(4);
            (await OnServerAsync(server, "replay", "enable", "nobody")).Expect(4);
            (await OnServerAsync(server, "replay", "enable", "ticker")).Expect(0);
            var called = await server.SendAsync(HttpMethod.Post, "/api/packages/ticker/call/tick", server.Token("operator")!, new { });
            string execution = (string)called["executionId"]!;
            Assert.Contains(execution, (await OnServerAsync(server, "replay", "list", "--plugin", "ticker")).Expect(0).Output, StringComparison.Ordinal);
            Assert.Equal(called["result"]!.ToJsonString(), JsonNode.Parse((await OnServerAsync(server, "replay", execution)).Expect(0).Output)!.ToJsonString());
            (await OnServerAsync(server, "replay", "exe_unknown")).Expect(4);
            Assert.Contains("1 recordings", (await OnServerAsync(server, "replay", "disable", "ticker", "--purge")).Expect(0).Output, StringComparison.Ordinal);
            await server.StopAsync();
        }

        Assert.Contains("nightly", (await OnDataAsync("jobs", "list")).Expect(0).Output, StringComparison.Ordinal);
        Assert.Contains("nightly", (await OnDataAsync("jobs", "history")).Expect(0).Output, StringComparison.Ordinal);
        (await OnDataAsync("jobs", "run", "ticker", "nightly")).Expect(4);
        (await OnDataAsync("replay", "enable", "ticker", "--hours", "2147483647")).Expect(4);
        (await OnDataAsync("replay", "enable", "ticker")).Expect(0);
    }

    private Task<Outcome> OnServerAsync(ServerProcess server, params string[] arguments) => PaddockAsync([.. arguments, "--url", server.Address.ToString(), "--token-file", "token"]);

    private async Task MakeStoreAsync()
    {
        await using var server = await ServerProcess.StartAsync(Data);
        Assert.Equal(0, await server.StopAsync());
    }

    private Task<Outcome> PaddockAsync(params string[] arguments) => Tool.InAsync(_folder.Root, Built.Paddock, arguments);

    private Task<Outcome> OnDataAsync(params string[] arguments) => PaddockAsync([.. arguments, "--data", Data]);
}
