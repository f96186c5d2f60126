using System.Reflection.Emit;

namespace Paddock.Wasm.Compilation;

/// <summary>Loads and stores. Every one is checked against the memory's length, unless a check of the same variable already covers it on every path here.</summary>
internal sealed partial class FunctionEmitter
{
    /// <summary>Checks remembered at once: emptying the table at every label must stay cheap.</summary>
    private const int MaxChecked = 64;

    // By variable: the greatest offset plus size that was checked since the variable was last set. A memory never shrinks while a guest runs.
    private readonly Dictionary<int, ulong> _checked = [];

    private void ForgetChecks() => _checked.Clear();

    private void RememberCheck(int variable, ulong end)
    {
        if (_checked.Count >= MaxChecked) ForgetChecks();
        _checked[variable] = end;
    }

    private void EmitLoad(int opcode, ref InstructionReader reader)
    {
        _ = reader.ReadU32();
        var offset = reader.ReadU32();
        var (size, type, code, widen) = Loads[opcode - Opcode.I32Load];
        EmitAddress(Pop(), offset, size);
        if (size > 1) _il.Emit(OpCodes.Unaligned, (byte)1);
        _il.Emit(code);
        if (widen is { } conversion) _il.Emit(conversion);
        Push(type);
    }

    private void EmitStore(int opcode, ref InstructionReader reader)
    {
        _ = reader.ReadU32();
        var offset = reader.ReadU32();
        var (size, code) = Stores[opcode - Opcode.I32Store];
        if (_stack[^1].Kind == OperandKind.Stacked) Stash(_stack.Count - 1);
        var value = Pop();
        EmitAddress(Pop(), offset, size);
        Load(value);
        if (size > 1) _il.Emit(OpCodes.Unaligned, (byte)1);
        _il.Emit(code);
    }

    /// <summary>Leaves a pointer to <paramref name="size"/> readable bytes on the CIL stack, or traps.</summary>
    private void EmitAddress(Operand address, uint offset, int size)
    {
        // SECURITY: the end is computed in 64 bits, where a 32-bit address, a 32-bit offset and a size cannot wrap.
        var end = (ulong)offset + (uint)size;
        switch (address.Kind)
        {
            case OperandKind.Variable when _checked.TryGetValue(address.Variable, out var covered) && covered >= end:
                LoadPointer(address, (long)offset);
                return;
            case OperandKind.Variable or OperandKind.Constant:
                StashAll();
                LoadEnd(address, end);
                EmitCheck();
                if (address.Kind == OperandKind.Variable) RememberCheck(address.Variable, end);
                LoadPointer(address, (long)offset);
                return;
        }

        Load(address);
        _il.Emit(OpCodes.Conv_U);
        AddConstant((long)end);
        var local = Take(typeof(nint));
        _il.Emit(OpCodes.Stloc, local);
        StashAll();
        _il.Emit(OpCodes.Ldloc, local);
        EmitCheck();
        _il.Emit(OpCodes.Ldloc, _base!);
        _il.Emit(OpCodes.Ldloc, local);
        _il.Emit(OpCodes.Add);
        AddConstant(-size);
        Free(local);
    }

    private void LoadEnd(Operand address, ulong end)
    {
        Load(address);
        _il.Emit(OpCodes.Conv_U);
        AddConstant((long)end);
    }

    private void LoadPointer(Operand address, long offset)
    {
        _il.Emit(OpCodes.Ldloc, _base!);
        Load(address);
        _il.Emit(OpCodes.Conv_U);
        _il.Emit(OpCodes.Add);
        AddConstant(offset);
    }

    /// <summary>Branches to the trap unless the end on the CIL stack is within the length, which lies just before the base.</summary>
    private void EmitCheck()
    {
        _il.Emit(OpCodes.Ldloc, _length!);
        _il.Emit(OpCodes.Ldind_I);
        _il.Emit(OpCodes.Bgt_Un, _outOfBounds);
        _outOfBoundsUsed = true;
    }

    private void AddConstant(long value)
    {
        if (value == 0) return;
        if (value is >= int.MinValue and <= int.MaxValue)
        {
            LoadInteger((int)value);
            _il.Emit(OpCodes.Conv_I);
        }
        else
        {
            _il.Emit(OpCodes.Ldc_I8, value);
            _il.Emit(OpCodes.Conv_I);
        }

        _il.Emit(OpCodes.Add);
    }

    private static readonly (int Size, ValueType Type, OpCode Code, OpCode? Widen)[] Loads =
    [
        (4, ValueType.I32, OpCodes.Ldind_I4, null),
        (8, ValueType.I64, OpCodes.Ldind_I8, null),
        (4, ValueType.F32, OpCodes.Ldind_R4, null),
        (8, ValueType.F64, OpCodes.Ldind_R8, null),
        (1, ValueType.I32, OpCodes.Ldind_I1, null),
        (1, ValueType.I32, OpCodes.Ldind_U1, null),
        (2, ValueType.I32, OpCodes.Ldind_I2, null),
        (2, ValueType.I32, OpCodes.Ldind_U2, null),
        (1, ValueType.I64, OpCodes.Ldind_I1, OpCodes.Conv_I8),
        (1, ValueType.I64, OpCodes.Ldind_U1, OpCodes.Conv_U8),
        (2, ValueType.I64, OpCodes.Ldind_I2, OpCodes.Conv_I8),
        (2, ValueType.I64, OpCodes.Ldind_U2, OpCodes.Conv_U8),
        (4, ValueType.I64, OpCodes.Ldind_I4, OpCodes.Conv_I8),
        (4, ValueType.I64, OpCodes.Ldind_U4, OpCodes.Conv_U8),
    ];

    private static readonly (int Size, OpCode Code)[] Stores =
    [
        (4, OpCodes.Stind_I4),
        (8, OpCodes.Stind_I8),
        (4, OpCodes.Stind_R4),
        (8, OpCodes.Stind_R8),
        (1, OpCodes.Stind_I1),
        (2, OpCodes.Stind_I2),
        (1, OpCodes.Stind_I1),
        (2, OpCodes.Stind_I2),
        (4, OpCodes.Stind_I4),
    ];
}
