using System.Reflection.Emit;

namespace Paddock.Wasm.Compilation;

/// <summary>One instruction at a time.</summary>
internal sealed partial class FunctionEmitter
{
    private void EmitInstruction(int opcode, ref InstructionReader reader)
    {
        if (_unreachable && Skip(opcode, ref reader)) return;
        switch (opcode)
        {
            case >= Opcode.I32Eqz and <= Opcode.I64Extend32S:
            case >= Opcode.I32TruncSatF32S and <= Opcode.I64TruncSatF64U:
                EmitNumeric(opcode);
                break;
            case >= Opcode.I32Load and <= Opcode.I64Load32U:
                EmitLoad(opcode, ref reader);
                break;
            case >= Opcode.I32Store and <= Opcode.I64Store32:
                EmitStore(opcode, ref reader);
                break;
            case >= Opcode.LocalGet and <= Opcode.TableSet:
                EmitVariable(opcode, (int)reader.ReadU32());
                break;
            case >= Opcode.Unreachable and <= Opcode.CallIndirect:
                EmitControl(opcode, ref reader);
                break;
            default:
                EmitOther(opcode, ref reader);
                break;
        }
    }

    private void EmitControl(int opcode, ref InstructionReader reader)
    {
        switch (opcode)
        {
            case Opcode.Unreachable:
                StashAll();
                _il.Emit(OpCodes.Call, Members.ThrowUnreachable);
                EmitDeadEnd();
                Dead();
                break;
            case Opcode.Block or Opcode.Loop or Opcode.If:
                EmitBlock(opcode, ref reader);
                break;
            case Opcode.Else:
                EmitElse();
                break;
            case Opcode.End:
                EmitEnd();
                break;
            case Opcode.Br:
                EmitBranch(reader.ReadU32());
                break;
            case Opcode.BrIf:
                EmitBranchIf(reader.ReadU32());
                break;
            case Opcode.BrTable:
                EmitBranchTable(ref reader);
                break;
            case Opcode.Return:
                EmitReturn();
                Dead();
                break;
            case Opcode.Call:
                EmitCall((int)reader.ReadU32());
                break;
            case Opcode.CallIndirect:
                EmitCallIndirect((int)reader.ReadU32(), (int)reader.ReadU32());
                break;
        }
    }

    private void EmitOther(int opcode, ref InstructionReader reader)
    {
        switch (opcode)
        {
            case Opcode.I32Const:
                PushConstant(ValueType.I32, reader.ReadS32());
                break;
            case Opcode.I64Const:
                PushConstant(ValueType.I64, reader.ReadS64());
                break;
            case Opcode.F32Const:
                PushConstant(ValueType.F32, reader.ReadF32Bits());
                break;
            case Opcode.F64Const:
                PushConstant(ValueType.F64, (long)reader.ReadF64Bits());
                break;
            case Opcode.Drop:
                EmitDrop();
                break;
            case Opcode.Select:
                EmitSelect();
                break;
            case Opcode.SelectTyped:
                for (var count = reader.ReadU32(); count > 0; count--) _ = reader.ReadByte();
                EmitSelect();
                break;
            case Opcode.RefNull:
                PushConstant((ValueType)reader.ReadByte(), 0);
                break;
            case Opcode.RefIsNull:
                Consume(1);
                _il.Emit(OpCodes.Ldnull);
                _il.Emit(OpCodes.Ceq);
                Push(ValueType.I32);
                break;
            default:
                EmitOperation(opcode, ref reader);
                break;
        }
    }

    /// <summary>Instructions that are a call of an <see cref="Instance"/> operation: operands, immediates, instance.</summary>
    private void EmitOperation(int opcode, ref InstructionReader reader)
    {
        var (name, operands, immediates, result) = Operations[opcode];
        Span<int> values = stackalloc int[2];
        for (var i = 0; i < immediates; i++) values[i] = (int)reader.ReadU32();
        Consume(operands);

        // The immediates of memory instructions name the only memory; those of the others are passed on.
        var passed = opcode switch
        {
            Opcode.MemorySize or Opcode.MemoryGrow or Opcode.MemoryCopy or Opcode.MemoryFill => 0,
            Opcode.MemoryInit => 1,
            _ => immediates,
        };
        for (var i = 0; i < passed; i++) LoadInteger(values[i]);
        LoadInstance();
        _il.Emit(OpCodes.Call, Members.Operation(name));
        if (opcode == Opcode.TableGet) Push(_module.Tables[values[0]].Element);
        else if (result is { } type) Push(type);
    }

    private static readonly Dictionary<int, (string Name, int Operands, int Immediates, ValueType? Result)> Operations = new()
    {
        [Opcode.MemorySize] = (nameof(Instance.MemorySize), 0, 1, ValueType.I32),
        [Opcode.MemoryGrow] = (nameof(Instance.MemoryGrow), 1, 1, ValueType.I32),
        [Opcode.MemoryInit] = (nameof(Instance.MemoryInit), 3, 2, null),
        [Opcode.DataDrop] = (nameof(Instance.DataDrop), 0, 1, null),
        [Opcode.MemoryCopy] = (nameof(Instance.MemoryCopy), 3, 2, null),
        [Opcode.MemoryFill] = (nameof(Instance.MemoryFill), 3, 1, null),
        [Opcode.TableGet] = (nameof(Instance.TableGet), 1, 1, null),
        [Opcode.TableSet] = (nameof(Instance.TableSet), 2, 1, null),
        [Opcode.TableInit] = (nameof(Instance.TableInit), 3, 2, null),
        [Opcode.ElemDrop] = (nameof(Instance.ElemDrop), 0, 1, null),
        [Opcode.TableCopy] = (nameof(Instance.TableCopy), 3, 2, null),
        [Opcode.TableGrow] = (nameof(Instance.TableGrow), 2, 1, ValueType.I32),
        [Opcode.TableSize] = (nameof(Instance.TableSize), 0, 1, ValueType.I32),
        [Opcode.TableFill] = (nameof(Instance.TableFill), 3, 1, null),
        [Opcode.RefFunc] = (nameof(Instance.RefFunc), 0, 1, ValueType.FuncRef),
    };

    /// <summary>Reads over an instruction that is never reached; false for the else or end that ends such code.</summary>
    private bool Skip(int opcode, ref InstructionReader reader)
    {
        switch (opcode)
        {
            case Opcode.Block or Opcode.Loop or Opcode.If:
                _ = reader.ReadS33();
                _skippedBlocks++;
                return true;
            case Opcode.Else:
                return _skippedBlocks > 0;
            case Opcode.End:
                if (_skippedBlocks == 0) return false;
                _skippedBlocks--;
                return true;
            default:
                SkipImmediates(opcode, ref reader);
                return true;
        }
    }

    private static void SkipImmediates(int opcode, ref InstructionReader reader)
    {
        switch (opcode)
        {
            case >= Opcode.I32Load and <= Opcode.I64Store32:
            case Opcode.CallIndirect:
                _ = reader.ReadU32();
                _ = reader.ReadU32();
                break;
            case Opcode.BrTable or Opcode.SelectTyped:
                var count = reader.ReadU32() + (opcode == Opcode.BrTable ? 1u : 0);
                for (; count > 0; count--) _ = reader.ReadU32();
                break;
            case Opcode.I32Const:
                _ = reader.ReadS32();
                break;
            case Opcode.I64Const:
                _ = reader.ReadS64();
                break;
            case Opcode.F32Const:
                _ = reader.ReadF32Bits();
                break;
            case Opcode.F64Const:
                _ = reader.ReadF64Bits();
                break;
            case Opcode.Br or Opcode.BrIf or Opcode.Call or Opcode.RefNull or (>= Opcode.LocalGet and <= Opcode.TableSet):
                _ = reader.ReadU32();
                break;
            default:
                if (!Operations.TryGetValue(opcode, out var operation)) break;
                for (var i = 0; i < operation.Immediates; i++) _ = reader.ReadU32();
                break;
        }
    }
}
