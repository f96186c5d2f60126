using System.Buffers;
using System.IO.Compression;

namespace Paddock.HostApi.Http;

/// <summary>Reads an answer's body, decompressing it, and stops as soon as it is more than it may be.</summary>
internal static class BoundedBody
{
    private const int AlwaysAllowed = 64 << 10;

    /// <exception cref="ResponseLimitException">It is too long, or one compressed byte becomes too many.</exception>
    /// <exception cref="InvalidDataException">It is not compressed as it says.</exception>
    internal static async ValueTask<byte[]> ReadAsync(HttpContent content, HttpFunctionOptions options, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > options.ResponseBytes) throw new ResponseLimitException();
        using var raw = new CountingStream(await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
        using var plain = Decompressed(raw, content.Headers.ContentEncoding);
        var buffer = ArrayPool<byte>.Shared.Rent(16 << 10);
        try
        {
            using var whole = new MemoryStream();
            for (int read; (read = await plain.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
            {
                whole.Write(buffer, 0, read);

                // SECURITY: a decompression bomb. What comes out is counted as it comes, never the length that an answer claims.
                if (whole.Length > options.ResponseBytes) throw new ResponseLimitException();
                if (plain != raw && whole.Length > AlwaysAllowed && whole.Length > raw.Count * options.DecompressionRatio) throw new ResponseLimitException();
            }

            return whole.ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    // One layer: nobody sends more, but a bomb in a bomb would.
    private static Stream Decompressed(CountingStream raw, ICollection<string> encodings)
    {
        if (encodings.Count == 0) return raw;
        if (encodings.Count > 1) throw new InvalidDataException();
        return encodings.Single().ToUpperInvariant() switch
        {
            "GZIP" or "X-GZIP" => new GZipStream(raw, CompressionMode.Decompress),
            "BR" => new BrotliStream(raw, CompressionMode.Decompress),
            "DEFLATE" => new ZLibStream(raw, CompressionMode.Decompress),
            "IDENTITY" => raw,
            _ => throw new InvalidDataException(),
        };
    }

    private sealed class CountingStream(Stream inner) : Stream
    {
        internal long Count { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            Count += read;
            return read;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}

/// <summary>An answer is more than it may be.</summary>
internal sealed class ResponseLimitException() : Exception("The answer is larger than it may be.");
