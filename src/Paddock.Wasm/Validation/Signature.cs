using static Paddock.Wasm.ValueType;

namespace Paddock.Wasm;

/// <summary>What an instruction of fixed type pops (<paramref name="Second"/> lies on top) and pushes; <see cref="None"/> where nothing.</summary>
internal readonly record struct Signature(ValueType First, ValueType Second, ValueType Result)
{
    public const ValueType None = 0;
}

/// <summary>A load or store: the type it moves, and its natural alignment as a power of two.</summary>
internal readonly record struct MemoryAccess(ValueType Type, byte Alignment);

/// <summary>Types of the numeric and memory instructions (3.3.1 and 3.3.7), by opcode.</summary>
internal static class Signatures
{
    private static readonly Signature[] s_numeric = BuildNumeric();

    private static readonly Signature[] s_saturating =
    [
        Unary(F32, I32), Unary(F32, I32), Unary(F64, I32), Unary(F64, I32), Unary(F32, I64), Unary(F32, I64), Unary(F64, I64), Unary(F64, I64),
    ];

    private static readonly MemoryAccess[] s_accesses =
    [
        new(I32, 2), new(I64, 3), new(F32, 2), new(F64, 3),
        new(I32, 0), new(I32, 0), new(I32, 1), new(I32, 1),
        new(I64, 0), new(I64, 0), new(I64, 1), new(I64, 1), new(I64, 2), new(I64, 2),
        new(I32, 2), new(I64, 3), new(F32, 2), new(F64, 3),
        new(I32, 0), new(I32, 1), new(I64, 0), new(I64, 1), new(I64, 2),
    ];

    /// <summary>Of <see cref="Opcode.I32Eqz"/> to <see cref="Opcode.I64Extend32S"/>.</summary>
    public static Signature Numeric(int opcode) => s_numeric[opcode - Opcode.I32Eqz];

    /// <summary>Of <see cref="Opcode.I32TruncSatF32S"/> to <see cref="Opcode.I64TruncSatF64U"/>.</summary>
    public static Signature Saturating(int opcode) => s_saturating[opcode - Opcode.I32TruncSatF32S];

    /// <summary>Of <see cref="Opcode.I32Load"/> to <see cref="Opcode.I64Store32"/>.</summary>
    public static MemoryAccess Access(int opcode) => s_accesses[opcode - Opcode.I32Load];

    private static Signature Unary(ValueType operand, ValueType result) => new(Signature.None, operand, result);

    private static Signature[] BuildNumeric()
    {
        var table = new Signature[Opcode.I64Extend32S - Opcode.I32Eqz + 1];
        void Set(int first, int last, Signature signature) => Array.Fill(table, signature, first - Opcode.I32Eqz, last - first + 1);
        void Binary(int first, int last, ValueType type) => Set(first, last, new Signature(type, type, type));
        void Compare(int first, int last, ValueType type) => Set(first, last, new Signature(type, type, I32));
        void Convert(int first, int last, ValueType from, ValueType to) => Set(first, last, Unary(from, to));

        Convert(Opcode.I32Eqz, Opcode.I32Eqz, I32, I32);
        Compare(Opcode.I32Eq, Opcode.I32GeU, I32);
        Convert(Opcode.I64Eqz, Opcode.I64Eqz, I64, I32);
        Compare(Opcode.I64Eq, Opcode.I64GeU, I64);
        Compare(Opcode.F32Eq, Opcode.F32Ge, F32);
        Compare(Opcode.F64Eq, Opcode.F64Ge, F64);
        Convert(Opcode.I32Clz, Opcode.I32Popcnt, I32, I32);
        Binary(Opcode.I32Add, Opcode.I32Rotr, I32);
        Convert(Opcode.I64Clz, Opcode.I64Popcnt, I64, I64);
        Binary(Opcode.I64Add, Opcode.I64Rotr, I64);
        Convert(Opcode.F32Abs, Opcode.F32Sqrt, F32, F32);
        Binary(Opcode.F32Add, Opcode.F32Copysign, F32);
        Convert(Opcode.F64Abs, Opcode.F64Sqrt, F64, F64);
        Binary(Opcode.F64Add, Opcode.F64Copysign, F64);
        Convert(Opcode.I32WrapI64, Opcode.I32WrapI64, I64, I32);
        Convert(Opcode.I32TruncF32S, Opcode.I32TruncF32U, F32, I32);
        Convert(Opcode.I32TruncF64S, Opcode.I32TruncF64U, F64, I32);
        Convert(Opcode.I64ExtendI32S, Opcode.I64ExtendI32U, I32, I64);
        Convert(Opcode.I64TruncF32S, Opcode.I64TruncF32U, F32, I64);
        Convert(Opcode.I64TruncF64S, Opcode.I64TruncF64U, F64, I64);
        Convert(Opcode.F32ConvertI32S, Opcode.F32ConvertI32U, I32, F32);
        Convert(Opcode.F32ConvertI64S, Opcode.F32ConvertI64U, I64, F32);
        Convert(Opcode.F32DemoteF64, Opcode.F32DemoteF64, F64, F32);
        Convert(Opcode.F64ConvertI32S, Opcode.F64ConvertI32U, I32, F64);
        Convert(Opcode.F64ConvertI64S, Opcode.F64ConvertI64U, I64, F64);
        Convert(Opcode.F64PromoteF32, Opcode.F64PromoteF32, F32, F64);
        Convert(Opcode.I32ReinterpretF32, Opcode.I32ReinterpretF32, F32, I32);
        Convert(Opcode.I64ReinterpretF64, Opcode.I64ReinterpretF64, F64, I64);
        Convert(Opcode.F32ReinterpretI32, Opcode.F32ReinterpretI32, I32, F32);
        Convert(Opcode.F64ReinterpretI64, Opcode.F64ReinterpretI64, I64, F64);
        Convert(Opcode.I32Extend8S, Opcode.I32Extend16S, I32, I32);
        Convert(Opcode.I64Extend8S, Opcode.I64Extend32S, I64, I64);
        return table;
    }
}
