using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Paddock.Sandbox.GoPlugin.Gob;

/// <summary>Appends gob's plain values to a buffer that is used again and again.</summary>
internal sealed class GobWriter
{
    private byte[] _buffer = new byte[256];

    internal int Length { get; private set; }

    internal ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, Length);

    internal void Clear()
    {
        Length = 0;
        // One large message is not held for ever.
        if (_buffer.Length > 1 << 20) _buffer = new byte[256];
    }

    internal void Uint(ulong value)
    {
        if (value <= 0x7F)
        {
            Grow(1)[0] = (byte)value;
            return;
        }

        var count = 8 - (BitOperations.LeadingZeroCount(value) / 8);
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        var target = Grow(count + 1);
        target[0] = (byte)-count;
        bytes[(8 - count)..].CopyTo(target[1..]);
    }

    internal void Int(long value) => Uint(value < 0 ? (~(ulong)value << 1) | 1 : (ulong)value << 1);

    internal void Bytes(ReadOnlySpan<byte> value)
    {
        Uint((ulong)value.Length);
        value.CopyTo(Grow(value.Length));
    }

    internal void Text(string value)
    {
        var count = Encoding.UTF8.GetByteCount(value);
        Uint((ulong)count);
        Encoding.UTF8.GetBytes(value, Grow(count));
    }

    /// <summary>Bytes as they are.</summary>
    internal void Raw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Grow(bytes.Length));

    private Span<byte> Grow(int count)
    {
        if (_buffer.Length - Length < count) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + count));
        var grown = _buffer.AsSpan(Length, count);
        Length += count;
        return grown;
    }
}
