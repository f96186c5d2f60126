namespace Paddock.Wasm;

/// <summary>
/// Walks an expression (5.4) to its matching <c>end</c> and checks its encoding: opcodes, immediates, and that <c>else</c> stands in an <c>if</c>.
/// What it lets through the validator and the compiler may read without asking again whether the bytes are well-formed.
/// Not recursive: a hostile depth of nesting costs a byte a level, up to <see cref="EngineLimits.BlockDepth"/>.
/// </summary>
internal sealed class ExpressionScanner
{
    private bool[] _elseAllowed = new bool[64];
    private int _depth;

    /// <summary>Where a data index was first used; -1 if none was. A module with a data section then needs a data count section as well (5.5.16).</summary>
    public int FirstDataIndex { get; private set; } = -1;

    /// <summary>Reads one expression, its final <c>end</c> included.</summary>
    public ConstExpr Scan(ref InstructionReader reader)
    {
        var start = reader.Position;
        _depth = 0;
        Enter(ref reader, false);
        while (_depth > 0) ScanInstruction(ref reader);
        return new ConstExpr(start, reader.Position - start);
    }

    private void ScanInstruction(ref InstructionReader reader)
    {
        var opcode = reader.ReadByte();
        switch (Immediates.Of(opcode))
        {
            case ImmediateKind.None: break;
            case ImmediateKind.Index: reader.ReadU32(); break;
            case ImmediateKind.MemoryArgument: reader.ReadU32(); reader.ReadU32(); break;
            case ImmediateKind.I32: reader.ReadS32(); break;
            case ImmediateKind.I64: reader.ReadS64(); break;
            case ImmediateKind.F32: reader.ReadF32Bits(); break;
            case ImmediateKind.F64: reader.ReadF64Bits(); break;
            case ImmediateKind.End: _depth--; break;
            case ImmediateKind.Block: ScanBlockType(ref reader); Enter(ref reader, false); break;
            case ImmediateKind.If: ScanBlockType(ref reader); Enter(ref reader, true); break;
            case ImmediateKind.Else: ScanElse(ref reader); break;
            case ImmediateKind.BranchTable: ScanBranchTable(ref reader); break;
            case ImmediateKind.TwoIndices: reader.ReadU32(); reader.ReadU32(); break;
            case ImmediateKind.ZeroByte: ScanZeroByte(ref reader); break;
            case ImmediateKind.ReferenceType: TypeDecoder.ReadReferenceType(ref reader); break;
            case ImmediateKind.ValueTypes: ScanValueTypes(ref reader); break;
            case ImmediateKind.PageFC: ScanPageFC(ref reader); break;
            default: throw Refuse(opcode, ref reader);
        }
    }

    private void Enter(ref InstructionReader reader, bool elseAllowed)
    {
        if (_depth >= EngineLimits.BlockDepth) throw TypeDecoder.TooLarge("nested blocks", _depth + 1L, EngineLimits.BlockDepth, reader.Position);
        if (_depth == _elseAllowed.Length) Array.Resize(ref _elseAllowed, _depth * 2);
        _elseAllowed[_depth++] = elseAllowed;
    }

    private void ScanElse(ref InstructionReader reader)
    {
        ref var allowed = ref _elseAllowed[_depth - 1];
        if (!allowed) throw reader.Malformed("END opcode expected: else outside of if");
        allowed = false;
    }

    /// <summary>A value type is one byte; only a type index is an s33, and then not negative (5.4.1).</summary>
    private static void ScanBlockType(ref InstructionReader reader)
    {
        var first = reader.PeekByte();
        if (first == (Opcode.EmptyBlockType & 0x7F)) reader.ReadByte();
        else if (first is > 0x40 and < 0x80) TypeDecoder.ReadValueType(ref reader);
        else if (reader.ReadS33() < 0) throw reader.Malformed("malformed block type");
    }

    private static void ScanBranchTable(ref InstructionReader reader)
    {
        var count = TypeDecoder.ReadCount(ref reader, EngineLimits.BranchTableLabels, "labels of br_table");
        for (var i = 0; i <= count; i++) reader.ReadU32();
    }

    private static void ScanValueTypes(ref InstructionReader reader)
    {
        var count = TypeDecoder.ReadCount(ref reader, EngineLimits.Results, "types of select");
        for (var i = 0; i < count; i++) TypeDecoder.ReadValueType(ref reader);
    }

    private static void ScanZeroByte(ref InstructionReader reader)
    {
        if (reader.ReadByte() != 0) throw reader.Malformed("zero byte expected");
    }

    private void ScanPageFC(ref InstructionReader reader)
    {
        var sub = reader.ReadU32();
        var opcode = sub <= 0xFF ? 0xFC00 + (int)sub : -1;
        if (opcode is Opcode.MemoryInit or Opcode.DataDrop && FirstDataIndex < 0) FirstDataIndex = reader.Position;
        switch (opcode)
        {
            case >= Opcode.I32TruncSatF32S and <= Opcode.I64TruncSatF64U: break;
            case Opcode.MemoryInit: reader.ReadU32(); ScanZeroByte(ref reader); break;
            case Opcode.MemoryCopy: ScanZeroByte(ref reader); ScanZeroByte(ref reader); break;
            case Opcode.MemoryFill: ScanZeroByte(ref reader); break;
            case Opcode.TableInit or Opcode.TableCopy: reader.ReadU32(); reader.ReadU32(); break;
            case Opcode.DataDrop or Opcode.ElemDrop or Opcode.TableGrow or Opcode.TableSize or Opcode.TableFill: reader.ReadU32(); break;
            default: throw reader.Malformed($"illegal opcode 0xfc {sub}");
        }
    }

    private static WasmException Refuse(byte opcode, ref InstructionReader reader) => Immediates.ProposalOf(opcode) is { } proposal
        ? TypeDecoder.Unsupported($"opcode 0x{opcode:x2} ({proposal})", reader.Position - 1)
        : reader.Malformed($"illegal opcode 0x{opcode:x2}");
}
