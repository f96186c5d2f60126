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
}
