using System.Globalization;
using System.Text;

namespace Paddock.Sandbox.GoPlugin.Processes;

/// <summary>The protocol that a plugin speaks once it is connected.</summary>
internal enum WireProtocol
{
    /// <summary>Go's net/rpc over yamux.</summary>
    NetRpc,

    /// <summary>gRPC.</summary>
    Grpc,
}

/// <summary>The first line that a plugin prints: <c>core|version|network|address|protocol|certificate</c>.</summary>
/// <param name="Version">The version of the plugin's interface that it chose among those offered.</param>
/// <param name="Address">Path of its socket, as it sees it.</param>
/// <param name="Protocol">What it speaks there.</param>
/// <param name="Certificate">Its certificate (base64 of DER, without padding), where one was asked for; empty otherwise.</param>
internal sealed record Handshake(int Version, string Address, WireProtocol Protocol, string Certificate)
{
    /// <summary>Bytes of the line: a certificate is the longest part of it.</summary>
    private const int MaxBytes = 4096;
    private const string CoreVersion = "1";

    /// <summary>Reads the line, and nothing after it; null where the output ends before it does.</summary>
    /// <exception cref="ProtocolException">It is no such line. SECURITY: spoofed and oversized handshakes; a slow one ends with the caller's token.</exception>
    internal static async ValueTask<Handshake?> ReadAsync(Stream output, IReadOnlySet<int> offered, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxBytes];
        for (var length = 0; length < MaxBytes; length++)
        {
            // Byte by byte: what follows the line belongs to whoever reads next.
            if (await output.ReadAsync(buffer.AsMemory(length, 1), cancellationToken).ConfigureAwait(false) == 0) return null;
            if (buffer[length] == '\n') return Parse(Encoding.ASCII.GetString(buffer, 0, length).TrimEnd('\r'), offered);
        }

        throw Malformed("The program's first line is longer than a handshake may be.");
    }

    internal static Handshake Parse(string line, IReadOnlySet<int> offered)
    {
        var parts = line.Split('|');
        if (parts.Length is < 4 or > 7) throw Malformed("The program's first line is no handshake of go-plugin.");
        if (parts[0] != CoreVersion) throw Malformed("The program speaks another version of go-plugin's own protocol.");
        if (!int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var version) || !offered.Contains(version))
            throw new ProtocolException("The program speaks no version of the plugins' interface that was offered.", ErrorCodes.ProtocolVersion);
        // SECURITY: a TCP address would be any port of the host.
        if (parts[2] != "unix") throw Malformed("The program does not listen on a Unix socket.");
        var protocol = parts.Length > 4 ? parts[4] : "netrpc";
        return new Handshake(version, parts[3], protocol switch
        {
            "netrpc" => WireProtocol.NetRpc,
            "grpc" => WireProtocol.Grpc,
            _ => throw Malformed("The program speaks neither netrpc nor grpc."),
        }, parts.Length > 5 ? parts[5] : "");
    }

    private static ProtocolException Malformed(string message) => new(message);
}
