using System.Text;

namespace Paddock.Sandbox.GoPlugin.Grpc;

/// <summary>The fields of a protobuf message: numbers and bytes by field. Of several with one number the last holds; unknown ones are kept unread.</summary>
internal sealed class ProtoMessage
{
    private readonly Dictionary<int, ReadOnlyMemory<byte>> _bytes = [];
    private readonly Dictionary<int, ulong> _numbers = [];

    /// <exception cref="ProtocolException">It is malformed.</exception>
    internal ProtoMessage(ReadOnlyMemory<byte> message)
    {
        while (!message.IsEmpty)
        {
            var tag = Number(ref message);
            // Numbers above are not used here; a hostile one must not become a negative.
            if (tag >> 3 is 0 or > 1000) throw Malformed();
            Take((int)(tag >> 3), (int)(tag & 7), ref message);
        }
    }

    internal ReadOnlyMemory<byte> Bytes(int field) => _bytes.GetValueOrDefault(field);

    internal string Text(int field) => Encoding.UTF8.GetString(Bytes(field).Span);

    internal ulong Number(int field) => _numbers.GetValueOrDefault(field);

    private void Take(int field, int kind, ref ReadOnlyMemory<byte> rest)
    {
        switch (kind)
        {
            case 0: _numbers[field] = Number(ref rest); break;
            case 1: Cut(8, ref rest); break;
            case 2: _bytes[field] = Cut(Number(ref rest), ref rest); break;
            case 5: Cut(4, ref rest); break;
            default: throw Malformed();
        }
    }

    private static ulong Number(ref ReadOnlyMemory<byte> rest)
    {
        ulong value = 0;
        for (var (i, shift) = (0, 0); i < rest.Length && shift < 64; i++, shift += 7)
        {
            var b = rest.Span[i];
            value |= (ulong)(b & 0x7F) << shift;
            if (b > 0x7F) continue;
            rest = rest[(i + 1)..];
            return value;
        }

        throw Malformed();
    }

    private static ReadOnlyMemory<byte> Cut(ulong length, ref ReadOnlyMemory<byte> rest)
    {
        if (length > (ulong)rest.Length) throw Malformed();
        var cut = rest[..(int)length];
        rest = rest[(int)length..];
        return cut;
    }

    private static ProtocolException Malformed() => new("A message of the plugin is malformed.");
}
