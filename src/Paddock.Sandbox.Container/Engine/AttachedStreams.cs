using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;

namespace Paddock.Sandbox.Container.Engine;

/// <summary>The three streams of a container over one connection. Both ways are raw after the engine's 101; what comes is in frames of a stream's number and a length.</summary>
/// <remarks>
/// SECURITY: frames are not lines, nor messages of the guest: the engine cuts where it likes. What a frame holds is only appended to its stream.
/// What nobody reads stops the connection at <see cref="Unread"/> bytes, and with it the guest: a flood fills nothing of the host.
/// </remarks>
internal sealed class AttachedStreams : IAsyncDisposable
{
    private const int HeaderBytes = 8;
    private const long Unread = 1 << 20;
    private readonly HttpClient _http;
    private readonly HttpResponseMessage _response;
    private readonly Stream _raw;
    private readonly Socket? _socket;
    private readonly CancellationTokenSource _closing = new();
    private readonly Pipe _output = new(Options);
    private readonly Pipe _error = new(Options);
    private readonly Lock _gate = new();
    private bool _disposed;

    private AttachedStreams(HttpClient http, HttpResponseMessage response, Stream raw, Socket? socket)
    {
        _http = http;
        _response = response;
        _raw = raw;
        _socket = socket;
        Input = new InputStream(raw, socket);
        Output = _output.Reader.AsStream();
        Error = _error.Reader.AsStream();
        Ended = DemultiplexAsync();
    }

    /// <summary>What the container reads; disposing it is the end of its input.</summary>
    internal Stream Input { get; }

    internal Stream Output { get; }

    internal Stream Error { get; }

    /// <summary>Completes when the engine closed the connection, which it does when both streams are closed. Never faults.</summary>
    internal Task Ended { get; }

    private static PipeOptions Options => new(pauseWriterThreshold: Unread, resumeWriterThreshold: Unread / 2, useSynchronizationContext: false);

    internal static async Task<AttachedStreams> OpenAsync(EngineSocket socket, string uri, CancellationToken cancellationToken)
    {
        Socket? own = null;
        // A handler of its own for each, so that its one connection is known: the end of the input is a half-close, which no HTTP client offers.
        var http = new HttpClient(EngineClient.Handler(async token =>
        {
            var stream = await socket.ConnectAsync(token).ConfigureAwait(false);
            own = stream.Socket;
            return stream;
        })) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        HttpResponseMessage? response = null;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, uri);
            request.Headers.Connection.Add("Upgrade");
            request.Headers.Upgrade.Add(new("tcp"));
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.SwitchingProtocols) throw EngineClient.Refused(response.StatusCode, []);
            return new AttachedStreams(http, response, await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), own);
        }
        catch (Exception e)
        {
            response?.Dispose();
            http.Dispose();
            if (e is HttpRequestException or IOException) throw new EngineException($"The engine cannot be reached: {e.Message}", inner: e);
            throw;
        }
    }

    /// <summary>Ends the connection; what came so far can still be read.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            if (_disposed) return;
            _closing.Cancel();
        }

        // Closed, not only left unread: the engine would wait for room in it.
        _socket?.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        Close();
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
        }

        _response.Dispose();
        _http.Dispose();
        await Ended.ConfigureAwait(false);
        await Output.DisposeAsync().ConfigureAwait(false);
        await Error.DisposeAsync().ConfigureAwait(false);
        _closing.Dispose();
    }

    private async Task DemultiplexAsync()
    {
        await Task.Yield();
        try
        {
            byte[] header = new byte[HeaderBytes];
            while (await ReadHeaderAsync(header).ConfigureAwait(false))
            {
                uint length = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4));
                var pipe = header[0] switch { 1 => _output, 2 => _error, _ => null };
                if (pipe is null) return;
                if (!await CopyAsync(pipe.Writer, length).ConfigureAwait(false)) return;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Whatever ended the connection, the streams end here.
        }
        finally
        {
            await _output.Writer.CompleteAsync().ConfigureAwait(false);
            await _error.Writer.CompleteAsync().ConfigureAwait(false);
        }
    }

    private async Task<bool> ReadHeaderAsync(byte[] header) =>
        await _raw.ReadAtLeastAsync(header, HeaderBytes, throwOnEndOfStream: false, _closing.Token).ConfigureAwait(false) == HeaderBytes;

    /// <summary>Copies a frame as it comes; its claimed length reserves nothing.</summary>
    private async Task<bool> CopyAsync(PipeWriter writer, uint length)
    {
        while (length > 0)
        {
            var memory = writer.GetMemory(4096);
            int read = await _raw.ReadAsync(memory[..(int)Math.Min(length, (uint)memory.Length)], _closing.Token).ConfigureAwait(false);
            if (read == 0) return false;
            writer.Advance(read);
            length -= (uint)read;
            // A reader that has gone takes no more; the other stream goes on.
            await writer.FlushAsync(_closing.Token).ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>Writes to the connection; its disposal ends that direction alone.</summary>
    private sealed class InputStream(Stream raw, Socket? socket) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => raw.WriteAsync(buffer, cancellationToken);

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => raw.WriteAsync(buffer, offset, count, cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) => raw.Write(buffer, offset, count);

        public override void Flush() => raw.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => raw.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            try
            {
                if (disposing) socket?.Shutdown(SocketShutdown.Send);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Closed already.
            }

            base.Dispose(disposing);
        }
    }
}
