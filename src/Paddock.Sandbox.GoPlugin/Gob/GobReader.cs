using System.Buffers.Binary;
using System.Text;

namespace Paddock.Sandbox.GoPlugin.Gob;

/// <summary>The plain values of one message. Every read is checked against its end.</summary>
internal ref struct GobReader(ReadOnlySpan<byte> bytes)
{
    private static readonly UTF8Encoding s_utf8 = new(false);
    private ReadOnlySpan<byte> _rest = bytes;

    internal readonly int Left => _rest.Length;

    /// <exception cref="ProtocolException">The message ends too early, or a number is none.</exception>
    internal ulong Uint()
    {
        var first = Take(1)[0];
        if (first <= 0x7F) return first;
        // A negated count of bytes, the most significant first.
        var count = 256 - first;
        if (count > 8) throw Malformed();
        ulong value = 0;
        foreach (var b in Take(count)) value = (value << 8) | b;
        return value;
    }

    internal long Int()
    {
        var bits = Uint();
        var value = (long)(bits >> 1);
        return (bits & 1) != 0 ? ~value : value;
    }

    internal double Float() => BitConverter.UInt64BitsToDouble(BinaryPrimitives.ReverseEndianness(Uint()));

    internal ReadOnlySpan<byte> Bytes() => Take(Count());

    /// <summary>Text; bytes that are no UTF-8 become replacement characters, as a Go string may hold any.</summary>
    internal string Text(int most = int.MaxValue)
    {
        var bytes = Bytes();
        return bytes.Length <= most ? s_utf8.GetString(bytes) : throw Malformed();
    }

    /// <summary>A count of things of which each takes a byte at least.</summary>
    internal int Count()
    {
        var count = Uint();
        return count <= (ulong)_rest.Length ? (int)count : throw Malformed();
    }

    /// <summary>The id of a type.</summary>
    internal int TypeId()
    {
        var id = Int();
        return id is > -int.MaxValue and < int.MaxValue ? (int)id : throw Malformed();
    }

    internal static ProtocolException Malformed() => new("A message of the plugin is malformed.");

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length) throw Malformed();
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
