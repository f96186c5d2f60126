using System.Buffers.Binary;

namespace Paddock.Sandbox.Protocol.Workers;

/// <summary>Reads frames from a stream.</summary>
/// <param name="stream">Where they come from; it stays the caller's.</param>
public sealed class FrameReader(Stream stream)
{
    private const int UsualBytes = 16 << 10, KeptBytes = 256 << 10;

    private byte[] _buffer = new byte[UsualBytes];
    private int _start;
    private int _end;

    /// <summary>The next frame; null at the end of the stream.</summary>
    /// <exception cref="WorkerFrameException">What is there is no frame, or ends within one.</exception>
    public async ValueTask<WorkerFrame?> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (TryTake(out var frame)) return frame;
            MakeRoom();
            int read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            if (read > 0) _end += read;
            else return _end == _start ? null : throw new WorkerFrameException("The stream ends within a frame.");
        }
    }

    private bool TryTake(out WorkerFrame frame)
    {
        frame = default;
        if (_end - _start < 4) return false;
        int length = BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(_start));
        if (length is < WorkerFrame.HeaderBytes or > WorkerFrame.MostBytes) throw new WorkerFrameException("A frame has a length that none has.");
        if (_end - _start < 4 + length) return false;

        // A copy of its own: what is read of it may be kept, and nothing changes it any more.
        byte[] body = _buffer.AsSpan(_start + 4, length).ToArray();
        _start += 4 + length;
        frame = new WorkerFrame((WorkerFrameKind)body[0], BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(1)), body.AsMemory(WorkerFrame.HeaderBytes));
        return true;
    }

    // Grows with what really comes, and not with what a length promises.
    private void MakeRoom()
    {
        int held = _end - _start;
        if (held == 0)
        {
            // What one frame needed is not held for ever.
            if (_buffer.Length > KeptBytes) _buffer = new byte[UsualBytes];
            _start = _end = 0;
        }

        if (_end < _buffer.Length) return;
        byte[] target = held > _buffer.Length / 2 ? new byte[_buffer.Length * 2] : _buffer;
        _buffer.AsSpan(_start, held).CopyTo(target);
        (_buffer, _start, _end) = (target, 0, held);
    }
}
