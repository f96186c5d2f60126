using System.Reflection.Emit;

namespace Paddock.Wasm.Compilation;

/// <summary>Structured control. After an unconditional branch nothing is emitted until the block's end or else.</summary>
internal sealed partial class FunctionEmitter
{
    private bool _unreachable;
    private int _skippedBlocks;

    private void PushFunctionFrame() => _control.Add(new ControlFrame
    {
        Opcode = Opcode.Block,
        Target = _il.DefineLabel(),
        Type = _type,
        Results = TakeAll(_type.Results),
        Height = 0,
    });

    private LocalBuilder[] TakeAll(IReadOnlyList<ValueType> types) => [.. types.Select(t => Take(t.Clr()))];

    private FuncType ReadBlockType(ref InstructionReader reader)
    {
        var code = reader.ReadS33();
        if (code >= 0) return _module.Types[(int)code];
        return code == Opcode.EmptyBlockType ? new FuncType([], []) : new FuncType([], [(ValueType)(code & 0x7F)]);
    }

    private void EmitBlock(int opcode, ref InstructionReader reader)
    {
        var type = ReadBlockType(ref reader);
        var count = type.Parameters.Count;
        if (opcode == Opcode.If) LoadCondition();
        Settle(keep: opcode == Opcode.If);
        var frame = new ControlFrame
        {
            Opcode = opcode,
            Target = _il.DefineLabel(),
            Else = _il.DefineLabel(),
            Type = type,
            Results = TakeAll(type.Results),
            Parameters = opcode == Opcode.Block ? [] : TakeAll(type.Parameters),
            Height = _stack.Count - count,
        };
        if (opcode != Opcode.Block) MoveTo(frame.Parameters);
        if (opcode == Opcode.If) _il.Emit(OpCodes.Brfalse, frame.Else);
        _control.Add(frame);
        if (opcode == Opcode.Loop) EmitLoopHead(frame);
        if (opcode != Opcode.Block) PushAll(frame.Parameters, type.Parameters);
    }

    private void EmitLoopHead(ControlFrame frame)
    {
        ForgetChecks();
        _il.MarkLabel(frame.Target);
        LoadInstance();
        _il.Emit(OpCodes.Volatile);
        _il.Emit(OpCodes.Ldfld, Members.InterruptFlag);
        _il.Emit(OpCodes.Brtrue, _interrupted);
        _interruptedUsed = true;
    }

    /// <summary>Leaves the top operand on the CIL stack, alone, and takes it off the operand stack.</summary>
    private void LoadCondition()
    {
        if (_stack[^1].Kind == OperandKind.Stacked && IsAnyStackedBelowTop()) Stash(_stack.Count - 1);
        var condition = Pop();
        if (condition.Kind == OperandKind.Stacked) return;
        StashAll();
        Load(condition);
    }

    private bool IsAnyStackedBelowTop()
    {
        for (var i = _stack.Count - 2; i >= _stashedBelow; i--)
        {
            if (_stack[i].Kind == OperandKind.Stacked) return true;
        }

        _stashedBelow = _stack.Count - 1;
        return false;
    }

    /// <summary>Empties the CIL stack and writes out deferred variables: what a block may change must not be read after it.</summary>
    private void Settle(bool keep)
    {
        // With a condition on the CIL stack nothing else is there; variables are written out above it.
        if (!keep) StashAll();
        for (var i = _settledBelow; i < _stack.Count; i++)
        {
            if (_stack[i].Kind == OperandKind.Variable) Settle(i);
        }

        _settledBelow = _stack.Count;
    }

    /// <summary>Moves the top operands into <paramref name="targets"/>.</summary>
    private void MoveTo(LocalBuilder[] targets)
    {
        Consume(targets.Length);
        for (var i = targets.Length - 1; i >= 0; i--) _il.Emit(OpCodes.Stloc, targets[i]);
    }

    private void PushAll(LocalBuilder[] locals, IReadOnlyList<ValueType> types)
    {
        for (var i = 0; i < locals.Length; i++)
        {
            _il.Emit(OpCodes.Ldloc, locals[i]);
            Push(types[i]);
        }
    }

    private void EmitElse()
    {
        var frame = _control[^1];
        if (!_unreachable)
        {
            MoveTo(frame.Results);
            StashAll();
            frame.BranchedTo = true;
            _il.Emit(OpCodes.Br, frame.Target);
        }

        Truncate(frame.Height);
        frame.Opcode = Opcode.Else;
        _il.MarkLabel(frame.Else);
        ForgetChecks();
        _unreachable = false;
        PushAll(frame.Parameters, frame.Type.Parameters);
    }

    private void EmitEnd()
    {
        var frame = _control[^1];
        _control.RemoveAt(_control.Count - 1);
        if (_control.Count == 0)
        {
            EndFunction(frame);
            return;
        }

        var reachable = !_unreachable;
        if (reachable) MoveTo(frame.Results);
        Truncate(frame.Height);
        if (frame.Opcode == Opcode.If)
        {
            EndIfWithoutElse(frame, reachable);
            reachable = true;
        }

        var joined = frame.BranchedTo && frame.Opcode != Opcode.Loop;
        if (joined) _il.MarkLabel(frame.Target);
        if (joined || frame.Opcode == Opcode.If) ForgetChecks();
        foreach (var parameter in frame.Parameters) Free(parameter);
        _unreachable = !(reachable || joined);
        for (var i = 0; i < frame.Results.Length; i++)
        {
            if (_unreachable) Free(frame.Results[i]);
            else PushTemporary(frame.Type.Results[i], frame.Results[i]);
        }

        if (_unreachable) Truncate(_control[^1].Height);
    }

    /// <summary>An if without else passes its parameters on as its results; validation made sure that the types agree.</summary>
    private void EndIfWithoutElse(ControlFrame frame, bool reachable)
    {
        if (frame.Results.Length == 0)
        {
            _il.MarkLabel(frame.Else);
            return;
        }

        var end = _il.DefineLabel();
        if (reachable) _il.Emit(OpCodes.Br, end);
        _il.MarkLabel(frame.Else);
        for (var i = 0; i < frame.Results.Length; i++)
        {
            _il.Emit(OpCodes.Ldloc, frame.Parameters[i]);
            _il.Emit(OpCodes.Stloc, frame.Results[i]);
        }

        _il.MarkLabel(end);
    }

    private void EndFunction(ControlFrame frame)
    {
        if (!_unreachable) EmitReturn();
        if (!frame.BranchedTo) return;
        _il.MarkLabel(frame.Target);
        Truncate(0);
        for (var i = 0; i < frame.Results.Length; i++) PushTemporary(_type.Results[i], frame.Results[i]);
        EmitReturn();
    }

    private void Truncate(int height)
    {
        for (var i = _stack.Count - 1; i >= height; i--)
        {
            if (_stack[i].Kind == OperandKind.Temporary) Free(_stack[i].Local!);
        }

        if (_stack.Count > height) Remove(height);
    }

    private void Dead()
    {
        _unreachable = true;
        Truncate(_control[^1].Height);
    }

    private ControlFrame Frame(uint label) => _control[_control.Count - 1 - (int)label];

    private static LocalBuilder[] BranchValues(ControlFrame frame) => frame.Opcode == Opcode.Loop ? frame.Parameters : frame.Results;

    private void EmitBranch(uint label)
    {
        var frame = Frame(label);
        frame.BranchedTo = true;
        StashAll();
        MoveTo(BranchValues(frame));
        _il.Emit(OpCodes.Br, frame.Target);
        Dead();
    }

    private void EmitBranchIf(uint label)
    {
        var frame = Frame(label);
        frame.BranchedTo = true;
        LoadCondition();
        var values = BranchValues(frame);
        if (values.Length == 0)
        {
            _il.Emit(OpCodes.Brtrue, frame.Target);
            return;
        }

        var skip = _il.DefineLabel();
        _il.Emit(OpCodes.Brfalse, skip);
        CopyTo(values);
        _il.Emit(OpCodes.Br, frame.Target);
        _il.MarkLabel(skip);
    }

    /// <summary>As <see cref="MoveTo"/>, but the operands stay: nothing of them is on the CIL stack.</summary>
    private void CopyTo(LocalBuilder[] targets)
    {
        var start = _stack.Count - targets.Length;
        for (var i = 0; i < targets.Length; i++)
        {
            var operand = _stack[start + i];
            LoadAndKeep(operand);
        }

        for (var i = targets.Length - 1; i >= 0; i--) _il.Emit(OpCodes.Stloc, targets[i]);
    }

    private void EmitBranchTable(ref InstructionReader reader)
    {
        var labels = new ControlFrame[reader.ReadU32()];
        for (var i = 0; i < labels.Length; i++) labels[i] = Frame(reader.ReadU32());
        var other = Frame(reader.ReadU32());
        LoadCondition();
        var stubs = new Dictionary<ControlFrame, Label>();
        _il.Emit(OpCodes.Switch, Array.ConvertAll(labels, f => BranchLabel(f, stubs)));
        _il.Emit(OpCodes.Br, BranchLabel(other, stubs));
        foreach (var (frame, stub) in stubs)
        {
            _il.MarkLabel(stub);
            CopyTo(BranchValues(frame));
            _il.Emit(OpCodes.Br, frame.Target);
        }

        Dead();
    }

    private Label BranchLabel(ControlFrame frame, Dictionary<ControlFrame, Label> stubs)
    {
        frame.BranchedTo = true;
        if (BranchValues(frame).Length == 0) return frame.Target;
        if (!stubs.TryGetValue(frame, out var stub)) stubs.Add(frame, stub = _il.DefineLabel());
        return stub;
    }

    private void EmitReturn()
    {
        var count = _type.Results.Count;
        StashAll();
        if (count > 1) StoreExtras(count);
        if (count > 0) LoadAndKeep(_stack[_stack.Count - count]);
        _il.Emit(OpCodes.Ret);
    }

    private void StoreExtras(int count)
    {
        for (var i = 1; i < count; i++)
        {
            var operand = _stack[_stack.Count - count + i];
            LoadInstance();
            _il.Emit(OpCodes.Ldfld, operand.Type.IsReference() ? Members.ExtraReferences : Members.ExtraBits);
            LoadInteger(i);
            LoadAndKeep(operand);
            ToBits(operand.Type);
            _il.Emit(operand.Type.IsReference() ? OpCodes.Stelem_Ref : OpCodes.Stelem_I8);
        }
    }

    private void ToBits(ValueType type)
    {
        if (type == ValueType.F32) _il.Emit(OpCodes.Call, Members.SingleToInt32Bits);
        if (type == ValueType.F64) _il.Emit(OpCodes.Call, Members.DoubleToInt64Bits);
        if (type is ValueType.I32 or ValueType.F32) _il.Emit(OpCodes.Conv_U8);
    }

    private void FromBits(ValueType type)
    {
        if (type is ValueType.I32 or ValueType.F32) _il.Emit(OpCodes.Conv_I4);
        if (type == ValueType.F32) _il.Emit(OpCodes.Call, Members.Int32BitsToSingle);
        if (type == ValueType.F64) _il.Emit(OpCodes.Call, Members.Int64BitsToDouble);
    }
}
