using System.Net.Sockets;
using System.Text.Json.Nodes;
using Paddock.Engines;

namespace Paddock.EndToEnd.Tests;

/// <summary><c>paddock run</c> of packages that run in containers, against an engine of the tests' own.</summary>
public sealed class RunContainerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_PackageOfContainers_RunsInTheEngineAndLeavesNothingThere(bool podman)
    {
        await using var engine = await OwnEngine.StartAsync(podman, said => TestContext.Current.SendDiagnosticMessage("{0}", said));
        Assert.SkipWhen(engine is null, "this machine cannot run a container engine of its own");
        using var folder = new TemporaryFolder();
        string native = Package(folder, "native", "apiVersion: paddock/v1\nname: native\nversion: 1.0.0\nruntime: container\nentry: main.js\n", "main.js", "console.log(process.getuid(), JSON.parse(Buffer.from(process.env.PLUGIN_ARGS_B64, 'base64')).a)");
        string gitu = Package(folder, "gitu", "name: gitu_one\nversion: 1.0.0\ndescription: example\nruntime: python3.11\nentry: main.py\npermissions:\n  network: false\n  filesystem: read-only\n  env: []\n", "main.py", $"import base64, os\nprint(base64.b64decode(os.environ['PLUGIN_ARGS_B64']).decode(), os.path.exists('{folder.At("files")}/in.txt'))");
        string raised = Package(folder, "raised", "apiVersion: paddock/v1\nname: raised\nversion: 1.0.0\nruntime: python\nentry: plugin.py\nisolation: container\n", "plugin.py", "import os\ndef run(a): return [a, os.getcwd()]\n");
        folder.Write("files/in.txt", "in");

        // Before there is an image: refused, with the line that makes it.
        var without = (await RunAsync(folder, engine, gitu)).Expect(4);
        Assert.Contains("paddock images build --for python3.11", without.Error, StringComparison.Ordinal);
        (await Tool.RunAsync(Built.Paddock, "images", "build", "--engine", engine.Socket, "--for", "python3.11", "--for", "node20")).Expect(0);
        var images = await ImagesAsync(engine);

        Assert.Equal(("65534 7\n", 0), Printed((await RunAsync(folder, engine, native)).Expect(0)));
        Assert.Equal(("{\"a\":7} False\n", 0), Printed((await RunAsync(folder, engine, gitu)).Expect(0)));
        Assert.Equal(("{\"a\":7} True\n", 0), Printed((await RunAsync(folder, engine, gitu, "--allow", $"files:read={folder.At("files")}")).Expect(0)));
        Assert.Equal("[7,\"/app\"]", (await RunAsync(folder, engine, raised)).Expect(0).Output.Trim());
        Assert.Equal(images, await ImagesAsync(engine));
        Assert.Empty((await AskAsync(engine, "containers/json?all=true")).AsArray());
    }

    [Fact]
    public async Task Run_WithoutAnEngine_SaysWhatToDo()
    {
        using var folder = new TemporaryFolder();
        string package = Package(folder, "native", "apiVersion: paddock/v1\nname: native\nversion: 1.0.0\nruntime: container\nentry: main.js\n", "main.js", "console.log(1)");
        var outcome = (await Tool.RunAsync("env", $"XDG_DATA_HOME={folder.At("data")}", Built.Paddock, "run", package, "--engine", "/no/such/socket")).Expect(4);
        Assert.Contains("SANDBOX_UNAVAILABLE", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("docker.io or podman", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("/no/such/socket", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("--engine", outcome.Error, StringComparison.Ordinal);
        Assert.Equal("", outcome.Output);
    }

    // With a directory of its own for what outlives a run.
    private static Task<Outcome> RunAsync(TemporaryFolder folder, OwnEngine engine, string package, params string[] more) =>
        Tool.RunAsync("env", [$"XDG_DATA_HOME={folder.At("data")}", Built.Paddock, "run", package, "--engine", engine.Socket, "--input", "{\"a\":7}", .. more]);

    private static string Package(TemporaryFolder folder, string name, string manifest, string entry, string source)
    {
        folder.Folder(name);
        folder.Folder("files");
        folder.Write($"{name}/plugin.yaml", manifest);
        folder.Write($"{name}/{entry}", source);
        return folder.At(name);
    }

    private static (string?, int) Printed(Outcome outcome)
    {
        var result = JsonNode.Parse(outcome.Output)!;
        Assert.Equal("", (string?)result["stderr"]);
        return ((string?)result["stdout"], (int)result["exitCode"]!);
    }

    private static async Task<string[]> ImagesAsync(OwnEngine engine) => [.. (await AskAsync(engine, "images/json?all=true")).AsArray().Select(i => (string)i!["Id"]!).Order(StringComparer.Ordinal)];

    private static async Task<JsonNode> AskAsync(OwnEngine engine, string path)
    {
        using var http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(engine.Socket), token);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        return JsonNode.Parse(await http.GetStringAsync(new Uri($"http://engine/{path}"), Ct))!;
    }
}
