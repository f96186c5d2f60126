using System.Reflection.Emit;

namespace Paddock.Wasm.Compilation;

/// <summary>Locals, globals, tables by index, drop and select.</summary>
internal sealed partial class FunctionEmitter
{
    private void EmitVariable(int opcode, int index)
    {
        switch (opcode)
        {
            case Opcode.LocalGet:
                Add(new Operand(OperandKind.Variable, VariableType(index), Variable: index));
                break;
            case Opcode.LocalSet:
                SetVariable(index);
                break;
            case Opcode.LocalTee:
                SetVariable(index);
                Add(new Operand(OperandKind.Variable, VariableType(index), Variable: index));
                break;
            case Opcode.GlobalGet:
                EmitGlobalGet(index);
                break;
            case Opcode.GlobalSet:
                EmitGlobalSet(index);
                break;
            case Opcode.TableGet:
                EmitTableAccess(nameof(Instance.TableGet), 1, index);
                Push(_module.Tables[index].Element);
                break;
            case Opcode.TableSet:
                EmitTableAccess(nameof(Instance.TableSet), 2, index);
                break;
        }
    }

    private void EmitTableAccess(string operation, int operands, int table)
    {
        Consume(operands);
        LoadInteger(table);
        LoadInstance();
        _il.Emit(OpCodes.Call, Members.Operation(operation));
    }

    private void SetVariable(int index)
    {
        var value = Pop();
        if (value.Kind == OperandKind.Variable && value.Variable == index) return;
        SettleVariable(index);
        Load(value);
        StoreVariable(index);
        _checked.Remove(index);
    }

    private void EmitGlobalGet(int index)
    {
        var type = _module.Globals[index].Type;
        LoadGlobal(index, type);
        if (type.IsReference()) _il.Emit(OpCodes.Ldfld, Members.GlobalReference);
        else _il.Emit(type switch
        {
            ValueType.I32 => OpCodes.Ldind_I4,
            ValueType.I64 => OpCodes.Ldind_I8,
            ValueType.F32 => OpCodes.Ldind_R4,
            _ => OpCodes.Ldind_R8,
        });
        Push(type);
    }

    private void EmitGlobalSet(int index)
    {
        var type = _module.Globals[index].Type;
        if (_stack[^1].Kind == OperandKind.Stacked) Stash(_stack.Count - 1);
        var value = Pop();
        LoadGlobal(index, type);
        Load(value);
        if (type.IsReference()) _il.Emit(OpCodes.Stfld, Members.GlobalReference);
        else _il.Emit(type switch
        {
            ValueType.I32 => OpCodes.Stind_I4,
            ValueType.I64 => OpCodes.Stind_I8,
            ValueType.F32 => OpCodes.Stind_R4,
            _ => OpCodes.Stind_R8,
        });
    }

    /// <summary>Leaves the address of a number's cell on the CIL stack, or a reference's <see cref="Global"/>.</summary>
    private void LoadGlobal(int index, ValueType type)
    {
        LoadInstance();
        if (type.IsReference())
        {
            _il.Emit(OpCodes.Ldfld, Members.Globals);
            LoadInteger(index);
            _il.Emit(OpCodes.Ldelem_Ref);
        }
        else if (index >= _importedGlobals)
        {
            _il.Emit(OpCodes.Ldfld, Members.OwnGlobals);
            AddConstant((index - _importedGlobals) * 8L);
        }
        else
        {
            _il.Emit(OpCodes.Ldfld, Members.ImportedGlobals);
            AddConstant(index * 8L);
            _il.Emit(OpCodes.Ldind_I);
        }
    }

    private void EmitDrop()
    {
        var operand = Pop();
        if (operand.Kind == OperandKind.Stacked) _il.Emit(OpCodes.Pop);
        if (operand.Kind == OperandKind.Temporary) Free(operand.Local!);
    }

    private void EmitSelect()
    {
        StashAll();
        var condition = Pop();
        var other = Pop();
        var first = Pop();
        var result = Take(first.Type.Clr());
        var done = _il.DefineLabel();
        Load(first);
        _il.Emit(OpCodes.Stloc, result);
        Load(condition);
        _il.Emit(OpCodes.Brtrue, done);
        Load(other);
        _il.Emit(OpCodes.Stloc, result);
        _il.MarkLabel(done);
        PushTemporary(first.Type, result);
    }
}
