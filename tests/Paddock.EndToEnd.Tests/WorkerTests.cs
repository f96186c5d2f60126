using System.Net;
using System.Text.Json.Nodes;
using Paddock.Worker.Tests;

namespace Paddock.EndToEnd.Tests;

/// <summary>Where the server runs code that nobody trusted signed.</summary>
public sealed class WorkerTests
{
    private const string Code = """{"name":"adder","code":"module.exports = (c) => c.input.a + c.input.b"}""";

    [Fact]
    public async Task T45_UnsignedCode_RunsInAJailedWorkerThatGoesWithTheServer()
    {
        using var folder = new TemporaryFolder();
        int worker;
        await using (var server = await ServerProcess.StartAsync(folder.At("data")))
        {
            Assert.Equal(5, await AddAsync(server));
            worker = Assert.Single(ProcessView.Workers(server.Id));
            Assert.NotEqual("0", ProcessView.Of(worker).UserId);
            await server.KillAsync();
        }

        for (int i = 0; i < 100 && Path.Exists($"/proc/{worker}"); i++) await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.False(Path.Exists($"/proc/{worker}"));
    }

    [Fact]
    public async Task T45_Control_ToldToRunItInItsOwnProcess_ThereIsNoWorker()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(folder.At("data"), "--untrusted-in-process");
        Assert.Equal(5, await AddAsync(server));
        Assert.Empty(ProcessView.Workers(server.Id));
    }

    [Fact]
    public async Task Isolation_BackEndThatIsNotHere_RunsNothing()
    {
        using var folder = new TemporaryFolder();
        string settings = folder.At("isolation.json");
        await File.WriteAllTextAsync(settings, """{"plugins":{"isolation":{"enabled":true,"backend":"firecracker"}}}""", TestContext.Current.CancellationToken);
        await using var server = await ServerProcess.StartAsync(folder.At("data"), "--isolation", settings);
        var answer = await server.SendAsync(HttpMethod.Post, "/api/plugins", server.Token("author")!, JsonNode.Parse(Code), HttpStatusCode.BadRequest);
        Assert.Equal("RUNTIME_UNAVAILABLE", (string?)answer["title"]);
        Assert.Contains("microvm", (string?)answer["detail"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("firecracker", "microvm")]
    [InlineData("docker", "docker.io or podman")]
    public async Task Isolation_BackEndThatIsNotHere_IsToldAtTheStart(string backend, string said)
    {
        using var folder = new TemporaryFolder();
        string settings = folder.Write("isolation.json", """{"plugins":{"isolation":{"enabled":true,"backend":"NAME"}}}""".Replace("NAME", backend, StringComparison.Ordinal));
        const string Serve = "exec \"$0\" serve --urls http://127.0.0.1:0 --stop-with-input --engine /no/such/socket --data \"$1\" --isolation \"$2\" </dev/null";
        var server = (await Tool.RunAsync("/bin/sh", "-ec", Serve, Built.Paddock, folder.At("data"), settings)).Expect(0);
        Assert.Contains(server.Error.Split('\n'), line => line.Contains("do not run", StringComparison.Ordinal) && line.Contains(said, StringComparison.Ordinal));
    }

    private static async Task<int> AddAsync(ServerProcess server)
    {
        string author = server.Token("author")!;
        var created = await server.SendAsync(HttpMethod.Post, "/api/plugins", author, JsonNode.Parse(Code), HttpStatusCode.Created);
        var run = await server.SendAsync(HttpMethod.Post, $"/api/plugins/{created["id"]}/execute", author, new { input = new { a = 2, b = 3 } });
        return (int)run["result"]!;
    }
}
