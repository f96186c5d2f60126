namespace Paddock.Wasm;

/// <summary>What follows an opcode in the binary format (core 2.0, 5.4).</summary>
internal enum ImmediateKind : byte
{
    Illegal,
    None,
    Block,
    If,
    Else,
    End,
    Index,
    TwoIndices,
    BranchTable,
    ValueTypes,
    MemoryArgument,
    ZeroByte,
    I32,
    I64,
    F32,
    F64,
    ReferenceType,
    PageFC,
}

/// <summary>The kind of each one-byte opcode, and the names of proposals whose opcodes are refused.</summary>
internal static class Immediates
{
    private static readonly ImmediateKind[] s_kinds = Build();

    public static ImmediateKind Of(byte opcode) => s_kinds[opcode];

    /// <summary>The proposal after core 2.0 without vectors that gave an opcode its meaning; null for one that has none.</summary>
    public static string? ProposalOf(byte opcode) => opcode switch
    {
        >= 0x06 and <= 0x0A or 0x18 or 0x19 or 0x1F => "exception handling",
        0x12 or 0x13 => "tail calls",
        0x14 or 0x15 or >= 0xD3 and <= 0xD6 => "typed function references",
        0xFB => "garbage collection",
        Opcode.PrefixFD => "fixed-width SIMD",
        0xFE => "threads",
        _ => null,
    };

    private static ImmediateKind[] Build()
    {
        var kinds = new ImmediateKind[256];
        Fill(kinds, Opcode.I32Load, Opcode.I64Store32, ImmediateKind.MemoryArgument);
        Fill(kinds, Opcode.I32Eqz, Opcode.I64Extend32S, ImmediateKind.None);
        Fill(kinds, Opcode.LocalGet, Opcode.TableSet, ImmediateKind.Index);
        foreach (var opcode in (ReadOnlySpan<int>)[Opcode.Unreachable, Opcode.Nop, Opcode.Return, Opcode.Drop, Opcode.Select, Opcode.RefIsNull])
            kinds[opcode] = ImmediateKind.None;
        foreach (var opcode in (ReadOnlySpan<int>)[Opcode.Br, Opcode.BrIf, Opcode.Call, Opcode.RefFunc])
            kinds[opcode] = ImmediateKind.Index;
        kinds[Opcode.Block] = kinds[Opcode.Loop] = ImmediateKind.Block;
        kinds[Opcode.If] = ImmediateKind.If;
        kinds[Opcode.Else] = ImmediateKind.Else;
        kinds[Opcode.End] = ImmediateKind.End;
        kinds[Opcode.BrTable] = ImmediateKind.BranchTable;
        kinds[Opcode.CallIndirect] = ImmediateKind.TwoIndices;
        kinds[Opcode.SelectTyped] = ImmediateKind.ValueTypes;
        kinds[Opcode.MemorySize] = kinds[Opcode.MemoryGrow] = ImmediateKind.ZeroByte;
        kinds[Opcode.I32Const] = ImmediateKind.I32;
        kinds[Opcode.I64Const] = ImmediateKind.I64;
        kinds[Opcode.F32Const] = ImmediateKind.F32;
        kinds[Opcode.F64Const] = ImmediateKind.F64;
        kinds[Opcode.RefNull] = ImmediateKind.ReferenceType;
        kinds[Opcode.PrefixFC] = ImmediateKind.PageFC;
        return kinds;
    }

    private static void Fill(ImmediateKind[] kinds, int first, int last, ImmediateKind kind) => Array.Fill(kinds, kind, first, last - first + 1);
}
