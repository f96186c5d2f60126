using System.Text;
using System.Text.Unicode;

namespace Paddock.Wasm;

/// <summary>Reads types, limits, names and vector counts (core 2.0, 5.1.3, 5.2.4 and 5.3).</summary>
internal static class TypeDecoder
{
    private const byte FunctionForm = 0x60;

    /// <summary>
    /// Reads a vector's count.
    /// SECURITY: a hostile count. Every element takes a byte at least, so a count beyond the bytes left is refused here, before anything is allocated for it.
    /// </summary>
    public static int ReadCount(ref InstructionReader reader, int limit, string what)
    {
        var count = reader.ReadU32();
        if (count > (uint)reader.Remaining) throw reader.Malformed("unexpected end of section or function: length out of bounds");
        return count <= (uint)limit ? (int)count : throw TooLarge(what, count, limit, reader.Position);
    }

    public static WasmException TooLarge(string what, long size, int limit, int offset) =>
        new(WasmErrorKind.TooLarge, $"{what}: {size} exceeds the engine's limit of {limit}", offset);

    public static string ReadName(ref InstructionReader reader)
    {
        var length = reader.ReadU32();
        if (length > (uint)reader.Remaining) throw reader.Malformed("length out of bounds");
        var utf8 = reader.ReadBytes(length);
        return Utf8.IsValid(utf8) ? Encoding.UTF8.GetString(utf8) : throw reader.Malformed("malformed UTF-8 encoding");
    }

    public static ValueType ReadValueType(ref InstructionReader reader)
    {
        var b = reader.ReadByte();
        return (ValueType)b switch
        {
            ValueType.I32 or ValueType.I64 or ValueType.F32 or ValueType.F64 or ValueType.FuncRef or ValueType.ExternRef => (ValueType)b,
            ValueType.V128 => throw Unsupported("v128 (fixed-width SIMD)", reader.Position - 1),
            _ => throw UnknownType(b, "value type", ref reader),
        };
    }

    public static ValueType ReadReferenceType(ref InstructionReader reader)
    {
        var b = reader.ReadByte();
        return (ValueType)b is ValueType.FuncRef or ValueType.ExternRef ? (ValueType)b : throw UnknownType(b, "reference type", ref reader);
    }

    public static FuncType ReadFuncType(ref InstructionReader reader)
    {
        var form = reader.ReadByte();
        if (form is 0x4E or 0x4F or 0x50 or 0x5E or 0x5F) throw Unsupported("garbage collection", reader.Position - 1);
        if (form != FunctionForm) throw reader.Malformed("malformed function type");
        var parameters = ReadValueTypes(ref reader, EngineLimits.Parameters, "parameters");
        return new FuncType(parameters, ReadValueTypes(ref reader, EngineLimits.Results, "results"));
    }

    public static TableType ReadTableType(ref InstructionReader reader)
    {
        var element = ReadReferenceType(ref reader);
        return new TableType(element, ReadLimits(ref reader));
    }

    public static GlobalType ReadGlobalType(ref InstructionReader reader)
    {
        var type = ReadValueType(ref reader);
        var mutability = reader.ReadByte();
        return mutability <= 1 ? new GlobalType(type, mutability == 1) : throw reader.Malformed("malformed mutability");
    }

    public static SizeLimits ReadLimits(ref InstructionReader reader)
    {
        var flags = reader.ReadByte();
        if (flags is 2 or 3) throw reader.Malformed("malformed limits flags: shared (threads)");
        if (flags is >= 4 and <= 7) throw Unsupported("memory64", reader.Position - 1);
        if (flags > 1) throw reader.Malformed("malformed limits flags");
        var minimum = reader.ReadU32();
        return new SizeLimits(minimum, flags == 1 ? reader.ReadU32() : null);
    }

    public static WasmException Unsupported(string feature, int offset) => new(WasmErrorKind.Unsupported, $"{feature} is not supported", offset);

    private static ValueType[] ReadValueTypes(ref InstructionReader reader, int limit, string what)
    {
        var count = ReadCount(ref reader, limit, what);
        if (count == 0) return [];
        var types = new ValueType[count];
        for (var i = 0; i < count; i++) types[i] = ReadValueType(ref reader);
        return types;
    }

    private static WasmException UnknownType(byte b, string what, ref InstructionReader reader) => b is 0x63 or 0x64 or >= 0x68 and <= 0x6E or >= 0x71 and <= 0x74
        ? Unsupported($"type 0x{b:x2} (garbage collection, exception or typed function references)", reader.Position - 1)
        : reader.Malformed($"malformed {what} 0x{b:x2}");
}
