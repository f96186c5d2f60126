namespace Paddock.Wasm;

/// <summary>Reads element and data segments (core 2.0, 5.5.12 and 5.5.14).</summary>
internal static class SegmentDecoder
{
    private const uint PassiveOrDeclarative = 1, ExplicitIndex = 2, Expressions = 4;

    public static ElementSegment ReadElement(ref InstructionReader reader, ExpressionScanner scanner)
    {
        var flags = reader.ReadU32();
        if (flags > 7) throw reader.Malformed("malformed elements segment kind");
        var mode = (flags & 3) switch { 1 => SegmentMode.Passive, 3 => SegmentMode.Declarative, _ => SegmentMode.Active };
        var table = (flags & 3) == ExplicitIndex ? reader.ReadU32() : 0;
        var offset = mode == SegmentMode.Active ? scanner.Scan(ref reader) : default;

        // Flags 0 and 4, the abbreviations of version 1.0, leave the type out.
        var type = (flags & 3) == 0 ? ValueType.FuncRef
            : (flags & Expressions) != 0 ? TypeDecoder.ReadReferenceType(ref reader)
            : ReadElementKind(ref reader);
        var count = TypeDecoder.ReadCount(ref reader, EngineLimits.ElementsPerSegment, "elements of a segment");
        return (flags & Expressions) != 0
            ? new ElementSegment(mode, type, table, offset, null, ReadItems(ref reader, scanner, count))
            : new ElementSegment(mode, type, table, offset, ReadIndices(ref reader, count), null);
    }

    public static DataSegment ReadData(ref InstructionReader reader, ExpressionScanner scanner)
    {
        var flags = reader.ReadU32();
        if (flags > 2) throw reader.Malformed("malformed data segment kind");
        var memory = flags == ExplicitIndex ? reader.ReadU32() : 0;
        var offset = flags == PassiveOrDeclarative ? default : scanner.Scan(ref reader);
        var length = reader.ReadU32();
        if (length > (uint)reader.Remaining) throw reader.Malformed("unexpected end of section or function: length out of bounds");
        var start = reader.Position;
        reader.ReadBytes(length);
        return new DataSegment(flags == PassiveOrDeclarative ? SegmentMode.Passive : SegmentMode.Active, memory, offset, start, (int)length);
    }

    private static ValueType ReadElementKind(ref InstructionReader reader) =>
        reader.ReadByte() == 0 ? ValueType.FuncRef : throw reader.Malformed("malformed element kind");

    private static uint[] ReadIndices(ref InstructionReader reader, int count)
    {
        var indices = new uint[count];
        for (var i = 0; i < count; i++) indices[i] = reader.ReadU32();
        return indices;
    }

    private static ConstExpr[] ReadItems(ref InstructionReader reader, ExpressionScanner scanner, int count)
    {
        var items = new ConstExpr[count];
        for (var i = 0; i < count; i++) items[i] = scanner.Scan(ref reader);
        return items;
    }
}
