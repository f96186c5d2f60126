namespace Paddock.Sandbox.GoPlugin.Gob;

/// <summary>The types that a connection's sender has defined, by id.</summary>
internal sealed class GobTypes
{
    // Numbers of the parts of gob's wireType.
    private const int ArrayPart = 0, SlicePart = 1, StructPart = 2, MapPart = 3, LastMarshalerPart = 6;
    private readonly Dictionary<int, GobType> _types = [];

    /// <exception cref="ProtocolException">There is no such type.</exception>
    internal GobType Find(int id) => GobType.Basic(id) ?? _types.GetValueOrDefault(id) ?? throw new ProtocolException("A message of the plugin is of a type that it has not defined.");

    /// <summary>Reads the definition of a type: a wireType, of whose parts one is there.</summary>
    internal void Define(int id, ref GobReader reader)
    {
        if (id < GobType.FirstOwnId || _types.ContainsKey(id) || _types.Count >= GobLimits.Types) throw new ProtocolException("The plugin defines a type twice, or too many.");
        GobType? type = null;
        for (var field = -1; NextField(ref reader, ref field);)
        {
            if (type is not null) throw GobReader.Malformed();
            type = field switch
            {
                ArrayPart => Collection(GobKind.Array, ref reader),
                SlicePart => Collection(GobKind.Slice, ref reader),
                StructPart => Struct(ref reader),
                MapPart => Map(ref reader),
                <= LastMarshalerPart => Marshaled(ref reader),
                _ => throw GobReader.Malformed(),
            };
        }

        _types.Add(id, type ?? throw GobReader.Malformed());
    }

    /// <summary>Moves to a struct's next field that is there; false at its end.</summary>
    internal static bool NextField(ref GobReader reader, ref int field)
    {
        var delta = reader.Uint();
        if (delta == 0) return false;
        if (delta > GobLimits.Fields || field + (int)delta > GobLimits.Fields) throw GobReader.Malformed();
        field += (int)delta;
        return true;
    }

    /// <summary>CommonType, the elements' type, and an array's length, which its values have too.</summary>
    private static GobType Collection(GobKind kind, ref GobReader reader)
    {
        var element = 0;
        for (var field = -1; NextField(ref reader, ref field);)
        {
            switch (field)
            {
                case 0: SkipCommon(ref reader); break;
                case 1: element = reader.TypeId(); break;
                case 2 when kind == GobKind.Array: reader.Int(); break;
                default: throw GobReader.Malformed();
            }
        }

        return new GobType(kind) { Element = element };
    }

    private static GobType Map(ref GobReader reader)
    {
        int key = 0, element = 0;
        for (var field = -1; NextField(ref reader, ref field);)
        {
            switch (field)
            {
                case 0: SkipCommon(ref reader); break;
                case 1: key = reader.TypeId(); break;
                case 2: element = reader.TypeId(); break;
                default: throw GobReader.Malformed();
            }
        }

        return new GobType(GobKind.Map) { Key = key, Element = element };
    }

    private static GobType Struct(ref GobReader reader)
    {
        var fields = new List<GobField>();
        for (var field = -1; NextField(ref reader, ref field);)
        {
            if (field == 0)
            {
                SkipCommon(ref reader);
                continue;
            }

            if (field != 1) throw GobReader.Malformed();
            var count = reader.Count();
            if (count > GobLimits.Fields) throw GobReader.Malformed();
            for (var i = 0; i < count; i++) fields.Add(Field(ref reader));
        }

        return new GobType(GobKind.Struct) { Fields = fields };
    }

    private static GobField Field(ref GobReader reader)
    {
        var name = "";
        var type = 0;
        for (var field = -1; NextField(ref reader, ref field);)
        {
            if (field == 0) name = reader.Text(GobLimits.NameBytes);
            else if (field == 1) type = reader.TypeId();
            else throw GobReader.Malformed();
        }

        return new GobField(name, type);
    }

    /// <summary>What marshals itself is bytes here: their meaning is the program's own.</summary>
    private static GobType Marshaled(ref GobReader reader)
    {
        for (var field = -1; NextField(ref reader, ref field);)
        {
            if (field != 0) throw GobReader.Malformed();
            SkipCommon(ref reader);
        }

        return new GobType(GobKind.Bytes);
    }

    /// <summary>CommonType {Name, Id}: neither says more than the definition's own id.</summary>
    private static void SkipCommon(ref GobReader reader)
    {
        for (var field = -1; NextField(ref reader, ref field);)
        {
            if (field == 0) reader.Bytes();
            else if (field == 1) reader.TypeId();
            else throw GobReader.Malformed();
        }
    }
}
