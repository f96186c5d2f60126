namespace Paddock.HostApi.Http;

/// <summary>A connection of a plugin's own program: TLS and nothing else, as many bytes and as long as it may, and only while a grant covers it.</summary>
internal sealed class GrantedConnection : Stream
{
    // RFC 8446, 5.1 and 4: a record of the handshake (or, of the server's, an alert), version 3.0 to 3.4, and in it a ClientHello.
    private const byte Alert = 21, Handshake = 22, Version = 3, NewestMinor = 4, ClientHello = 1;
    private const int HelloBytes = 6;
    private readonly Stream _inner;
    private readonly Func<bool> _isGranted;
    private readonly Action<long, long> _carried;
    private readonly IDisposable _turn;
    private readonly CancellationTokenSource _over;
    private long _left;
    private long _sent;
    private long _received;
    private int _written;
    private int _read;
    private int _disposed;

    internal GrantedConnection(Stream inner, HttpFunctionOptions options, TimeProvider clock, Func<bool> isGranted, Action<long, long> carried, IDisposable turn)
    {
        (_inner, _isGranted, _carried, _turn, _left) = (inner, isGranted, carried, turn, options.ConnectionBytes);
        _over = new CancellationTokenSource(options.ConnectionTimeout, clock);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_over.Token, cancellationToken);
        int read = await _inner.ReadAsync(buffer, either.Token).ConfigureAwait(false);
        // What another protocol's server says first is not for the plugin.
        for (int i = 0; i < read && _read < 2; i++, _read++)
        {
            if (!(_read == 0 ? buffer.Span[i] is Handshake or Alert : buffer.Span[i] == Version)) throw new IOException("What is answered is no TLS.");
        }

        Count(read);
        Interlocked.Add(ref _received, read);
        return read;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // SECURITY: another protocol on a port that a grant happens to cover: mail, a shell, a database.
        for (int i = 0; i < buffer.Length && _written < HelloBytes; i++, _written++)
        {
            if (!IsOfHello(_written, buffer.Span[i])) throw new IOException("What is sent is no TLS.");
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(_over.Token, cancellationToken);
        Count(buffer.Length);
        await _inner.WriteAsync(buffer, either.Token).ConfigureAwait(false);
        Interlocked.Add(ref _sent, buffer.Length);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _inner.Dispose();
            _over.Dispose();
            _turn.Dispose();
            _carried(Interlocked.Read(ref _sent), Interlocked.Read(ref _received));
        }

        base.Dispose(disposing);
    }

    private static bool IsOfHello(int at, byte value) => at switch
    {
        0 => value == Handshake,
        1 => value == Version,
        2 => value <= NewestMinor,
        5 => value == ClientHello,
        _ => true,
    };

    // SECURITY: a stale policy on an open stream. Asked at every piece, as it is at every host call.
    private void Count(int bytes)
    {
        if (Interlocked.Add(ref _left, -bytes) < 0) throw new IOException("It carried as many bytes as it may.");
        if (!_isGranted()) throw new IOException("No grant leads there any more.");
    }
}
