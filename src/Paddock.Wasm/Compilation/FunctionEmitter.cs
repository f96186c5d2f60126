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
    private LocalBuilder? _length;
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
        _length = _il.DeclareLocal(typeof(nint));
        _il.Emit(OpCodes.Ldloc, _base);
        AddConstant(-8);
        _il.Emit(OpCodes.Stloc, _length);
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

    private void LoadInstance() => LoadArgument(_parameters);

    /// <summary>In the shortest form: RyuJIT stops optimising a method of more than 60,000 bytes of CIL.</summary>
    private void LoadArgument(int index)
    {
        if (index < 4) _il.Emit(index switch { 0 => OpCodes.Ldarg_0, 1 => OpCodes.Ldarg_1, 2 => OpCodes.Ldarg_2, _ => OpCodes.Ldarg_3 });
        else if (index <= byte.MaxValue) _il.Emit(OpCodes.Ldarg_S, (byte)index);
        else _il.Emit(OpCodes.Ldarg, (short)index);
    }

    private void StoreArgument(int index)
    {
        if (index <= byte.MaxValue) _il.Emit(OpCodes.Starg_S, (byte)index);
        else _il.Emit(OpCodes.Starg, (short)index);
    }

    /// <inheritdoc cref="LoadArgument"/>
    private void LoadInteger(int value)
    {
        if (value is >= -1 and <= 8) _il.Emit(SmallIntegers[value + 1]);
        else if (value is >= sbyte.MinValue and <= sbyte.MaxValue) _il.Emit(OpCodes.Ldc_I4_S, (sbyte)value);
        else _il.Emit(OpCodes.Ldc_I4, value);
    }

    private static readonly OpCode[] SmallIntegers =
    [
        OpCodes.Ldc_I4_M1, OpCodes.Ldc_I4_0, OpCodes.Ldc_I4_1, OpCodes.Ldc_I4_2, OpCodes.Ldc_I4_3,
        OpCodes.Ldc_I4_4, OpCodes.Ldc_I4_5, OpCodes.Ldc_I4_6, OpCodes.Ldc_I4_7, OpCodes.Ldc_I4_8,
    ];

    private void LoadVariable(int index)
    {
        if (index < _parameters) LoadArgument(index);
        else _il.Emit(OpCodes.Ldloc, _locals[index - _parameters]);
    }

    private void StoreVariable(int index)
    {
        if (index < _parameters) StoreArgument(index);
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
