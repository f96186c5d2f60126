using System.Buffers;
using System.Text;

namespace Paddock.Sandbox.GoPlugin.Grpc;

/// <summary>Writes the fields of a protobuf message. Those that hold nothing are left out, as proto3 has it.</summary>
internal sealed class ProtoWriter
{
    private const int Varint = 0, LengthDelimited = 2;
    private readonly ArrayBufferWriter<byte> _buffer = new();

    internal ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    internal ProtoWriter Uint(int field, uint value)
    {
        if (value == 0) return this;
        Tag(field, Varint);
        Number(value);
        return this;
    }

    internal ProtoWriter Bytes(int field, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return this;
        Tag(field, LengthDelimited);
        Number((uint)value.Length);
        _buffer.Write(value);
        return this;
    }

    internal ProtoWriter Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>A map is a message {1: key, 2: value} for each of its entries.</summary>
    internal ProtoWriter Texts(int field, IReadOnlyDictionary<string, string> values)
    {
        foreach (var (key, value) in values) Bytes(field, new ProtoWriter().Text(1, key).Text(2, value).Written.Span);
        return this;
    }

    private void Tag(int field, int kind) => Number((uint)((field << 3) | kind));

    private void Number(uint value)
    {
        for (; value > 0x7F; value >>= 7) _buffer.Write([(byte)(value | 0x80)]);
        _buffer.Write([(byte)value]);
    }
}
