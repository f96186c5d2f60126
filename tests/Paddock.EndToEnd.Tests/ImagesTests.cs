using Paddock.Engines;

namespace Paddock.EndToEnd.Tests;

/// <summary><c>paddock images build</c>, as a command, against an engine of the tests' own.</summary>
public sealed class ImagesTests
{
    private const string Program = "from base64 import b64decode\nimport os, sys\nprint(b64decode(os.environ['PLUGIN_ARGS_B64']).decode(), sys.version_info[0])";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Build_OfWhatIsHere_ServesPluginsWithoutARegistry(bool podman)
    {
        await using var engine = await OwnEngine.StartAsync(podman, said => TestContext.Current.SendDiagnosticMessage("{0}", said));
        Assert.SkipWhen(engine is null, "this machine cannot run a container engine of its own");
        using var folder = new TemporaryFolder();

        // Before there is an image: the plugin is refused with the line that makes it.
        await using (var server = await ServerProcess.StartAsync(folder.At("before"), "--engine", engine.Socket))
        {
            var refused = await server.SendAsync(HttpMethod.Post, "/api/gitu/plugins", server.Token("author")!, Plugin(), System.Net.HttpStatusCode.BadRequest);
            Assert.Contains("paddock images build --for python3.11", refused.ToJsonString(), StringComparison.Ordinal);
        }

        var built = (await Tool.RunAsync(Built.Paddock, "images", "build", "--engine", engine.Socket, "--for", "python3.11", "--for", "node18")).Expect(0);
        string[] lines = built.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("localhost/paddock/python3.11:latest: python3.", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("localhost/paddock/node18:latest: node", lines[1], StringComparison.Ordinal);

        await using (var server = await ServerProcess.StartAsync(folder.At("after"), "--engine", engine.Socket))
        {
            string author = server.Token("author")!;
            var created = await server.SendAsync(HttpMethod.Post, "/api/gitu/plugins", author, Plugin(), System.Net.HttpStatusCode.Created);
            var executed = await server.SendAsync(HttpMethod.Post, $"/api/gitu/plugins/{created["plugin"]!["id"]}/execute", author, new { input = new { a = 1 } });
            Assert.Equal("{\"a\":1} 3\n", (string?)executed["result"]!["result"]!["stdout"]);
        }
    }

    [Fact]
    public async Task Build_NoneNamed_MakesThoseThatThisMachineHasExactly()
    {
        await using var engine = await OwnEngine.StartAsync(podman: true, said => TestContext.Current.SendDiagnosticMessage("{0}", said));
        Assert.SkipWhen(engine is null, "this machine cannot run a container engine of its own");
        var built = (await Tool.RunAsync(Built.Paddock, "images", "build", "--engine", engine.Socket)).Expect(0);
        Assert.Equal("", built.Error);
        string[] lines = built.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Matches(@"^localhost/paddock/((node\d+|dotnet\d+):latest: \2\.|(python3\.\d+):latest: \3$)", line));
    }

    [Fact]
    public async Task Build_RuntimeThatThereIsNot_NamesThoseThereAre()
    {
        var refused = (await Tool.RunAsync(Built.Paddock, "images", "build", "--engine", "/no/such/socket", "--for", "ruby3")).Expect(2);
        Assert.Contains("python3.11", refused.Error, StringComparison.Ordinal);
        Assert.Equal("", refused.Output);
    }

    [Fact]
    public async Task Build_NoEngine_SaysSoAndHowToGetOne()
    {
        var refused = (await Tool.RunAsync(Built.Paddock, "images", "build", "--engine", "/no/such/socket", "--for", "python3.11")).Expect(1);
        Assert.Contains("/no/such/socket", refused.Error, StringComparison.Ordinal);
        Assert.Contains("docker.io or podman", refused.Error, StringComparison.Ordinal);
        Assert.Single(refused.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Build_NoShellForImages_SaysHowToGetOne()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "the tests do not run as root");
        var refused = (await Tool.RunAsync("/usr/bin/unshare", "--mount", "/bin/sh", "-ec", "mount --bind /dev/null /bin/busybox; exec \"$0\" images build --engine /no/such/socket --for python3.11", Built.Paddock)).Expect(1);
        Assert.Contains("busybox-static", refused.Error, StringComparison.Ordinal);
    }

    private static object Plugin() => new
    {
        name = "Says what it was given",
        code = "name: says_it\nversion: 1.0.0\ndescription: example\nruntime: python3.11\nentry: main.py\npermissions:\n  network: false\n  filesystem: none\n  env: []\n",
        config = new { files = new Dictionary<string, string> { ["main.py"] = Program } },
        enabled = true,
    };
}
