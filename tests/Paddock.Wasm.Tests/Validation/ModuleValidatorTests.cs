using static Paddock.Wasm.Tests.ModuleBytes;

namespace Paddock.Wasm.Tests.Validation;

public sealed class ModuleValidatorTests
{
    private static readonly byte[] s_thousand = Enumerable.Repeat(I32, 1_000).ToArray();

    public static TheoryData<string, byte[]> ValidModules => new()
    {
        { "every section", Everything() },
        { "unreachable gives any type", Function([], [F64], 0x00, 0x6A, 0x1A) },
        { "select of two unknowns", Function([], [I32], 0x00, 0x1B) },
        { "block with parameters", Module(Vector(TypeSection, Type([], []), Type([I32, I32], [I32])), Vector(FunctionSection, [0]), Vector(CodeSection, Body([0], 0x41, 1, 0x41, 2, 0x02, 1, 0x6A, 0x0B, 0x1A))) },
        { "br_table of labels of one type", Function([I32], [], 0x02, Empty, 0x02, Empty, 0x20, 0, 0x0E, 2, 0, 1, 2, 0x0B, 0x0B) },
        { "local beyond those kept expanded", Module(Vector(TypeSection, Type([], [I64])), Vector(FunctionSection, [0]), Vector(CodeSection, Body([4, .. U32(5_000), I32, 0, F32, 1, I64, 0, F32], [0x20, .. U32(5_000)]))) },
        { "reference declared by an export", Module(Vector(TypeSection, Type([], [FuncRef])), Vector(FunctionSection, [0]), Vector(ExportSection, [.. Name("f"), 0, 0]), Vector(CodeSection, Body([0], 0xD2, 0))) },
        { "60,000 nested blocks", Function([], [], [.. Enumerable.Repeat(new byte[] { 0x02, Empty }, 60_000).SelectMany(b => b), .. Enumerable.Repeat((byte)0x0B, 60_000)]) },
    };

    [Theory]
    [MemberData(nameof(ValidModules))]
    public void Validate_Valid_IsAccepted(string what, byte[] bytes) => Assert.Null(Refusal(bytes) is { } refusal ? $"{what}: {refusal}" : null);

    public static TheoryData<string, byte[]> InvalidModules => new()
    {
        { "nothing to add", Function([], [I32], 0x6A) },
        { "operand of another type", Function([], [I32], 0x41, 0, 0x42, 0, 0x6A) },
        { "operand left over", Function([], [], 0x41, 0) },
        { "operand of the enclosing block", Function([], [], 0x41, 0, 0x02, Empty, 0x1A, 0x0B) },
        { "unreachable code of the wrong type", Function([], [I32], 0x00, 0x42, 0) },
        { "if without else that has a result", Function([], [I32], 0x41, 0, 0x04, I32, 0x41, 0, 0x0B) },
        { "branch to nowhere", Function([], [], 0x0C, 1) },
        { "br_table of two arities", Function([], [], 0x02, Empty, 0x02, I32, 0x41, 0, 0x41, 0, 0x0E, 1, 0, 1, 0x0B, 0x1A, 0x0B) },
        { "br_table of two types", Function([], [], 0x02, I64, 0x02, I32, 0x41, 0, 0x41, 0, 0x0E, 1, 0, 1, 0x0B, 0x1A, 0x00, 0x0B, 0x1A) },
        { "unknown local", Function([I32], [], 0x20, 1, 0x1A) },
        { "unknown global", Function([], [], 0x23, 0, 0x1A) },
        { "unknown function", Function([], [], 0x10, 9) },
        { "unknown type", Module(Vector(FunctionSection, [0]), Vector(CodeSection, Body([0]))) },
        { "unknown block type", Function([], [], 0x02, 7, 0x0B) },
        { "load without a memory", Function([], [], 0x41, 0, 0x28, 2, 0, 0x1A) },
        { "alignment beyond natural", FunctionWithState([], [], 0x41, 0, 0x28, 3, 0, 0x1A) },
        { "alignment of 2^32-1", FunctionWithState([], [], [0x41, 0, 0x28, .. U32(uint.MaxValue), 0, 0x1A]) },
        { "immutable global set", Module(Vector(TypeSection, Type([], [])), Vector(FunctionSection, [0]), Vector(GlobalSection, [I32, 0, 0x41, 0, 0x0B]), Vector(CodeSection, Body([0], 0x41, 0, 0x24, 0))) },
        { "reference not declared", Function([], [], 0xD2, 0, 0x1A) },
        { "untyped select of references", Function([], [], 0xD0, FuncRef, 0xD0, FuncRef, 0x41, 0, 0x1B, 0x1A) },
        { "ref.is_null of a number", Function([], [], 0x41, 0, 0xD1, 0x1A) },
        { "select of no types", Function([], [], 0x00, 0x1C, 0, 0x1A) },
        { "data segment that is not there", FunctionWithState([], [], 0xFC, 9, 0) },
        { "element segment that is not there", FunctionWithState([], [], 0xFC, 13, 0) },
        { "call_indirect of a table of externref", Module(Vector(TypeSection, Type([], [])), Vector(FunctionSection, [0]), Vector(TableSection, [ExternRef, 0, 1]), Vector(CodeSection, Body([0], 0x41, 0, 0x11, 0, 0))) },
        { "two memories", Module(Vector(MemorySection, [0, 0], [0, 0])) },
        { "65,537 pages", Module(Vector(MemorySection, [0, .. U32(65_537)])) },
        { "minimum above maximum", Module(Vector(TableSection, [FuncRef, 1, 2, 1])) },
        { "global of another type", Module(Vector(GlobalSection, [I64, 0, 0x41, 0, 0x0B])) },
        { "constant expression of two values", Module(Vector(GlobalSection, [I32, 0, 0x41, 0, 0x41, 0, 0x0B])) },
        { "constant expression of none", Module(Vector(GlobalSection, [I32, 0, 0x0B])) },
        { "constant expression that computes", Module(Vector(GlobalSection, [I32, 0, 0x41, 0, 0x41, 0, 0x6A, 0x0B])) },
        { "constant expression of an own global", Module(Vector(GlobalSection, [I32, 0, 0x41, 0, 0x0B], [I32, 0, 0x23, 0, 0x0B])) },
        { "export twice", Module(Vector(MemorySection, [0, 0]), Vector(ExportSection, [.. Name("m"), 2, 0], [.. Name("m"), 2, 0])) },
        { "export of nothing", Module(Vector(ExportSection, [.. Name("m"), 2, 0])) },
        { "start with a parameter", Module(Vector(TypeSection, Type([I32], [])), Vector(FunctionSection, [0]), Section(StartSection, 0), Vector(CodeSection, Body([0]))) },
        { "data without a memory", Module(Vector(DataSection, [0, 0x41, 0, 0x0B, 0])) },
        { "externref elements in a table of funcref", Module(Vector(TableSection, [FuncRef, 0, 1]), Vector(ElementSection, [6, 0, 0x41, 0, 0x0B, ExternRef, 0])) },
    };

    [Theory]
    [MemberData(nameof(InvalidModules))]
    public void Validate_Invalid_IsRefusedAsInvalid(string what, byte[] bytes)
    {
        var refusal = Refusal(bytes);
        Assert.True(refusal?.Kind == WasmErrorKind.Invalid, $"{what}: {refusal?.ToString() ?? "accepted"}");
    }

    [Fact]
    public void Validate_OperandsWithoutEnd_IsTooLarge()
    {
        // A call is two bytes and pushes a thousand operands.
        var bytes = Module(
            Vector(TypeSection, Type([], s_thousand)),
            Vector(FunctionSection, [0]),
            Vector(CodeSection, Body([0], [.. Enumerable.Repeat(new byte[] { 0x10, 0 }, 100_000).SelectMany(b => b), 0x00])));
        Assert.Equal(WasmErrorKind.TooLarge, Refusal(bytes)?.Kind);
    }

    [Fact]
    public void Validate_ThousandOperandsAnInstruction_ComparesThemAll()
    {
        // Thousands of calls that pop and push a thousand operands each; the last one finds a single operand of another type among them.
        byte[] almost = [.. s_thousand[..^1], F32];
        byte[] Call(int function) => [0x10, (byte)function];
        var calls = Enumerable.Repeat(Call(1), 3_000).SelectMany(b => b);
        byte[] With(byte[] first) => Module(
            Vector(TypeSection, Type([], []), Type(s_thousand, s_thousand), Type([], first)),
            Vector(FunctionSection, [0], [1], [2]),
            Vector(CodeSection, Body([0], [.. Call(2), .. calls, 0x00]), Body([0], 0x00), Body([0], 0x00)));
        Assert.Null(Refusal(With(s_thousand)));
        Assert.Equal(WasmErrorKind.Invalid, Refusal(With(almost))?.Kind);
    }

    /// <summary>An unknown operand among known ones matches anything, wherever it lies; the known ones still must match.</summary>
    [Fact]
    public void Validate_UnknownAmongKnown_MatchesAnything()
    {
        byte[] forty = Enumerable.Repeat(I32, 40).ToArray();
        byte[] With(byte[] last) => Module(
            Vector(TypeSection, Type([], []), Type(forty, [])),
            Vector(FunctionSection, [0], [1]),
            Vector(CodeSection, Body([0], [0x00, .. Enumerable.Repeat((byte)0x1B, 5), .. Enumerable.Repeat(new byte[] { 0x41, 0 }, 34).SelectMany(b => b), .. last, 0x10, 1]), Body([0])));
        Assert.Null(Refusal(With([0x41, 0])));
        Assert.Equal(WasmErrorKind.Invalid, Refusal(With([0x42, 0]))?.Kind);
    }

    private static WasmException? Refusal(byte[] bytes)
    {
        var module = ModuleDecoder.Decode(bytes);
        return Record.Exception(() => ModuleValidator.Validate(module)) switch
        {
            null => null,
            WasmException refusal => refusal,
            var other => throw new InvalidOperationException("Neither accepted nor refused.", other),
        };
    }
}
