namespace Paddock.Wasm;

/// <summary>
/// First stage: bytes to a <see cref="DecodedModule"/>. All of core 2.0's binary format (chapter 5), function bodies included, except vectors.
/// SECURITY: the input is a stranger's. Every count is checked against the bytes that are there before memory is taken for it, and nothing here recurses.
/// </summary>
public static class ModuleDecoder
{
    private const uint Magic = 0x6D736100, Version = 1;

    /// <summary>Decodes one binary module.</summary>
    /// <param name="bytes">The whole binary. It is kept, not copied: it must not change while the module is in use.</param>
    /// <returns>A well-formed module, not yet validated.</returns>
    /// <exception cref="WasmException">Malformed; TooLarge, beyond an engine limit; or Unsupported, when it uses vectors or a proposal after core 2.0.</exception>
    public static DecodedModule Decode(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > EngineLimits.ModuleBytes) throw TypeDecoder.TooLarge("module bytes", bytes.Length, EngineLimits.ModuleBytes, 0);
        var module = new DecodedModule(bytes);
        var reader = new InstructionReader(bytes.Span, 0, bytes.Length);
        ReadHeader(ref reader);

        var scanner = new ExpressionScanner();
        var lastRank = 0;
        while (!reader.AtEnd)
        {
            var id = reader.ReadByte();
            var rank = Rank(id, ref reader);
            if (rank != 0 && rank <= lastRank) throw reader.Malformed("unexpected content after last section: section out of order or twice");
            lastRank = Math.Max(rank, lastRank);
            ReadSection(bytes.Span, ref reader, id, module, scanner);
        }

        CheckCounts(module, scanner, reader.Position);
        return module;
    }

    private static void ReadHeader(ref InstructionReader reader)
    {
        if (reader.Remaining < 4 || reader.ReadF32Bits() != Magic) throw reader.Malformed("magic header not detected");
        if (reader.Remaining < 4) throw reader.Malformed("unknown binary version: unexpected end");
        var version = reader.ReadF32Bits();
        if (version == 0x1000D) throw TypeDecoder.Unsupported("the component model", reader.Position - 4);
        if (version != Version) throw reader.Malformed("unknown binary version");
    }

    /// <summary>Place of a section in the order of 5.5.2: the data count (12) stands before the code (10). Custom sections stand anywhere.</summary>
    private static int Rank(byte id, ref InstructionReader reader) => id switch
    {
        <= 9 => id,
        12 => 10,
        10 => 11,
        11 => 12,
        13 => throw reader.Malformed("malformed section id: tags (exception handling)"),
        _ => throw reader.Malformed("malformed section id"),
    };

    private static void ReadSection(ReadOnlySpan<byte> bytes, ref InstructionReader reader, byte id, DecodedModule module, ExpressionScanner scanner)
    {
        var size = reader.ReadU32();
        if (size > (uint)reader.Remaining) throw reader.Malformed("length out of bounds");
        var end = reader.Position + (int)size;
        var section = new InstructionReader(bytes, reader.Position, end);
        if (id == 0)
        {
            TypeDecoder.ReadName(ref section);
        }
        else
        {
            SectionDecoder.Read(bytes, ref section, id, module, scanner);
            if (!section.AtEnd) throw section.Malformed("section size mismatch");
        }

        reader.Position = end;
    }

    private static void CheckCounts(DecodedModule module, ExpressionScanner scanner, int end)
    {
        if (module.Functions.Count - module.ImportedFunctions != module.Bodies.Count)
            throw new WasmException(WasmErrorKind.Malformed, "function and code section have inconsistent lengths", end);
        if (module.DataCount is { } count && count != (uint)module.Data.Count)
            throw new WasmException(WasmErrorKind.Malformed, "data count and data section have inconsistent lengths", end);

        // Without a data section an index is merely unknown, which is the validator's to say; so the official suite has it.
        if (module.DataCount is null && module.Data.Count > 0 && scanner.FirstDataIndex >= 0)
            throw new WasmException(WasmErrorKind.Malformed, "data count section required", scanner.FirstDataIndex);
    }
}
