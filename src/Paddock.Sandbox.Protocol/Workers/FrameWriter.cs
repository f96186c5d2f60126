using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Paddock.Sandbox.Protocol.Workers;

/// <summary>Makes one frame after another. Not for several threads.</summary>
public sealed class FrameWriter
{
    private const int Prefix = 4, UsualBytes = 1024, KeptBytes = 256 << 10;

    private ArrayBufferWriter<byte> _bytes = new(UsualBytes);

    /// <summary>Begins a frame; what was written before is gone.</summary>
    public FrameWriter Begin(WorkerFrameKind kind, int call)
    {
        // A package, or one large result, is not held for as long as the worker lives.
        if (_bytes.Capacity > KeptBytes) _bytes = new ArrayBufferWriter<byte>(UsualBytes);
        _bytes.ResetWrittenCount();
        return Number(0).Raw([(byte)kind]).Number(call);
    }

    /// <summary>A number.</summary>
    public FrameWriter Number(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.GetSpan(4), value);
        _bytes.Advance(4);
        return this;
    }

    /// <summary>A large number.</summary>
    public FrameWriter Number(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.GetSpan(8), value);
        _bytes.Advance(8);
        return this;
    }

    /// <summary>Text, or none.</summary>
    public FrameWriter Text(string? text)
    {
        if (text is null) return Number(-1);
        Number(Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, _bytes);
        return this;
    }

    /// <summary>Bytes, or none.</summary>
    public FrameWriter Bytes(ReadOnlyMemory<byte>? bytes) => bytes is { } some ? Number(some.Length).Raw(some.Span) : Number(-1);

    /// <summary>The whole frame. Valid until the next begins.</summary>
    /// <exception cref="WorkerFrameException">It is longer than a frame may be.</exception>
    public ReadOnlyMemory<byte> Finish()
    {
        if (_bytes.WrittenCount - Prefix > WorkerFrame.MostBytes) throw new WorkerFrameException("A frame is too long.");
        var whole = System.Runtime.InteropServices.MemoryMarshal.AsMemory(_bytes.WrittenMemory);
        BinaryPrimitives.WriteInt32LittleEndian(whole.Span, whole.Length - Prefix);
        return whole;
    }

    private FrameWriter Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }
}
