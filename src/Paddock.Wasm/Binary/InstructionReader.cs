using System.Buffers.Binary;

namespace Paddock.Wasm;

/// <summary>Reads the primitives of the binary format (core 2.0, 5.2) from a range of a module. Positions are offsets in the whole binary.</summary>
internal ref struct InstructionReader(ReadOnlySpan<byte> bytes, int start, int end)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes[..end];

    /// <summary>Offset of the next byte.</summary>
    public int Position { get; set; } = start;

    public readonly bool AtEnd => Position >= _bytes.Length;

    public readonly int Remaining => _bytes.Length - Position;

    public byte ReadByte()
    {
        if (Position >= _bytes.Length) throw Malformed("unexpected end");
        return _bytes[Position++];
    }

    public readonly byte PeekByte() => Position < _bytes.Length ? _bytes[Position] : throw Malformed("unexpected end");

    public ReadOnlySpan<byte> ReadBytes(uint count)
    {
        if (count > (uint)Remaining) throw Malformed("unexpected end");
        var slice = _bytes.Slice(Position, (int)count);
        Position += (int)count;
        return slice;
    }

    public uint ReadU32()
    {
        uint result = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = ReadByte();
            if (shift == 28 && b > 0x0F) throw Malformed(b >= 0x80 ? "integer representation too long" : "integer too large");
            result |= (uint)(b & 0x7F) << shift;
            if (b < 0x80) return result;
        }
    }

    public int ReadS32() => (int)ReadSigned(32);

    /// <summary>A block type's index, signed 33-bit so that it can hold any u32 (5.4.1).</summary>
    public long ReadS33() => ReadSigned(33);

    public long ReadS64() => ReadSigned(64);

    public uint ReadF32Bits() => BinaryPrimitives.ReadUInt32LittleEndian(ReadBytes(4));

    public ulong ReadF64Bits() => BinaryPrimitives.ReadUInt64LittleEndian(ReadBytes(8));

    private long ReadSigned(int width)
    {
        long result = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = ReadByte();
            var room = width - shift;
            if (room < 7)
            {
                // The last byte: no continuation, and the bits above the width repeat its sign.
                if (b >= 0x80) throw Malformed("integer representation too long");
                var sign = (b >> (room - 1)) & 1;
                var padding = 0x7F & ~((1 << room) - 1);
                if ((b & padding) != (sign == 1 ? padding : 0)) throw Malformed("integer too large");
            }

            result |= (long)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                var used = shift + 7;
                return used < 64 ? result << (64 - used) >> (64 - used) : result;
            }
        }
    }

    public readonly WasmException Malformed(string message) => new(WasmErrorKind.Malformed, message, Position);
}
