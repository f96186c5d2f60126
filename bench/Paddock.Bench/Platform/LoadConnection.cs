using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Paddock.Bench.Platform;

/// <summary>A kept-alive connection that asks for one path again and again. It does as little as it can: what it takes of the machine is missing in what it measures.</summary>
internal sealed class LoadConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _request;
    private readonly byte[] _buffer = new byte[16 << 10];

    private LoadConnection(Uri address) => _request = Encoding.ASCII.GetBytes($"GET {address.PathAndQuery} HTTP/1.1\r\nHost: {address.Authority}\r\n\r\n");

    internal static async Task<LoadConnection> OpenAsync(Uri address)
    {
        var connection = new LoadConnection(address);
        await connection._socket.ConnectAsync(IPAddress.Loopback, address.Port);
        return connection;
    }

    /// <summary>One request and its whole answer; whether that was 200.</summary>
    internal async ValueTask<bool> AskAsync()
    {
        await _socket.SendAsync(_request);
        int filled = 0, whole = int.MaxValue;
        while (filled < whole)
        {
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(filled));
            if (read == 0) throw new IOException("The server closed the connection.");
            filled += read;
            if (whole == int.MaxValue) whole = LengthOf(_buffer.AsSpan(0, filled));
        }

        return _buffer.AsSpan().StartsWith("HTTP/1.1 200"u8);
    }

    public void Dispose() => _socket.Dispose();

    private static int LengthOf(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0) return int.MaxValue;
        var at = answer[..end].IndexOf("Content-Length: "u8);
        var length = 0;
        if (at >= 0 && !Utf8Parser.TryParse(answer[(at + "Content-Length: "u8.Length)..], out length, out _)) throw new IOException("The answer has no length.");
        return end + 4 + length;
    }
}
