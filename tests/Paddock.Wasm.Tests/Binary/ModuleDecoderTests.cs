using static Paddock.Wasm.Tests.ModuleBytes;

namespace Paddock.Wasm.Tests.Binary;

public sealed class ModuleDecoderTests
{
    [Fact]
    public void Decode_EmptyModule_IsAccepted() => ModuleDecoder.Decode(Module());

    [Fact]
    public void Decode_EverySection_IsKept()
    {
        var module = ModuleDecoder.Decode(Everything());
        Assert.Equal(3, module.Types.Count);
        Assert.Equal(4, module.Functions.Count);
        Assert.Equal((1, 0, 0, 1), (module.ImportedFunctions, module.ImportedTables, module.ImportedMemories, module.ImportedGlobals));
        Assert.Equal([SegmentMode.Active, SegmentMode.Passive, SegmentMode.Declarative], module.Elements.Select(e => e.Mode));
        Assert.Equal(new SizeLimits(2, 10), module.Tables[0].Limits);
        Assert.Equal((1u, 2u), (module.Start, module.DataCount));
        Assert.Equal([3, 0], module.Bodies.Skip(1).Select(b => b.LocalCount));
        Assert.Equal([0xCA, 0xFE], module.Bytes.Slice(module.Data[0].Start, module.Data[0].Length).ToArray());
    }

    public static TheoryData<string, byte[]> MalformedModules => new()
    {
        { "no bytes", [] },
        { "another version", [0, (byte)'a', (byte)'s', (byte)'m', 2, 0, 0, 0] },
        { "unknown section", Module(Section(14)) },
        { "section twice", Module(Vector(TypeSection), Vector(TypeSection)) },
        { "sections out of order", Module(Vector(FunctionSection), Vector(TypeSection)) },
        { "data count after code", Module(Vector(CodeSection), Section(DataCountSection, 0)) },
        { "section longer than the module", Module([TypeSection, 5, 0]) },
        { "section longer than its content", Module(Section(TypeSection, 0, 0)) },
        { "function without a body", Module(Vector(TypeSection, Type([], [])), Vector(FunctionSection, [0])) },
        { "body without a function", Module(Vector(CodeSection, Body([0]))) },
        { "data count without data", Module(Section(DataCountSection, 1)) },
        { "name that is not UTF-8", Module(Section(0, 1, 0xFF)) },
        { "name that is an encoded surrogate", Module(Section(0, 3, 0xED, 0xA0, 0x80)) },
        { "function type of another form", Module(Vector(TypeSection, [0x61, 0, 0])) },
        { "mutability 2", Module(Vector(GlobalSection, [I32, 2, 0x41, 0, 0x0B])) },
        { "import kind 9", Module(Vector(ImportSection, [0, 0, 9, 0])) },
        { "element kind 1", Module(Vector(ElementSection, [1, 1, 0])) },
        { "element segment 8", Module(Vector(ElementSection, [8, 0])) },
        { "data segment 3", Module(Vector(DataSection, [3, 0])) },
        { "illegal opcode", Function([], [], 0xFF) },
        { "illegal opcode of page FC", Function([], [], 0xFC, 0x12) },
        { "opcode of page FC that only begins like a legal one", Function([], [], 0xFC, 0x80, 0x02) },
        { "else outside of if", Function([], [], 0x05) },
        { "second else", Function([], [], 0x41, 0, 0x04, Empty, 0x05, 0x05, 0x0B) },
        { "block without end", Function([], [], 0x02, Empty) },
        { "code after the end", Function([], [], 0x0B, 0x01) },
        { "memory.grow of memory 1", Function([], [], 0x41, 0, 0x40, 1, 0x1A) },
        { "block type that is a value type in two bytes", Function([], [], 0x02, 0xFF, 0x7F, 0x0B) },
        { "negative block type", Function([], [], 0x02, 0x41, 0x0B) },
        { "constant expression without end", Module(Vector(GlobalSection, [I32, 0, 0x41, 0])) },
        { "2^32 locals", Module(Vector(TypeSection, Type([], [])), Vector(FunctionSection, [0]), Vector(CodeSection, Body([2, .. U32(uint.MaxValue), I32, 1, I32]))) },
    };

    [Theory]
    [MemberData(nameof(MalformedModules))]
    public void Decode_Malformed_IsRefusedAsMalformed(string what, byte[] bytes) => AssertRefused(WasmErrorKind.Malformed, bytes, what);

    public static TheoryData<string, byte[]> UnsupportedModules => new()
    {
        { "v128 parameter", Module(Vector(TypeSection, Type([V128], []))) },
        { "v128 global", Module(Vector(GlobalSection, [V128, 0])) },
        { "v128 local", Module(Vector(TypeSection, Type([], [])), Vector(FunctionSection, [0]), Vector(CodeSection, Body([1, 1, V128]))) },
        { "v128 block", Function([], [], 0x02, V128, 0x0B) },
        { "v128.const", Function([], [], 0xFD, 0x0C) },
        { "64-bit memory", Module(Vector(MemorySection, [4, 1])) },
        { "tail call", Function([], [], 0x12, 0) },
        { "try_table", Function([], [], 0x1F, Empty, 0, 0x0B) },
        { "atomic", Function([], [], 0xFE, 0x03, 0) },
        { "struct type", Module(Vector(TypeSection, [0x5F, 0])) },
        { "component", [0, (byte)'a', (byte)'s', (byte)'m', 0x0D, 0, 1, 0] },
    };

    [Theory]
    [MemberData(nameof(UnsupportedModules))]
    public void Decode_LaterProposal_IsRefusedByName(string what, byte[] bytes) => AssertRefused(WasmErrorKind.Unsupported, bytes, what);

    public static TheoryData<string, byte[]> OversizedModules => new()
    {
        { "50,001 locals", Module(Vector(TypeSection, Type([], [])), Vector(FunctionSection, [0]), Vector(CodeSection, Body([1, .. U32(50_001), I32]))) },
        { "1,001 parameters", Module(Vector(TypeSection, Type(Enumerable.Repeat(I32, 1_001).ToArray(), []))) },
        { "1,001 results", Module(Vector(TypeSection, Type([], Enumerable.Repeat(I32, 1_001).ToArray()))) },
        { "1,000,001 functions", Module(Section(FunctionSection, [.. U32(1_000_001), .. new byte[1_000_001]])) },
        { "65,521 labels", Function([], [], [0x41, 0, 0x0E, .. U32(65_521), .. new byte[65_522]]) },
        { "70,000 nested blocks", Function([], [], [.. Enumerable.Repeat(new byte[] { 0x02, Empty }, 70_000).SelectMany(b => b), .. Enumerable.Repeat((byte)0x0B, 70_000)]) },
        { "a body of 8 MB", Function([], [], Enumerable.Repeat((byte)0x01, 8 << 20).ToArray()) },
    };

    [Theory]
    [MemberData(nameof(OversizedModules))]
    public void Decode_BeyondALimit_IsTooLarge(string what, byte[] bytes) => AssertRefused(WasmErrorKind.TooLarge, bytes, what);

    /// <summary>Each claims four billion entries in a handful of bytes.</summary>
    public static TheoryData<string, byte[]> HostileCounts => new()
    {
        { "types", Module(Section(TypeSection, U32(uint.MaxValue))) },
        { "parameters", Module(Section(TypeSection, [1, 0x60, .. U32(uint.MaxValue)])) },
        { "imports", Module(Section(ImportSection, U32(uint.MaxValue))) },
        { "functions", Module(Section(FunctionSection, U32(uint.MaxValue))) },
        { "exports", Module(Section(ExportSection, U32(uint.MaxValue))) },
        { "name", Module(Section(0, U32(uint.MaxValue))) },
        { "elements", Module(Section(ElementSection, [1, 1, 0, .. U32(uint.MaxValue)])) },
        { "element expressions", Module(Section(ElementSection, [1, 5, FuncRef, .. U32(uint.MaxValue)])) },
        { "data", Module(Section(DataSection, [1, 1, .. U32(uint.MaxValue)])) },
        { "runs of locals", Module(Vector(TypeSection, Type([], [])), Vector(FunctionSection, [0]), Vector(CodeSection, Body(U32(uint.MaxValue)))) },
        { "labels", Function([], [], [0x41, 0, 0x0E, .. U32(uint.MaxValue)]) },
        { "section", Module([TypeSection, .. U32(uint.MaxValue)]) },
    };

    [Theory]
    [MemberData(nameof(HostileCounts))]
    public void Decode_HostileCount_AllocatesNothingForIt(string what, byte[] bytes)
    {
        AssertRefused(WasmErrorKind.Malformed, bytes, what);
        var before = GC.GetAllocatedBytesForCurrentThread();
        AssertRefused(WasmErrorKind.Malformed, bytes, what);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20, what);
    }

    private static void AssertRefused(WasmErrorKind kind, byte[] bytes, string what)
    {
        var refusal = Record.Exception(() => ModuleDecoder.Decode(bytes));
        Assert.True(refusal is WasmException { } e && e.Kind == kind, $"{what}: {refusal?.ToString() ?? "accepted"}");
    }
}
