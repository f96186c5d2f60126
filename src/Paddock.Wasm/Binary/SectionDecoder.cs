namespace Paddock.Wasm;

/// <summary>Reads the content of one section (core 2.0, 5.5.4–5.5.16) into the module.</summary>
internal static class SectionDecoder
{
    public static void Read(ReadOnlySpan<byte> bytes, ref InstructionReader reader, byte id, DecodedModule module, ExpressionScanner scanner)
    {
        if (id == 8)
        {
            module.Start = reader.ReadU32();
            return;
        }

        if (id == 12)
        {
            module.DataCount = reader.ReadU32();
            return;
        }

        var (limit, what) = LimitOf(id);
        var count = TypeDecoder.ReadCount(ref reader, limit, what);
        if (id == 10) CheckBodyCount(count, module, ref reader);
        for (var i = 0; i < count; i++) ReadEntry(bytes, ref reader, id, module, scanner);
    }

    private static (int Limit, string What) LimitOf(byte id) => id switch
    {
        1 => (EngineLimits.Types, "types"),
        2 => (EngineLimits.Imports, "imports"),
        3 or 10 => (EngineLimits.Functions, "functions"),
        4 => (EngineLimits.Tables, "tables"),
        5 => (EngineLimits.Tables, "memories"),
        6 => (EngineLimits.Globals, "globals"),
        7 => (EngineLimits.Exports, "exports"),
        9 => (EngineLimits.ElementSegments, "element segments"),
        _ => (EngineLimits.DataSegments, "data segments"),
    };

    private static void ReadEntry(ReadOnlySpan<byte> bytes, ref InstructionReader reader, byte id, DecodedModule module, ExpressionScanner scanner)
    {
        switch (id)
        {
            case 1: module.Types.Add(TypeDecoder.ReadFuncType(ref reader)); break;
            case 2: AddImport(ReadImport(ref reader), module, reader.Position); break;
            case 3: AddFunction(reader.ReadU32(), module, reader.Position); break;
            case 4: module.Tables.Add(TypeDecoder.ReadTableType(ref reader)); break;
            case 5: module.Memories.Add(TypeDecoder.ReadLimits(ref reader)); break;
            case 6:
                module.Globals.Add(TypeDecoder.ReadGlobalType(ref reader));
                module.GlobalInits.Add(scanner.Scan(ref reader));
                break;
            case 7: module.Exports.Add(ReadExport(ref reader)); break;
            case 9: module.Elements.Add(SegmentDecoder.ReadElement(ref reader, scanner)); break;
            case 10: module.Bodies.Add(CodeDecoder.ReadBody(bytes, ref reader, scanner)); break;
            default: module.Data.Add(SegmentDecoder.ReadData(ref reader, scanner)); break;
        }
    }

    private static ImportEntry ReadImport(ref InstructionReader reader)
    {
        var module = TypeDecoder.ReadName(ref reader);
        var name = TypeDecoder.ReadName(ref reader);
        return reader.ReadByte() switch
        {
            0 => new ImportEntry(module, name, ExternKind.Function, reader.ReadU32(), default, default, default),
            1 => new ImportEntry(module, name, ExternKind.Table, 0, TypeDecoder.ReadTableType(ref reader), default, default),
            2 => new ImportEntry(module, name, ExternKind.Memory, 0, default, TypeDecoder.ReadLimits(ref reader), default),
            3 => new ImportEntry(module, name, ExternKind.Global, 0, default, default, TypeDecoder.ReadGlobalType(ref reader)),
            4 => throw reader.Malformed("malformed import kind: a tag (exception handling)"),
            _ => throw reader.Malformed("malformed import kind"),
        };
    }

    /// <summary>Imports come first in each index space; their section precedes those of the definitions.</summary>
    private static void AddImport(ImportEntry import, DecodedModule module, int offset)
    {
        module.Imports.Add(import);
        switch (import.Kind)
        {
            case ExternKind.Function:
                AddFunction(import.TypeIndex, module, offset);
                module.ImportedFunctions++;
                break;
            case ExternKind.Table:
                module.Tables.Add(import.Table);
                module.ImportedTables++;
                break;
            case ExternKind.Memory:
                module.Memories.Add(import.Memory);
                module.ImportedMemories++;
                break;
            default:
                module.Globals.Add(import.Global);
                module.ImportedGlobals++;
                break;
        }
    }

    private static void AddFunction(uint type, DecodedModule module, int offset)
    {
        if (module.Functions.Count >= EngineLimits.Functions) throw TypeDecoder.TooLarge("functions", module.Functions.Count + 1L, EngineLimits.Functions, offset);
        module.Functions.Add(type);
    }

    private static ExportEntry ReadExport(ref InstructionReader reader)
    {
        var name = TypeDecoder.ReadName(ref reader);
        var kind = reader.ReadByte();
        if (kind == 4) throw reader.Malformed("malformed export kind: a tag (exception handling)");
        if (kind > 3) throw reader.Malformed("malformed export kind");
        return new ExportEntry(name, (ExternKind)kind, reader.ReadU32());
    }

    private static void CheckBodyCount(int count, DecodedModule module, ref InstructionReader reader)
    {
        if (count != module.Functions.Count - module.ImportedFunctions)
            throw reader.Malformed("function and code section have inconsistent lengths");
    }
}
