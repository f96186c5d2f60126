using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Text.Json;
using Paddock.Sandbox.GoPlugin.Calls;
using Paddock.Sandbox.GoPlugin.Grpc;
using Paddock.Sandbox.GoPlugin.Processes;

namespace Paddock.Sandbox.GoPlugin.Tests;

/// <summary>AutoMTLS against HashiCorp's own library, and against programs that are not who they say.</summary>
public sealed class MutualTlsTests(Plugins plugins)
{
    private const string Grpc = "tests/Paddock.Sandbox.GoPlugin.Tests/Programs/grpc", Certificates = "tests/Paddock.Sandbox.GoPlugin.Tests/Programs/certificates";
    private static readonly GoPluginRuntimeOptions s_options = new() { AutoMtls = true };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private GoPluginRuntime Runtime => new(plugins.Launcher, s_options);

    [Theory]
    [InlineData("newer", "tests/Paddock.Sandbox.GoPlugin.Tests/Programs/goatkit")]
    [InlineData("over-grpc", Grpc)]
    public async Task Call_OverMutualTls_ReachesThePluginAndTheHost(string name, string folder)
    {
        await using var sandbox = await Runtime.CreateAsync(Plugins.Spec(name, folder: folder), Stop);
        var channel = new ChannelOf((f, a, _) => Task.FromResult(ChannelOf.Json($"{{\"seen\":\"{f}\"}}")));
        Assert.Equal("""{"a":[1,"ü"]}""", Plugins.Text(await sandbox.CallAsync(Plugins.Call("echo", """{"a":[1,"ü"]}"""), channel, Stop)));
        Assert.Equal("""{"seen":"cache.get"}""", Plugins.Text(await sandbox.CallAsync(Plugins.Call("host", """{"name":"cache_get","args":{"key":"k"}}"""), channel, Stop)));
        Assert.Equal("\"done\"", Plugins.Text(await sandbox.CallAsync(Plugins.Call("parallel"), channel, Stop)));
        Assert.Equal(ErrorCodes.ProcessEnded, (await sandbox.CallAsync(Plugins.Call("panic"), channel, Stop)).Error?.Code);
        Assert.Equal("2", Plugins.Text(await sandbox.CallAsync(Plugins.Call("echo", "2"), channel, Stop)));
    }

    [Fact]
    public async Task Environment_OnlyWhereItIsOn_HasTheHostsCertificate()
    {
        await using var on = await Runtime.CreateAsync(Plugins.Spec(), Stop);
        Assert.Contains("PLUGIN_CLIENT_CERT", await VariablesAsync(on));
        await using var off = await plugins.Load();
        Assert.Equal(
            ["GOATFLOW_NO_NETWORK", "GOATKIT_PLUGIN", "HOME", "PATH", "PLUGIN_MAX_PORT", "PLUGIN_MIN_PORT", "PLUGIN_PROTOCOL_VERSIONS", "TMPDIR", "TZ"],
            (await VariablesAsync(off)).Where(v => v != "PWD"));
    }

    [Theory]
    [InlineData("other")]
    [InlineData("other-grpc")]
    [InlineData("without")]
    [InlineData("without-grpc")]
    [InlineData("ignores")]
    [InlineData("ignores-grpc")]
    [InlineData("garbage")]
    [InlineData("alphabet")]
    public async Task T40_Peer_WithoutTheCertificateThatItAnnounced_IsRefused(string name)
    {
        var e = await Assert.ThrowsAsync<SandboxLoadException>(async () => await Runtime.CreateAsync(Plugins.Spec(name, folder: Certificates), Stop));
        Assert.Equal(ErrorCodes.PeerUnverified, e.Error.Code);
    }

    [Theory]
    [InlineData("same")]
    [InlineData("same-grpc")]
    public async Task T40_Control_TheSameProgramWithItsOwnCertificate_Loads(string name)
    {
        await using var sandbox = await Runtime.CreateAsync(Plugins.Spec(name, folder: Certificates), Stop);
        Assert.Null(await sandbox.RegisterAsync(Stop));
    }

    [Theory]
    [InlineData("ignores")]
    [InlineData("ignores-grpc")]
    public async Task T40_Control_NothingDemanded_APluginWithoutCertificateLoads(string name)
    {
        await using var sandbox = await plugins.Load(Plugins.Spec(name, folder: Certificates));
        Assert.Null(await sandbox.RegisterAsync(Stop));
    }

    [Fact]
    public async Task T40_HostsSocket_DialledByAnotherThanThePlugin_AnswersNothing()
    {
        using PinnedTls host = PinnedTls.Create(TimeProvider.System), plugin = PinnedTls.Create(TimeProvider.System), stranger = PinnedTls.Create(TimeProvider.System);
        host.Pin(plugin.Announcement);
        plugin.Pin(host.Announcement);
        stranger.Pin(host.Announcement);
        using var directory = SocketDirectory.Create(null);
        var calls = new Answering();
        await using (await GrpcHostServer.StartAsync(new PluginSockets(directory, "/sockets/none", host), calls, Stop))
        {
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => AskAsync(directory, stranger));
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => AskAsync(directory, null));
            Assert.Equal(0, calls.Count);
            Assert.Equal(HttpStatusCode.OK, await AskAsync(directory, plugin));
            Assert.Equal(1, calls.Count);
        }
    }

    [Fact]
    public async Task T40_Control_HostsSocketWithoutTls_AnswersWhoeverDials()
    {
        using var directory = SocketDirectory.Create(null);
        var calls = new Answering();
        await using (await GrpcHostServer.StartAsync(new PluginSockets(directory, "/sockets/none", null), calls, Stop))
            Assert.Equal(HttpStatusCode.OK, await AskAsync(directory, null));
        Assert.Equal(1, calls.Count);
    }

    private static async Task<string[]> VariablesAsync(ISandbox sandbox)
    {
        var all = JsonSerializer.Deserialize<string[]>(Plugins.Text(await sandbox.CallAsync(Plugins.Call("environment"), RefusingHostChannel.Instance, Stop)))!;
        return [.. all.Select(v => v[..v.IndexOf('=', StringComparison.Ordinal)]).Order(StringComparer.Ordinal)];
    }

    /// <summary>A host call, as a plugin's broker makes it.</summary>
    private static async Task<HttpStatusCode> AskAsync(SocketDirectory directory, PinnedTls? tls)
    {
        using var client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(directory.HostPath + "/host"), cancellationToken);
                var stream = new NetworkStream(socket, ownsSocket: true);
                return tls is null ? stream : await tls.ConnectAsync(stream, SslApplicationProtocol.Http2, cancellationToken);
            },
        });
        using var content = new ByteArrayContent(GrpcFrame.Write(new ProtoWriter().Text(1, "time_now").Text(2, "{}").Written.Span));
        content.Headers.ContentType = new MediaTypeHeaderValue(GrpcFrame.ContentType);
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://host/paddock.plugin.v1.Host/Call") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = content };
        using var response = await client.SendAsync(request, Stop);
        return response.StatusCode;
    }

    private sealed class Answering : IHostCalls
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public ValueTask<HostAnswer> AskAsync(string method, ReadOnlyMemory<byte> arguments)
        {
            Interlocked.Increment(ref _count);
            return ValueTask.FromResult(new HostAnswer("1"u8.ToArray(), null));
        }

        public void Log(LogSeverity severity, ReadOnlySpan<byte> line)
        {
        }
    }
}
