using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Paddock.Sandbox.GoPlugin.Grpc;

/// <summary>Puts a stream between a connection and the server that reads it. Kestrel's own TLS wants services of a whole web host.</summary>
internal static class StreamTransport
{
    /// <param name="connection">What came in.</param>
    /// <param name="accept">Makes the stream; what it throws ends the connection.</param>
    /// <param name="next">The server.</param>
    internal static async Task RunAsync(ConnectionContext connection, Func<Stream, Task<Stream>> accept, ConnectionDelegate next)
    {
        var transport = connection.Transport;
        Stream stream;
        try
        {
            stream = await accept(new TransportStream(transport)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ProtocolException or IOException or OperationCanceledException)
        {
            // SECURITY: whoever dialled is not the plugin, and is told nothing.
            connection.Abort(new ConnectionAbortedException());
            return;
        }

        await using (stream.ConfigureAwait(false))
        {
            connection.Transport = new Pair(PipeReader.Create(stream), PipeWriter.Create(stream));
            try
            {
                await next(connection).ConfigureAwait(false);
            }
            finally
            {
                await connection.Transport.Input.CompleteAsync().ConfigureAwait(false);
                await connection.Transport.Output.CompleteAsync().ConfigureAwait(false);
                connection.Transport = transport;
            }
        }
    }

    private sealed record Pair(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Both halves of a pipe as one stream.</summary>
    private sealed class TransportStream(IDuplexPipe pipe) : Stream
    {
        private readonly Stream _input = pipe.Input.AsStream(leaveOpen: true), _output = pipe.Output.AsStream(leaveOpen: true);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => _input.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _input.ReadAsync(buffer, cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) => _output.Write(buffer, offset, count);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => _output.WriteAsync(buffer, cancellationToken);

        public override void Flush() => _output.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => _output.FlushAsync(cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
