using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Paddock.Sandbox.GoPlugin.Processes;

namespace Paddock.Sandbox.GoPlugin.Tests;

/// <summary>Programs that are no plugins, or wish the host ill.</summary>
public sealed class LoadTests(Plugins plugins)
{
    private static readonly Limits Quick = Plugins.Roomy with { InitTimeout = TimeSpan.FromSeconds(2) };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("silent", ErrorCodes.TimeLimit)]
    [InlineData("long", ErrorCodes.ProtocolError)]
    [InlineData("endless", ErrorCodes.ProtocolError)]
    [InlineData("text", ErrorCodes.ProtocolError)]
    [InlineData("exit", ErrorCodes.ProcessEnded)]
    [InlineData("tcp", ErrorCodes.ProtocolError)]
    [InlineData("version", ErrorCodes.ProtocolVersion)]
    [InlineData("elsewhere", ErrorCodes.ProtocolError)]
    [InlineData("climb", ErrorCodes.ProtocolError)]
    [InlineData("nobody", ErrorCodes.ProtocolError)]
    public Task T40_Handshake_SpoofedSlowOrOversized_DoesNotLoad(string program, string code) => DoesNotLoad(program, code);

    [Theory]
    [InlineData("oversized", ErrorCodes.ProtocolError)]
    [InlineData("unknown", ErrorCodes.ProtocolError)]
    [InlineData("window", ErrorCodes.ProtocolError)]
    [InlineData("kind", ErrorCodes.ProtocolError)]
    [InlineData("twice", ErrorCodes.ProtocolError)]
    [InlineData("grant", ErrorCodes.ProtocolError)]
    [InlineData("length", ErrorCodes.ProtocolError)]
    [InlineData("garbage", ErrorCodes.ProtocolError)]
    [InlineData("streams", ErrorCodes.TimeLimit)]
    [InlineData("pings", ErrorCodes.TimeLimit)]
    [InlineData("close", ErrorCodes.ProcessEnded)]
    public Task T40_Frame_OversizedOrForged_EndsTheSessionAndNothingElse(string program, string code) => DoesNotLoad(program, code);

    [Fact]
    public async Task T40_Control_TheSameWayWithAPlugin_Loads()
    {
        await using var sandbox = await plugins.Load(Plugins.Spec(limits: Quick));
        Assert.Equal("1", Plugins.Text(await sandbox.CallAsync(Plugins.Call("echo", "1"), RefusingHostChannel.Instance, Stop)));
    }

    [Fact]
    public async Task T39_SocketOfTheHost_BehindALink_IsNotConnectedTo()
    {
        using var canary = new Canary();
        await DoesNotLoad("link" + canary.Path.Replace('/', '+'), ErrorCodes.ProtocolError);
        Assert.False(canary.WasReached);
    }

    [Fact]
    public void T39_Control_FollowingTheLink_ReachesTheSocket()
    {
        using var canary = new Canary();
        using var sockets = SocketDirectory.Create(null);
        File.CreateSymbolicLink(Path.Combine(sockets.HostPath, "s"), canary.Path);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(Path.Combine(sockets.HostPath, "s")));
        Assert.True(canary.WasReached);
    }

    [Theory]
    [InlineData("/sockets/plugin123", "plugin123")]
    [InlineData("/sockets/..", null)]
    [InlineData("/sockets/", null)]
    [InlineData("/sockets/a/b", null)]
    [InlineData("/sockets/../run/docker.sock", null)]
    [InlineData("/socketsplugin", null)]
    [InlineData("/run/docker.sock", null)]
    [InlineData("sockets/a", null)]
    [InlineData("\0abstract", null)]
    [InlineData("/sockets/a\0b", null)]
    public void NameOf_Path_IsConfined(string path, string? name)
    {
        if (name is not null) Assert.Equal(name, SocketDirectory.NameOf(path));
        else Assert.Throws<ProtocolException>(() => SocketDirectory.NameOf(path));
    }

    [Fact]
    public void NameOf_LongPath_IsRefused() => Assert.Throws<ProtocolException>(() => SocketDirectory.NameOf("/sockets/" + new string('a', 100)));

    [Theory]
    [InlineData("/run/docker.sock")]
    [InlineData("/etc/shadow")]
    [InlineData("/proc/1/root")]
    public async Task T38_PathsOfTheHost_FromInside_AreNotThere(string path)
    {
        var seen = Plugins.Text(await plugins.Run("look", JsonSerializer.Serialize(path)));
        Assert.NotEqual("\"connected\"", seen);
        if (!path.StartsWith("/proc", StringComparison.Ordinal)) Assert.Equal("\"nothing\"", seen);
    }

    [Fact]
    public async Task T38_Control_ItsOwnDirectory_FromInside_IsThere() =>
        Assert.Equal("\"there\"", Plugins.Text(await plugins.Run("look", "\"/sockets\"")));

    [Fact]
    public async Task Load_NoLauncher_SaysWhatIsMissing()
    {
        var runtime = new GoPluginRuntime(new NoLauncher());
        var e = await Assert.ThrowsAsync<SandboxLoadException>(async () => await runtime.CreateAsync(Plugins.Spec(), Stop));
        Assert.Equal(ErrorCodes.SandboxUnavailable, e.Error.Code);
        Assert.EndsWith("There is no bubblewrap. Install it. No memory. No pids. Be root.", e.Error.Message, StringComparison.Ordinal);
    }

    private async Task DoesNotLoad(string program, string code)
    {
        var e = await Assert.ThrowsAsync<SandboxLoadException>(async () => await plugins.Load(Plugins.Hostile(program, Quick)));
        Assert.Equal(code, e.Error.Code);
        Assert.DoesNotContain("pdk-", e.Error.Message, StringComparison.Ordinal);
        // A neighbour still answers.
        Assert.Equal("1", Plugins.Text(await plugins.Run("echo", "1")));
    }

    private sealed class NoLauncher : IProcessLauncher
    {
        public IReadOnlyList<Finding> Missing { get; } =
        [
            new Finding("SANDBOX_BUBBLEWRAP", "There is no bubblewrap.") { Mend = "Install it." },
            new Finding("SANDBOX_MEMORY", "No memory.") { Mend = "Be root." },
            new Finding("SANDBOX_PIDS", "No pids.") { Mend = "Be root." },
        ];

        public ValueTask<IGuestProcess> StartAsync(ProcessSpec spec, CancellationToken cancellationToken = default) => throw new InvalidOperationException();
    }

    /// <summary>A socket of the host that no plugin is to reach.</summary>
    private sealed class Canary : IDisposable
    {
        private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

        public Canary()
        {
            _listener.Bind(new UnixDomainSocketEndPoint(Path));
            _listener.Listen();
        }

        public string Path { get; } = $"/tmp/canary-{Guid.NewGuid():N}";

        public bool WasReached => _listener.Poll(0, SelectMode.SelectRead);

        public void Dispose()
        {
            _listener.Dispose();
            File.Delete(Path);
        }
    }
}
