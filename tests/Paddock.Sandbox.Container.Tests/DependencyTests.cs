using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Paddock.Engines;
using Paddock.Sandbox.Container;
using Paddock.Sandbox.Container.Images;
using Paddock.Sandbox.Container.Running;

namespace Paddock;

/// <summary>What a package wants installed.</summary>
public abstract class DependencyTests(EngineFixture engines)
{
    private const string Evil = """{"name":"evil","version":"1.0.0","scripts":{"preinstall":"echo CANARY > /app/pwned","install":"echo CANARY > /app/pwned","postinstall":"echo CANARY > /app/pwned"}}""";
    private const string WithEvil = """{"dependencies":{"evil":"file:./evil"},"scripts":{"preinstall":"echo CANARY > /app/pwned","postinstall":"echo CANARY > /app/pwned"}}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static SandboxSpec NodeWithEvil => Specs.Node("console.log(require('fs').existsSync('/app/pwned'), Boolean(require('evil')))")
        .With("package.json", WithEvil).With("evil/package.json", Evil).With("evil/index.js", "module.exports = 1");

    [Fact]
    public async Task T67_InstallScripts_AreNotRun() => Assert.Equal("false true\n", await StdoutAsync(NodeWithEvil));

    [Fact]
    public async Task T67_Control_NpmLeftToItself_RunsThem()
    {
        await using var bench = await Bench.OpenAsync(engines, NodeWithEvil, "scripts");
        using var client = await engines.ConnectAsync();
        var starter = new ContainerStarter(client, bench.Options);
        var image = (await client.ImagesAsync($"dev.paddock.package={bench.Spec.Digest}", Token))[0];
        await using var process = await starter.StartAsync(new RunSpec
        {
            Image = image.Id!,
            Command = ["/bin/sh", "-c", "cp -r /app /tmp/x && cd /tmp/x && rm -rf node_modules && sed -i 's#/app/#/tmp/#' package.json evil/package.json && npm install --offline --no-audit --no-fund --cache /tmp/npm --loglevel error >&2; cat /tmp/pwned"],
            Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin", ["HOME"] = "/tmp" },
            WorkingDirectory = "/tmp",
            Limits = bench.Spec.Limits,
            Labels = new Dictionary<string, string>(),
        }, Token);
        using var output = new StreamReader(process.Output);
        using var error = new StreamReader(process.Error);
        string said = await output.ReadToEndAsync(Token);
        Assert.True(said == "CANARY\n", said + await error.ReadToEndAsync(Token));
    }

    [Theory]
    [InlineData("./evil")]
    [InlineData("evil @ https://example.com/evil.whl")]
    [InlineData("https://example.com/evil.tar.gz")]
    [InlineData("git+https://example.com/evil.git")]
    [InlineData("--index-url https://example.com/simple")]
    [InlineData("good==1.0 --global-option=x")]
    [InlineData("-r other.txt")]
    [InlineData("good==1.0\n-e .")]
    [InlineData("good==1.0 \\\n --no-binary :all:")]
    public async Task T67_RequirementsOfAnotherKind_AreRefused(string requirements)
    {
        var refused = await Assert.ThrowsAsync<SandboxLoadException>(() => StdoutAsync(Specs.Python("pass").With("requirements.txt", requirements)));
        Assert.Equal(ErrorCodes.ImageBuildFailed, refused.Error.Code);
    }

    [Fact]
    public async Task Build_RegistryThatIsNotThere_FailsAndLeavesNothing()
    {
        using var client = await EngineAsync();
        int images = (await client.ImagesAsync("dev.paddock.store", Token)).Count;
        var spec = Specs.Python("pass").With("requirements.txt", "no-such-package-of-paddock==1.0");
        var refused = await Assert.ThrowsAsync<SandboxLoadException>(() => StdoutAsync(spec, o => o with { PipIndex = new Uri("https://registry.invalid/simple/") }));
        Assert.Equal(ErrorCodes.ImageBuildFailed, refused.Error.Code);
        Assert.Equal(images, (await client.ImagesAsync("dev.paddock.store", Token)).Count);
        Assert.Empty(await client.ContainersAsync("dev.paddock.store", Token));
    }

    private async Task<Sandbox.Container.Engine.EngineClient> EngineAsync()
    {
        await engines.ReadyAsync();
        return await engines.ConnectAsync();
    }

    private async Task<string> StdoutAsync(SandboxSpec spec, Func<ContainerOptions, ContainerOptions>? change = null)
    {
        await using var bench = await Bench.OpenAsync(engines, spec, "dependencies", change);
        var result = await bench.Sandbox.CallAsync(new SandboxCall { Input = "null"u8.ToArray() }, RefusingHostChannel.Instance, Token);
        Assert.True(result.Status == CallStatus.Completed, result.Error?.Message);
        var value = JsonElement.Parse(result.Value.Span);
        return value.GetProperty("stdout").GetString() + value.GetProperty("stderr").GetString();
    }
}

/// <summary>The proxy of installations, without an engine.</summary>
public sealed class EgressProxyTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pdk");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Connect_Registry_IsATunnel()
    {
        using var registry = Registry(out int port);
        Assert.Equal("200 hi", await AskAsync(port, $"CONNECT localhost:{port} HTTP/1.1", allowPrivate: true));
    }

    [Theory]
    [InlineData("CONNECT 127.0.0.1:{0} HTTP/1.1", true)]
    [InlineData("CONNECT localhost.:{0} HTTP/1.1", true)]
    [InlineData("CONNECT user@localhost:{0} HTTP/1.1", true)]
    [InlineData("CONNECT localhost:22 HTTP/1.1", true)]
    [InlineData("GET http://localhost:{0}/ HTTP/1.1", true)]
    [InlineData("CONNECT localhost:{0} HTTP/1.1", false)]
    public async Task Connect_AnythingElse_IsRefused(string line, bool allowPrivate)
    {
        using var registry = Registry(out int port);
        Assert.StartsWith("403", await AskAsync(port, string.Format(System.Globalization.CultureInfo.InvariantCulture, line, port), allowPrivate));
    }

    private static TcpListener Registry(out int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _ = GreetAsync(listener);
        return listener;
    }

    private static async Task GreetAsync(TcpListener listener)
    {
        try
        {
            using var client = await listener.AcceptTcpClientAsync();
            await client.GetStream().WriteAsync("hi"u8.ToArray());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task<string> AskAsync(int port, string line, bool allowPrivate)
    {
        string path = Path.Combine(_folder.FullName, "p");
        var options = new ContainerOptions { StateDirectory = _folder.FullName, AllowPrivateRegistries = allowPrivate, RegistryHosts = [] };
        await using var proxy = EgressProxy.Listen(path, new Uri($"https://localhost:{port}/"), options);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), Token);
        await socket.SendAsync(Encoding.ASCII.GetBytes(line + "\r\nHost: x\r\n\r\n"), Token);
        using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream);
        string answer = await reader.ReadToEndAsync(Token);
        return answer.Split(' ')[1] + (answer.EndsWith("hi", StringComparison.Ordinal) ? " hi" : "");
    }
}

[Collection("Docker")]
public sealed class DockerDependencyTests(DockerFixture engines) : DependencyTests(engines);

[Collection("Podman, builds")]
public sealed class PodmanDependencyTests(PodmanBuildsFixture engines) : DependencyTests(engines);
