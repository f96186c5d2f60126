namespace Paddock.Wasm;

/// <summary>Reads function bodies (core 2.0, 5.5.13).</summary>
internal static class CodeDecoder
{
    public static FunctionBody ReadBody(ReadOnlySpan<byte> bytes, ref InstructionReader section, ExpressionScanner scanner)
    {
        var size = section.ReadU32();
        if (size > (uint)section.Remaining) throw section.Malformed("unexpected end of section or function");
        if (size > EngineLimits.FunctionBodyBytes) throw TypeDecoder.TooLarge("function body bytes", size, EngineLimits.FunctionBodyBytes, section.Position);

        var reader = new InstructionReader(bytes, section.Position, section.Position + (int)size);
        var locals = ReadLocals(ref reader);
        var code = scanner.Scan(ref reader);
        if (!reader.AtEnd) throw reader.Malformed("END opcode expected: bytes after the end of a function");
        section.Position = reader.Position;
        return new FunctionBody(locals, code.Start, code.Length);
    }

    /// <summary>A run may claim 2^32 locals in six bytes: runs stay runs. Their sum must be a u32 to be well-formed, and is then held to the engine's limit.</summary>
    private static (uint Count, ValueType Type)[] ReadLocals(ref InstructionReader reader)
    {
        var count = TypeDecoder.ReadCount(ref reader, EngineLimits.FunctionBodyBytes, "runs of locals");
        if (count == 0) return [];
        var runs = new (uint Count, ValueType Type)[count];
        ulong total = 0;
        for (var i = 0; i < count; i++)
        {
            var run = reader.ReadU32();
            total += run;
            if (total > uint.MaxValue) throw reader.Malformed("too many locals");
            runs[i] = (run, TypeDecoder.ReadValueType(ref reader));
        }

        return total <= EngineLimits.Locals ? runs : throw TypeDecoder.TooLarge("locals", (long)total, EngineLimits.Locals, reader.Position);
    }
}
