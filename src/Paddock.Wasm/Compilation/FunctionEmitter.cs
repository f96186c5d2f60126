using System.Reflection;
using System.Reflection.Emit;

namespace Paddock.Wasm.Compilation;

/// <summary>
/// Emits one function. Values stay on the CIL stack only within straight code: at every label, and wherever a check branches, the CIL stack is
/// empty, because RyuJIT spills what is on it across blocks into fresh temporaries.
/// </summary>
internal sealed partial class FunctionEmitter
{
    /// <summary>Locals and temporaries of one function. Eight bytes each, so that a frame fits the stack that is kept in reserve (<see cref="StackBounds.ReservedBytes"/>).</summary>
    private const int MaxLocals = 12_000;

    // RyuJIT walks expression trees by recursion; a tree this deep is cut by a temporary.
    private const int MaxDepth = 40;

    private readonly DecodedModule _module;
    private readonly MethodBuilder?[] _methods;
    private readonly FuncType _type;
    private readonly FunctionBody _body;
    private readonly ILGenerator _il;
    private readonly ValueType[] _variableTypes;
    private readonly LocalBuilder[] _locals;
    private readonly List<Operand> _stack = [];
    private readonly List<ControlFrame> _control = [];
    private readonly Dictionary<Type, Stack<LocalBuilder>> _free = [];
    private readonly int _parameters;
    private readonly int _importedGlobals;
    private LocalBuilder? _base;
    private Label _outOfBounds;
    private Label _interrupted;
    private bool _outOfBoundsUsed;
    private bool _interruptedUsed;
    private int _localCount;

    internal FunctionEmitter(DecodedModule module, MethodBuilder?[] methods, int index, FunctionBody body, ILGenerator il)
    {
        _module = module;
        _methods = methods;
        _type = module.Types[(int)module.Functions[index]];
        _body = body;
        _il = il;
        _parameters = _type.Parameters.Count;
        _importedGlobals = module.ImportedGlobals;
        if (_parameters + body.LocalCount > MaxLocals) throw TooLarge();
        _variableTypes = [.. _type.Parameters, .. body.Locals.SelectMany(l => Enumerable.Repeat(l.Type, (int)l.Count))];
        _locals = [.. _variableTypes.Skip(_parameters).Select(t => il.DeclareLocal(t.Clr()))];
        _localCount = _locals.Length;
    }

    internal void Emit()
    {
        _outOfBounds = _il.DefineLabel();
        _interrupted = _il.DefineLabel();
        var reader = new InstructionReader(_module.Bytes.Span, _body.CodeStart, _body.CodeStart + _body.CodeLength);
        EmitPrologue();
        PushFunctionFrame();
        while (_control.Count > 0)
        {
            int opcode = reader.ReadByte();
            if (opcode == Opcode.PrefixFC) opcode = 0xFC00 + (int)reader.ReadU32();
            EmitInstruction(opcode, ref reader);
        }

        EmitTrapBlocks();
    }

    private void EmitPrologue()
    {
        // The address of a local is as good as the stack pointer, and a compare is far cheaper than EnsureSufficientExecutionStack.
        var marker = _il.DeclareLocal(typeof(int));
        var enough = _il.DefineLabel();
        _il.Emit(OpCodes.Ldloca, marker);
        _il.Emit(OpCodes.Conv_U);
        LoadInstance();
        _il.Emit(OpCodes.Ldfld, Members.StackLimit);
        _il.Emit(OpCodes.Bge_Un, enough);
        LoadInstance();
        _il.Emit(OpCodes.Call, Members.StackCheckFailed);
        _il.MarkLabel(enough);
        if (_module.Memories.Count == 0) return;
        _base = _il.DeclareLocal(typeof(nint));
        LoadInstance();
        _il.Emit(OpCodes.Ldfld, Members.MemoryBase);
        _il.Emit(OpCodes.Stloc, _base);
    }

    private void EmitTrapBlocks()
    {
        if (_outOfBoundsUsed) EmitTrapBlock(_outOfBounds, Members.ThrowOutOfBounds);
        if (_interruptedUsed) EmitTrapBlock(_interrupted, Members.ThrowInterrupted);
    }

    private void EmitTrapBlock(Label label, MethodInfo thrower)
    {
        _il.MarkLabel(label);
        _il.Emit(OpCodes.Call, thrower);
        EmitDeadEnd();
    }

    /// <summary>Ends a path that never gets here: CIL wants to see it end.</summary>
    private void EmitDeadEnd()
    {
        _il.Emit(OpCodes.Ldnull);
        _il.Emit(OpCodes.Throw);
    }

    private void LoadInstance() => _il.Emit(OpCodes.Ldarg, (short)_parameters);

    private void LoadVariable(int index)
    {
        if (index < _parameters) _il.Emit(OpCodes.Ldarg, (short)index);
        else _il.Emit(OpCodes.Ldloc, _locals[index - _parameters]);
    }

    private void StoreVariable(int index)
    {
        if (index < _parameters) _il.Emit(OpCodes.Starg, (short)index);
        else _il.Emit(OpCodes.Stloc, _locals[index - _parameters]);
    }

    private ValueType VariableType(int index) => _variableTypes[index];

    private LocalBuilder Take(Type type)
    {
        if (_free.TryGetValue(type, out var free) && free.Count > 0) return free.Pop();
        if (++_localCount > MaxLocals) throw TooLarge();
        return _il.DeclareLocal(type);
    }

    private void Free(LocalBuilder local)
    {
        if (!_free.TryGetValue(local.LocalType, out var free)) _free.Add(local.LocalType, free = new Stack<LocalBuilder>());
        free.Push(local);
    }

    private static WasmException TooLarge() => new(WasmErrorKind.TooLarge, $"a function with more than {MaxLocals} locals and temporaries");
}
