using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Paddock.EndToEnd.Tests;

public sealed class ServeTests
{
    private const string Plugins = "/api/gitu/plugins";
    private const string Permissions = "/api/gitu/permissions";

    [Fact]
    public async Task FileHelper_DeniedGrantedExecuted_KilledAndRestarted_KeepsEverything()
    {
        using var folder = new TemporaryFolder();
        string granted = folder.Folder("granted");
        string author, id, permission;
        await using (var server = await ServerProcess.StartAsync(folder.At("data")))
        {
            author = server.Token("author")!;
            var created = await server.SendAsync(HttpMethod.Post, Plugins, author, JsonNode.Parse(await File.ReadAllTextAsync(Built.FileHelper, TestContext.Current.CancellationToken)), HttpStatusCode.Created);
            id = (string)created["plugin"]!["id"]!;
            Assert.Equal("PERMISSION_DENIED", (string?)(await ExecuteAsync(server, author, id, granted))["error"]!["code"]);
            Assert.Empty(Directory.GetFiles(granted));

            var grant = await server.SendAsync(HttpMethod.Post, Permissions, server.Token("operator")!, Grant(id, granted), HttpStatusCode.Created);
            permission = (string)grant["permission"]!["id"]!;
            await ExpectWrittenAsync(server, author, id, granted);
            await server.KillAsync();
        }

        File.Delete(Path.Combine(granted, "note.txt"));
        await using (var server = await ServerProcess.StartAsync(folder.At("data")))
        {
            Assert.Null(server.Token("author"));
            var permissions = await server.SendAsync(HttpMethod.Get, Permissions, author);
            Assert.Equal(permission, (string?)Assert.Single(permissions["permissions"]!.AsArray())!["id"]);
            var executions = await server.SendAsync(HttpMethod.Get, $"{Plugins}/{id}/executions", author);
            Assert.Equal([true, false], executions["executions"]!.AsArray().Select(e => (bool)e!["success"]!));
            await ExpectWrittenAsync(server, author, id, granted);
            Assert.Equal(0, await server.StopAsync());
        }
    }

    [Fact]
    public async Task Start_DataDirectory_IsTheOwnersOnly()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(folder.At("data"));
        if (OperatingSystem.IsWindows()) return;
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(folder.At("data")) & others);
    }

    [Fact]
    public async Task Start_TokensInTheDatabase_AreHashedOnly()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(folder.At("data"));
        string[] tokens = [server.Token("author")!, server.Token("operator")!];
        Assert.NotEqual(tokens[0], tokens[1]);
        Assert.Equal(0, await server.StopAsync());
        foreach (string file in Directory.GetFiles(folder.At("data"), "*", SearchOption.AllDirectories))
        {
            string content = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
            Assert.All(tokens, token => Assert.DoesNotContain(token, content, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Start_AddressTaken_SaysSoInOneLine()
    {
        using var folder = new TemporaryFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var outcome = (await Tool.RunAsync(Built.Paddock, "serve", "--urls", $"http://{taken.LocalEndpoint}", "--data", folder.At("data"))).Expect(5);
        Assert.Single(outcome.Error.Trim().Split('\n'));
    }

    private static async Task ExpectWrittenAsync(ServerProcess server, string token, string id, string granted)
    {
        var result = await ExecuteAsync(server, token, id, granted);
        Assert.True((bool)result["success"]!, result.ToJsonString());
        Assert.Equal("hello", (string?)result["result"]!["read"]);
        Assert.Equal("hello", await File.ReadAllTextAsync(Path.Combine(granted, "note.txt")));
    }

    private static async Task<JsonNode> ExecuteAsync(ServerProcess server, string token, string id, string granted) =>
        (await server.SendAsync(HttpMethod.Post, $"{Plugins}/{id}/execute", token, new { input = new { path = Path.Combine(granted, "note.txt"), content = "hello" } }))["result"]!;

    private static object Grant(string id, string folder) =>
        new { pluginId = id, resource = "files", actions = new[] { "read", "write" }, scope = new { allowedPaths = new[] { folder } } };
}
