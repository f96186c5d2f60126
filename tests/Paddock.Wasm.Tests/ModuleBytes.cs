using System.Text;

namespace Paddock.Wasm.Tests;

/// <summary>Small binary modules by hand: sections of raw bytes, sizes and counts filled in.</summary>
internal static class ModuleBytes
{
    public const byte I32 = 0x7F, I64 = 0x7E, F32 = 0x7D, F64 = 0x7C, V128 = 0x7B, FuncRef = 0x70, ExternRef = 0x6F, Empty = 0x40;
    public const byte TypeSection = 1, ImportSection = 2, FunctionSection = 3, TableSection = 4, MemorySection = 5, GlobalSection = 6;
    public const byte ExportSection = 7, StartSection = 8, ElementSection = 9, CodeSection = 10, DataSection = 11, DataCountSection = 12;

    public static byte[] Module(params byte[][] sections) => [0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0, .. sections.SelectMany(s => s)];

    private static byte[] LoadsAndCalls =>
    [
        0x20, 0, 0x28, 2, 4, // local.get 0, i32.load offset=4
        0x04, I32, 0x41, 0x7F, 0x05, 0x20, 0, 0x41, 3, 0x6A, 0x0B, 0x21, 2, // if (result i32) -1 else local 0 + 3 end, local.set 2
        0x20, 2, 0x20, 1, 0x41, 0, 0x11, 1, 0, 0x1A, // call_indirect (type 1) of element 0, drop
        0x41, 0, 0x41, 0, 0x41, 1, 0xFC, 8, 1, 0, 0xFC, 9, 1, // memory.init 1, data.drop 1
        0x20, 2, 0x20, 0, 0x20, 2, 0x1B, 0x0F, // select, return
    ];

    /// <summary>A section whose content is given in full.</summary>
    public static byte[] Section(byte id, params byte[] content) => [id, .. U32((uint)content.Length), .. content];

    /// <summary>A section that is a vector of entries.</summary>
    public static byte[] Vector(byte id, params byte[][] entries) => Section(id, [.. U32((uint)entries.Length), .. entries.SelectMany(e => e)]);

    public static byte[] Type(byte[] parameters, byte[] results) => [0x60, .. U32((uint)parameters.Length), .. parameters, .. U32((uint)results.Length), .. results];

    public static byte[] Name(string name)
    {
        var utf8 = Encoding.UTF8.GetBytes(name);
        return [.. U32((uint)utf8.Length), .. utf8];
    }

    /// <summary>A body with the given declaration of locals (its vector of runs) and code; the final end is added.</summary>
    public static byte[] Body(byte[] locals, params byte[] code)
    {
        byte[] content = [.. locals, .. code, 0x0B];
        return [.. U32((uint)content.Length), .. content];
    }

    /// <summary>A module of one function without locals.</summary>
    public static byte[] Function(byte[] parameters, byte[] results, params byte[] code) => Module(
        Vector(TypeSection, Type(parameters, results)),
        Vector(FunctionSection, [0]),
        Vector(CodeSection, Body([0], code)));

    /// <summary>As <see cref="Function"/>, with a memory of one page, a funcref table of one element, and a mutable i64 global.</summary>
    public static byte[] FunctionWithState(byte[] parameters, byte[] results, params byte[] code) => Module(
        Vector(TypeSection, Type(parameters, results)),
        Vector(FunctionSection, [0]),
        Vector(TableSection, [FuncRef, 0, 1]),
        Vector(MemorySection, [0, 1]),
        Vector(GlobalSection, [I64, 1, 0x42, 0, 0x0B]),
        Vector(CodeSection, Body([0], code)));

    /// <summary>A module with an entry in every section, and a body with most kinds of instruction.</summary>
    public static byte[] Everything() => Module(
        Section(0, [.. Name("note"), 1, 2, 3]),
        Vector(TypeSection, Type([], []), Type([I32, I64], [I32]), Type([F64], [F64, I32])),
        Vector(ImportSection, [.. Name("env"), .. Name("f"), 0, 1], [.. Name("env"), .. Name("g"), 3, I32, 0]),
        Vector(FunctionSection, [0], [1], [2]),
        Vector(TableSection, [FuncRef, 1, 2, 10], [ExternRef, 0, 0]),
        Vector(MemorySection, [1, 1, 2]),
        Vector(GlobalSection, [I32, 1, 0x23, 0, 0x0B], [FuncRef, 0, 0xD2, 1, 0x0B], [F32, 0, 0x43, 0, 0, 0x80, 0x3F, 0x0B]),
        Vector(ExportSection, [.. Name("run"), 0, 2], [.. Name("memory"), 2, 0]),
        Section(StartSection, 1),
        Vector(ElementSection, [0, 0x41, 0, 0x0B, 1, 1], [5, FuncRef, 2, 0xD2, 2, 0x0B, 0xD0, FuncRef, 0x0B], [3, 0, 1, 3]),
        Section(DataCountSection, 2),
        Vector(
            CodeSection,
            // block loop (i32.const 0) br_if 0, br 1 end end
            Body([0], 0x02, Empty, 0x03, Empty, 0x41, 0, 0x0D, 0, 0x0C, 1, 0x0B, 0x0B),
            Body([2, 1, I32, 2, F64], LoadsAndCalls),
            // block (type 0) (i32.const 0) br_table 0 0 end, (local.get 0) (f64.const 1) f64.add, i32.const 7
            Body([0], 0x02, 0, 0x41, 0, 0x0E, 1, 0, 0, 0x0B, 0x20, 0, 0x44, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0xA0, 0x41, 7)),
        Vector(DataSection, [0, 0x41, 8, 0x0B, 2, 0xCA, 0xFE], [1, 1, 0xAA]));

    public static byte[] U32(uint value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
