namespace Paddock.Sandbox.GoPlugin.Gob;

/// <summary>
/// Decodes what one sender writes, by the types that it defines, into <see cref="GobStruct"/>, <see cref="List{T}"/>, pairs, bytes, text, numbers and null.
/// It never makes a type of the host's from what it reads.
/// </summary>
internal sealed class GobDecoder
{
    private readonly GobTypes _types = new();
    private int _values;

    /// <summary>Takes one message; whether it held a value, or defined a type.</summary>
    /// <exception cref="ProtocolException">It is malformed, or beyond <see cref="GobLimits"/>.</exception>
    internal bool TryDecode(ReadOnlySpan<byte> message, out object? value)
    {
        var reader = new GobReader(message);
        value = null;
        _values = 0;
        var id = reader.TypeId();
        if (id < 0)
        {
            if (message.Length > GobLimits.TypeBytes) throw GobReader.Malformed();
            _types.Define(-id, ref reader);
        }
        else
        {
            value = Top(id, ref reader, 0);
        }

        return reader.Left == 0 ? id >= 0 : throw GobReader.Malformed();
    }

    /// <summary>A value that stands alone: what is no struct has a zero before it.</summary>
    private object? Top(int id, ref GobReader reader, int depth)
    {
        var type = _types.Find(id);
        if (type.Kind != GobKind.Struct && reader.Uint() != 0) throw GobReader.Malformed();
        return Value(type, ref reader, depth);
    }

    private object? Value(GobType type, ref GobReader reader, int depth)
    {
        if (depth > GobLimits.Depth) throw TooMuch();
        CountValue();
        return type.Kind switch
        {
            GobKind.Bool => reader.Uint() != 0,
            GobKind.Int => reader.Int(),
            GobKind.Uint => reader.Uint(),
            GobKind.Float => reader.Float(),
            GobKind.Bytes => reader.Bytes().ToArray(),
            GobKind.String => reader.Text(),
            GobKind.Complex => new List<object?> { reader.Float(), reader.Float() },
            GobKind.Interface => Interface(ref reader, depth),
            GobKind.Struct => Struct(type, ref reader, depth),
            GobKind.Map => Map(type, ref reader, depth),
            _ => List(type, ref reader, depth),
        };
    }

    private GobStruct Struct(GobType type, ref GobReader reader, int depth)
    {
        var value = new GobStruct();
        var next = 0;
        for (var field = -1; GobTypes.NextField(ref reader, ref field);)
        {
            if (field >= type.Fields.Count) throw GobReader.Malformed();
            AddFalse(type, value, next, field);
            value.Add(type.Fields[field].Name, Value(_types.Find(type.Fields[field].Type), ref reader, depth + 1));
            next = field + 1;
        }

        AddFalse(type, value, next, type.Fields.Count);
        return value;
    }

    /// <summary>A field that is left out is zero. Of a bool that says something: where JSON leaves one out, it has a default.</summary>
    private void AddFalse(GobType type, GobStruct value, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            if (GobType.Basic(type.Fields[i].Type)?.Kind != GobKind.Bool) continue;
            CountValue();
            value.Add(type.Fields[i].Name, false);
        }
    }

    private void CountValue()
    {
        if (++_values > GobLimits.Values) throw TooMuch();
    }

    private static ProtocolException TooMuch() => new("A message of the plugin is deeper, or holds more, than it may.");

    private List<object?> List(GobType type, ref GobReader reader, int depth)
    {
        var count = reader.Count();
        var element = _types.Find(type.Element);
        var list = new List<object?>();
        for (var i = 0; i < count; i++) list.Add(Value(element, ref reader, depth + 1));
        return list;
    }

    private List<KeyValuePair<object?, object?>> Map(GobType type, ref GobReader reader, int depth)
    {
        var count = reader.Count();
        var (key, element) = (_types.Find(type.Key), _types.Find(type.Element));
        var pairs = new List<KeyValuePair<object?, object?>>();
        for (var i = 0; i < count; i++) pairs.Add(new(Value(key, ref reader, depth + 1), Value(element, ref reader, depth + 1)));
        return pairs;
    }

    /// <summary>Name of the concrete type (empty for nil), definitions that were not sent before, the type's id, the value's length, the value.</summary>
    private object? Interface(ref GobReader reader, int depth)
    {
        if (reader.Bytes().IsEmpty) return null;
        var id = reader.TypeId();
        while (id < 0)
        {
            _types.Define(-id, ref reader);
            // What follows a definition is a message of its own, with its length.
            reader.Count();
            id = reader.TypeId();
        }

        reader.Count();
        return Top(id, ref reader, depth + 1);
    }
}
