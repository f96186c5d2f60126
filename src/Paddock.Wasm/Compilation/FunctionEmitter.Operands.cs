using System.Reflection.Emit;
using System.Runtime.InteropServices;

namespace Paddock.Wasm.Compilation;

/// <summary>The operand stack: what is where, and getting it onto the CIL stack in order.</summary>
internal sealed partial class FunctionEmitter
{
    // Below these heights nothing is on the CIL stack, or nothing at all is deferred: a function that keeps many operands is not searched again and again.
    private int _stashedBelow;
    private int _settledBelow;

    // How many operands stand for each variable, so that setting one that no operand stands for costs nothing.
    private readonly Dictionary<int, int> _deferred = [];

    private void Add(Operand operand)
    {
        _stack.Add(operand);
        if (operand.Kind == OperandKind.Variable) CollectionsMarshal.GetValueRefOrAddDefault(_deferred, operand.Variable, out _)++;
    }

    private void Remove(int start)
    {
        for (var i = start; i < _stack.Count; i++)
        {
            if (_stack[i].Kind == OperandKind.Variable) _deferred[_stack[i].Variable]--;
        }

        _stack.RemoveRange(start, _stack.Count - start);
        _stashedBelow = Math.Min(_stashedBelow, start);
        _settledBelow = Math.Min(_settledBelow, start);
    }

    private void Push(ValueType type, int depth = 0)
    {
        Add(new Operand(OperandKind.Stacked, type, Depth: depth + 1));
        if (depth + 1 > MaxDepth) StashAll();
    }

    private void PushConstant(ValueType type, long bits) => Add(new Operand(OperandKind.Constant, type, Bits: bits));

    private void PushTemporary(ValueType type, LocalBuilder local) => Add(new Operand(OperandKind.Temporary, type, Local: local));

    private Operand Pop()
    {
        var operand = _stack[^1];
        Remove(_stack.Count - 1);
        return operand;
    }

    /// <summary>Puts the top <paramref name="count"/> operands onto the CIL stack, in order, and takes them off the operand stack. Returns the depth of the deepest.</summary>
    private int Consume(int count)
    {
        var start = _stack.Count - count;
        var firstDeferred = start;
        while (firstDeferred < _stack.Count && _stack[firstDeferred].Kind == OperandKind.Stacked) firstDeferred++;
        for (var i = _stack.Count - 1; i > firstDeferred; i--)
        {
            if (_stack[i].Kind == OperandKind.Stacked) Stash(i);
        }

        var depth = 0;
        for (var i = start; i < _stack.Count; i++)
        {
            depth = Math.Max(depth, _stack[i].Depth);
            if (i >= firstDeferred) Load(_stack[i]);
        }

        Remove(start);
        return depth;
    }

    /// <summary>Moves the operand that is on top of the CIL stack into a temporary.</summary>
    private void Stash(int index)
    {
        var operand = _stack[index];
        var local = Take(operand.Type.Clr());
        _il.Emit(OpCodes.Stloc, local);
        _stack[index] = new Operand(OperandKind.Temporary, operand.Type, Local: local);
    }

    /// <summary>Empties the CIL stack.</summary>
    private void StashAll()
    {
        for (var i = _stack.Count - 1; i >= _stashedBelow; i--)
        {
            if (_stack[i].Kind == OperandKind.Stacked) Stash(i);
        }

        _stashedBelow = _stack.Count;
    }

    private void SettleVariable(int variable)
    {
        // From the top, and no further than the last one: what is found deep in the stack is not looked for there again.
        for (var i = _stack.Count - 1; _deferred.GetValueOrDefault(variable) > 0; i--)
        {
            if (_stack[i].Kind == OperandKind.Variable && _stack[i].Variable == variable) Settle(i);
        }
    }

    private void Settle(int index)
    {
        var operand = _stack[index];
        var local = Take(operand.Type.Clr());
        LoadVariable(operand.Variable);
        _il.Emit(OpCodes.Stloc, local);
        _deferred[operand.Variable]--;
        _stack[index] = new Operand(OperandKind.Temporary, operand.Type, Local: local);
    }

    private void Load(Operand operand)
    {
        switch (operand.Kind)
        {
            case OperandKind.Constant:
                LoadConstant(operand.Type, operand.Bits);
                break;
            case OperandKind.Variable:
                LoadVariable(operand.Variable);
                break;
            case OperandKind.Temporary:
                _il.Emit(OpCodes.Ldloc, operand.Local!);
                Free(operand.Local!);
                break;
        }
    }

    /// <summary>As <see cref="Load"/>, but the operand stays on the operand stack and keeps its temporary.</summary>
    private void LoadAndKeep(Operand operand)
    {
        if (operand.Kind == OperandKind.Temporary) _il.Emit(OpCodes.Ldloc, operand.Local!);
        else Load(operand);
    }

    private void LoadConstant(ValueType type, long bits)
    {
        switch (type)
        {
            case ValueType.I32:
                LoadInteger((int)bits);
                break;
            case ValueType.I64:
                _il.Emit(OpCodes.Ldc_I8, bits);
                break;
            case ValueType.F32:
                LoadFloat((int)bits);
                break;
            case ValueType.F64:
                LoadDouble(bits);
                break;
            default:
                _il.Emit(OpCodes.Ldnull);
                break;
        }
    }

    private void LoadFloat(int bits)
    {
        if (float.IsNaN(BitConverter.Int32BitsToSingle(bits)))
        {
            LoadInteger(bits);
            _il.Emit(OpCodes.Call, Members.Numeric(nameof(NumericOps.F32FromBits)));
            return;
        }

        _il.Emit(OpCodes.Ldc_R4, BitConverter.Int32BitsToSingle(bits));
    }

    private void LoadDouble(long bits)
    {
        if (double.IsNaN(BitConverter.Int64BitsToDouble(bits)))
        {
            _il.Emit(OpCodes.Ldc_I8, bits);
            _il.Emit(OpCodes.Call, Members.Int64BitsToDouble);
            return;
        }

        _il.Emit(OpCodes.Ldc_R8, BitConverter.Int64BitsToDouble(bits));
    }
}
