using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Paddock.Sandbox.Process.Tests;

/// <summary>Rows 39 and 71: sockets of the host, and ways out by the network. Python under Node's profile stands for any program that may have Unix sockets.</summary>
public sealed class SocketThreats : IDisposable
{
    private const string Connect = """
        import socket, sys
        try:
            s = socket.socket(socket.AF_UNIX)
            s.connect(sys.argv[1].replace('@', '\0'))
            print(s.recv(100).decode())
        except OSError as e: print(type(e).__name__, e.errno)
        """;

    private readonly string _name = HostSight.NewCanary();
    private readonly string _directory = Specs.SharedDirectory("paddock-sockets-");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task T39_AbstractSocketOfTheHost_IsNotThere()
    {
        using var server = Serve(new UnixDomainSocketEndPoint("\0" + _name));

        var run = await Run.PythonAsync(new BubblewrapLauncher(), Connect, To("@" + _name));

        Assert.Equal("ConnectionRefusedError 111\n", run.Output);
    }

    [Fact]
    public async Task T39_Control_WithTheHostsNetworkItAnswers()
    {
        using var server = Serve(new UnixDomainSocketEndPoint("\0" + _name));

        var run = await Run.PythonAsync(Specs.Without(Defences.Network), Connect, To("@" + _name));

        Assert.Equal("the host's secret\n", run.Output);
    }

    [Fact]
    public async Task T39_EngineSocket_IsNotThere()
    {
        using var server = Serve(Socket());

        var run = await Run.PythonAsync(new BubblewrapLauncher(), Connect, To($"{_directory}/engine.sock"));

        Assert.Equal("FileNotFoundError 2\n", run.Output);
    }

    [Fact]
    public async Task T39_EngineSocketInAMount_CannotBeConnectedToByProgramsWithoutSockets()
    {
        using var server = Serve(Socket());
        Func<ProcessSpec, ProcessSpec> mounted = spec => To("/data/engine.sock")(spec) with { Mounts = [new ProcessMount(_directory, "/data")] };

        var run = await Run.PythonAsync(new BubblewrapLauncher(), Connect, spec => mounted(spec) with { Profile = SyscallProfile.Python });
        Assert.Equal("OSError 97\n", run.Output);

        var control = await Run.PythonAsync(new BubblewrapLauncher(), Connect, mounted);
        Assert.Equal("the host's secret\n", control.Output);
    }

    [Theory]
    [InlineData(SyscallProfile.Base)]
    [InlineData(SyscallProfile.Node)]
    [InlineData(SyscallProfile.GoPlugin)]
    [InlineData(SyscallProfile.Dotnet)]
    public async Task T71_NothingLeaves(SyscallProfile profile)
    {
        using var listener = Listen();

        var run = await Run.PythonAsync(new BubblewrapLauncher(), WaysOut(listener), spec => spec with { Profile = profile });

        Assert.Equal("udp OSError 97\ntcp OSError 97\nraw OSError 97\npacket OSError 97\nnetlink OSError 97\nresolve gaierror\n", run.Output);
        Assert.Equal(0, listener.Available);
    }

    [Fact]
    public async Task T71_WithSocketsStillNothingLeaves()
    {
        using var listener = Listen();

        var run = await Run.PythonAsync(Specs.Without(Defences.Seccomp), WaysOut(listener));

        Assert.StartsWith("udp sent\n", run.Output);
        Assert.Contains("raw PermissionError", run.Output);
        Assert.Equal(0, listener.Available);
    }

    [Fact]
    public async Task T71_Control_WithTheHostsNetworkTheDatagramLeaves()
    {
        using var listener = Listen();

        var run = await Run.PythonAsync(Specs.Without(Defences.Seccomp | Defences.Network), WaysOut(listener));

        Assert.StartsWith("udp sent\n", run.Output);
        byte[] datagram = new byte[64];
        int length = await listener.ReceiveAsync(datagram, TestContext.Current.CancellationToken);
        Assert.Equal(_name, Encoding.ASCII.GetString(datagram, 0, length));
    }

    private string WaysOut(Socket listener) => $$"""
        import socket
        def attempt(name, action):
            try: action(); print(name, 'sent')
            except socket.gaierror: print(name, 'gaierror')
            except OSError as e: print(name, type(e).__name__, e.errno)
        to = ('127.0.71.53', {{((IPEndPoint)listener.LocalEndPoint!).Port}})
        attempt('udp', lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'{{_name}}', to))
        attempt('tcp', lambda: socket.create_connection(to, 5))
        attempt('raw', lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP))
        attempt('packet', lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
        attempt('netlink', lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW))
        attempt('resolve', lambda: socket.getaddrinfo('paddock.example', 80))
        """;

    /// <summary>Where a resolver would listen, on an address of the machine that is nobody's; another port where 53 may not be had.</summary>
    private static Socket Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            listener.Bind(new IPEndPoint(IPAddress.Parse("127.0.71.53"), 53));
        }
        catch (SocketException)
        {
            listener.Bind(new IPEndPoint(IPAddress.Parse("127.0.71.53"), 0));
        }

        return listener;
    }

    private UnixDomainSocketEndPoint Socket() => new($"{_directory}/engine.sock");

    private static Func<ProcessSpec, ProcessSpec> To(string path) => spec => spec with { Profile = SyscallProfile.Node, Arguments = [.. spec.Arguments, path] };

    private static Socket Serve(UnixDomainSocketEndPoint at)
    {
        var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        server.Bind(at);
        if (!at.ToString().StartsWith('@')) File.SetUnixFileMode(at.ToString(), (UnixFileMode)0x1FF);
        server.Listen();
        _ = AnswerAsync(server);
        return server;
    }

    private static async Task AnswerAsync(Socket server)
    {
        try
        {
            using var client = await server.AcceptAsync();
            await client.SendAsync("the host's secret"u8.ToArray());
        }
        catch (SocketException)
        {
            // The test is over.
        }
        catch (ObjectDisposedException)
        {
            // The same.
        }
    }
}
