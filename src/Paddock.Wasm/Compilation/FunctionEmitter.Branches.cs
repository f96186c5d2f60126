using System.Reflection.Emit;

namespace Paddock.Wasm.Compilation;

/// <summary>Branches and returns: values go into the target's temporaries, results after the first into the instance.</summary>
internal sealed partial class FunctionEmitter
{
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
