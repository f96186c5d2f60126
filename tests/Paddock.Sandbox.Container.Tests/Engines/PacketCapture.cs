using System.Diagnostics;

namespace Paddock.Engines;

/// <summary>Listens on every interface of this machine for packets that hold a text, with a packet socket of the system's python.</summary>
internal sealed class PacketCapture : IDisposable
{
    private const string Source = """
        import select, socket, sys
        text = sys.argv[1].encode()
        s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(3))
        print('ready', flush=True)
        seen = False
        while True:
            ready, _, _ = select.select([s, sys.stdin], [], [])
            if sys.stdin in ready: break
            seen = text in s.recv(65535) or seen
        s.setblocking(False)
        try:
            for _ in range(100000): seen = text in s.recv(65535) or seen
        except BlockingIOError: pass
        print(seen, flush=True)
        """;

    private readonly Process _python;

    public PacketCapture(string text)
    {
        _python = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-I", "-c", Source, text]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        Assert.Equal("ready", _python.StandardOutput.ReadLine());
    }

    /// <summary>Whether there was one. What came before is read first.</summary>
    public bool Saw()
    {
        _python.StandardInput.Close();
        return _python.StandardOutput.ReadLine() == "True";
    }

    public void Dispose()
    {
        if (!_python.HasExited) _python.Kill();
        _python.Dispose();
    }
}
