using System.Buffers;

namespace Paddock.Sandbox.Protocol.Framing;

/// <summary>Lines of a stream, out of one pooled buffer. A line stays valid until the next is asked for.</summary>
// SECURITY: the length of a line is the guest's to choose; what is kept of it never exceeds the most that was agreed.
internal sealed class FrameReader(Stream stream, int mostBytes) : IDisposable
{
    private const int UsualBytes = 16 << 10;
    private const int KeptBytes = 256 << 10;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(UsualBytes);
    private int _start;
    private int _scanned;
    private int _end;

    /// <summary>Whether something has arrived that nobody asked for yet.</summary>
    internal bool HasMore => _start < _end;

    /// <summary>The next line that is here already, without its end.</summary>
    internal bool TryTake(out ReadOnlyMemory<byte> line)
    {
        var at = _buffer.AsSpan(_scanned, _end - _scanned).IndexOf((byte)'\n');
        if (at < 0)
        {
            _scanned = _end;
            if (_end - _start > mostBytes) throw new ProtocolViolationException("A message is longer than it may be.");
            line = default;
            return false;
        }

        line = _buffer.AsMemory(_start, _scanned + at - _start);
        if (line.Length > mostBytes) throw new ProtocolViolationException("A message is longer than it may be.");
        _start = _scanned = _scanned + at + 1;
        return true;
    }

    /// <summary>Waits for more; false at the end of the stream.</summary>
    internal async ValueTask<bool> FillAsync()
    {
        MakeRoom();
        var read = await stream.ReadAsync(_buffer.AsMemory(_end), CancellationToken.None).ConfigureAwait(false);
        _end += read;
        return read > 0;
    }

    public void Dispose()
    {
        // Twice would hand one buffer to two owners.
        var buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
    }

    private void MakeRoom()
    {
        var held = _end - _start;
        if (held == 0)
        {
            _start = _scanned = _end = 0;
            if (_buffer.Length > KeptBytes) Move(UsualBytes, held);
        }
        else if (_end == _buffer.Length)
        {
            if (_start > _buffer.Length / 2) Move(_buffer.Length, held, inPlace: true);
            else Move((int)Math.Min(_buffer.Length * 2L, Array.MaxLength), held);
        }
    }

    private void Move(int size, int held, bool inPlace = false)
    {
        var target = inPlace ? _buffer : ArrayPool<byte>.Shared.Rent(size);
        Buffer.BlockCopy(_buffer, _start, target, 0, held);
        if (!inPlace) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = target;
        _scanned -= _start;
        _start = 0;
        _end = held;
    }
}
