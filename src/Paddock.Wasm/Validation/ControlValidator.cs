namespace Paddock.Wasm;

/// <summary>The control instructions (3.3.8): opcodes 0x00 to 0x11.</summary>
internal sealed class ControlValidator(ModuleContext context)
{
    private static readonly ValueType[] s_none = [];
    private static readonly ValueType[][] s_single = [.. Enumerable.Range(0, 256).Select(type => new[] { (ValueType)type })];

    public void Check(int opcode, TypeStack stack, ref InstructionReader reader)
    {
        switch (opcode)
        {
            case Opcode.Nop: break;
            case Opcode.Unreachable: stack.MarkUnreachable(); break;
            case Opcode.Block or Opcode.Loop: Enter(opcode, stack, ref reader); break;
            case Opcode.If:
                stack.Pop(ValueType.I32);
                Enter(opcode, stack, ref reader);
                break;
            case Opcode.Else:
                var then = stack.Leave();
                stack.Enter(Opcode.Else, then.Start, then.End);
                break;
            case Opcode.End: CheckEnd(stack); break;
            case Opcode.Br:
                stack.CheckTop(stack.Label(reader.ReadU32()));
                stack.MarkUnreachable();
                break;
            case Opcode.BrIf: CheckBrIf(stack, reader.ReadU32()); break;
            case Opcode.BrTable: CheckBrTable(stack, ref reader); break;
            case Opcode.Return:
                stack.CheckTop(stack.FunctionResults);
                stack.MarkUnreachable();
                break;
            case Opcode.Call: Apply(stack, context.Function(reader.ReadU32(), stack.Offset)); break;
            case Opcode.CallIndirect: CheckCallIndirect(stack, ref reader); break;
            default: throw new InvalidOperationException($"The decoder let opcode 0x{opcode:x} through.");
        }
    }

    private void Enter(int opcode, TypeStack stack, ref InstructionReader reader)
    {
        var (start, end) = ReadBlockType(stack, ref reader);
        stack.Pop(start);
        stack.Enter(opcode, start, end);
    }

    private (ValueType[] Start, ValueType[] End) ReadBlockType(TypeStack stack, ref InstructionReader reader)
    {
        var block = reader.ReadS33();
        if (block == Opcode.EmptyBlockType) return (s_none, s_none);
        if (block < 0) return (s_none, s_single[(int)(block & 0x7F)]);
        var type = context.Type((uint)block, stack.Offset);
        return ((ValueType[])type.Parameters, (ValueType[])type.Results);
    }

    private static void CheckEnd(TypeStack stack)
    {
        var frame = stack.Leave();

        // An if without else does nothing when its condition is 0: it leaves what it took.
        if (frame.Opcode == Opcode.If && !frame.Start.AsSpan().SequenceEqual(frame.End)) throw ModuleValidator.Invalid("type mismatch: if without else", stack.Offset);
        if (stack.Depth > 0) stack.Push(frame.End);
    }

    private static void CheckBrIf(TypeStack stack, uint depth)
    {
        stack.Pop(ValueType.I32);
        var label = stack.Label(depth);
        stack.Pop(label);
        stack.Push(label);
    }

    private static void CheckBrTable(TypeStack stack, ref InstructionReader reader)
    {
        stack.Pop(ValueType.I32);
        var count = reader.ReadU32();
        ValueType[]? previous = null;
        for (uint i = 0; i <= count; i++)
        {
            var label = stack.Label(reader.ReadU32());
            if (ReferenceEquals(label, previous)) continue;
            if (previous is not null && label.Length != previous.Length) throw ModuleValidator.Invalid("type mismatch: br_table labels differ in arity", stack.Offset);
            stack.CheckTop(label);
            previous = label;
        }

        stack.MarkUnreachable();
    }

    private static void Apply(TypeStack stack, FuncType type)
    {
        stack.Pop((ValueType[])type.Parameters);
        stack.Push((ValueType[])type.Results);
    }

    private void CheckCallIndirect(TypeStack stack, ref InstructionReader reader)
    {
        var type = context.Type(reader.ReadU32(), stack.Offset);
        if (context.Table(reader.ReadU32(), stack.Offset) != ValueType.FuncRef) throw ModuleValidator.Invalid("type mismatch: call_indirect of a table of externref", stack.Offset);
        stack.Pop(ValueType.I32);
        Apply(stack, type);
    }
}
