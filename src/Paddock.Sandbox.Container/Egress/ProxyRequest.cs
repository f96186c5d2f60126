using System.Globalization;
using System.Text;

namespace Paddock.Sandbox.Container.Egress;

/// <summary>A request to a proxy, as a guest wrote it (RFC 9112), bounded. What it asks for is judged by whoever performs it.</summary>
internal sealed record ProxyRequest(string Method, string Target, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    private const int LongestHead = 48 << 10;
    private const int LongestBody = 4 << 20;
    private const int LongestChunkLine = 256;

    /// <summary>Where it goes: its target, or for a target that is a path alone what its Host says, in the clear.</summary>
    internal string Url => Target.StartsWith('/') ? $"http://{Header("Host")}{Target}" : Target;

    /// <summary>Reads one; null at the end of the connection.</summary>
    /// <exception cref="ProxyRequestException">It is none, or longer than it may be.</exception>
    /// <param name="stream">The connection.</param>
    /// <param name="withBody">Whether its body is read too.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal static async Task<ProxyRequest?> ReadAsync(Stream stream, bool withBody, CancellationToken cancellationToken)
    {
        var reader = new ProxyReader(stream);
        string? head = await reader.HeadAsync(LongestHead, cancellationToken).ConfigureAwait(false);
        if (head is null) return null;
        string[] lines = head.Split("\r\n");
        if (lines[0].Split(' ') is not [var method, { Length: > 0 } target, "HTTP/1.1" or "HTTP/1.0"] || !IsToken(method)) throw new ProxyRequestException(400, "The request line is none.");
        var request = new ProxyRequest(method, target, [.. lines.Skip(1).Select(Field)], []);
        // SECURITY: a tunnel begins with what comes after the answer; what a guest sends before it is not for the other side.
        if (method == "CONNECT") return reader.HasMore ? throw new ProxyRequestException(400, "There is more than the request.") : request;
        if (!withBody) return request;
        if (request.Header("Expect") is not null) await stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
        return request with { Body = await BodyAsync(request, reader, cancellationToken).ConfigureAwait(false) };
    }

    /// <summary>The value of a header; null for none.</summary>
    internal string? Header(string name) => Headers.FirstOrDefault(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    // SECURITY: request smuggling. One way to say how long a body is, once.
    private static async Task<byte[]> BodyAsync(ProxyRequest request, ProxyReader reader, CancellationToken cancellationToken)
    {
        string[] lengths = [.. request.Headers.Where(h => h.Key.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)).Select(h => h.Value)];
        string[] codings = [.. request.Headers.Where(h => h.Key.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)).Select(h => h.Value)];
        if (lengths.Length + codings.Length == 0) return [];
        if (lengths.Length + codings.Length > 1) throw new ProxyRequestException(400, "The body has several lengths.");
        if (codings.Length == 1) return codings[0].Equals("chunked", StringComparison.OrdinalIgnoreCase) ? await ChunksAsync(reader, cancellationToken).ConfigureAwait(false) : throw new ProxyRequestException(501, "The body has another coding than chunked.");
        if (!int.TryParse(lengths[0], NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length > LongestBody) throw new ProxyRequestException(413, "The body is longer than it may be.");
        return await reader.BytesAsync(length, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<byte[]> ChunksAsync(ProxyReader reader, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        while (true)
        {
            string line = await reader.LineAsync(LongestChunkLine, cancellationToken).ConfigureAwait(false);
            int end = line.IndexOf(';', StringComparison.Ordinal);
            if (!int.TryParse(end < 0 ? line : line[..end], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int length) || length < 0) throw new ProxyRequestException(400, "A chunk has no length.");
            if (body.Length + length > LongestBody) throw new ProxyRequestException(413, "The body is longer than it may be.");
            if (length == 0) break;
            body.Write(await reader.BytesAsync(length, cancellationToken).ConfigureAwait(false));
            if ((await reader.LineAsync(LongestChunkLine, cancellationToken).ConfigureAwait(false)).Length > 0) throw new ProxyRequestException(400, "A chunk is longer than it says.");
        }

        while ((await reader.LineAsync(LongestHead, cancellationToken).ConfigureAwait(false)).Length > 0)
        {
            // Trailers say nothing that a host would ask for.
        }

        return body.ToArray();
    }

    private static KeyValuePair<string, string> Field(string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && IsToken(line[..colon]) ? new(line[..colon], line[(colon + 1)..].Trim(' ', '\t')) : throw new ProxyRequestException(400, "A header is none.");
    }

    private static bool IsToken(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));
}

/// <summary>A guest's request is none that can be served.</summary>
internal sealed class ProxyRequestException(int status, string message) : Exception(message)
{
    internal int Status { get; } = status;
}

/// <summary>Reads lines and bytes of one connection, none of them longer than it may be.</summary>
internal sealed class ProxyReader(Stream stream)
{
    private readonly byte[] _buffer = new byte[16 << 10];
    private int _start;
    private int _end;

    internal bool HasMore => _start < _end;

    /// <summary>Everything up to an empty line, without it; null where the connection ended before there was anything.</summary>
    internal async Task<string?> HeadAsync(int longest, CancellationToken cancellationToken)
    {
        var head = new StringBuilder();
        while (true)
        {
            if (head.Length == 0 && !HasMore && !await FillAsync(cancellationToken).ConfigureAwait(false)) return null;
            string line = await LineAsync(longest - head.Length, cancellationToken).ConfigureAwait(false);
            if (line.Length == 0 && head.Length > 0) return head.ToString();
            if (head.Length > 0) head.Append("\r\n");
            head.Append(line);
        }
    }

    internal async Task<string> LineAsync(int longest, CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        while (true)
        {
            if (!HasMore && !await FillAsync(cancellationToken).ConfigureAwait(false)) throw new ProxyRequestException(400, "The request ended before its end.");
            byte b = _buffer[_start++];
            if (b == '\n') return line is { Length: > 0 } && line[^1] == '\r' ? line.ToString(0, line.Length - 1) : throw new ProxyRequestException(400, "A line does not end as it has to.");
            // Anything but visible ASCII, space and tab has its own reading in every server.
            if (b is not ((byte)'\t' or (byte)'\r') and (< (byte)' ' or > (byte)'~')) throw new ProxyRequestException(400, "The request has other characters than ASCII's.");
            if (line is { Length: > 0 } && line[^1] == '\r') throw new ProxyRequestException(400, "A line does not end as it has to.");
            if (line.Length >= longest) throw new ProxyRequestException(431, "The request is longer than it may be.");
            line.Append((char)b);
        }
    }

    internal async Task<byte[]> BytesAsync(int count, CancellationToken cancellationToken)
    {
        // SECURITY: as much room as has come, and not as was promised.
        using var bytes = new MemoryStream();
        while (bytes.Length < count)
        {
            if (!HasMore && !await FillAsync(cancellationToken).ConfigureAwait(false)) throw new ProxyRequestException(400, "The request ended before its end.");
            int part = (int)Math.Min(count - bytes.Length, _end - _start);
            bytes.Write(_buffer, _start, part);
            _start += part;
        }

        return bytes.ToArray();
    }

    private async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        _start = 0;
        _end = await stream.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false);
        return _end > 0;
    }
}
