namespace Paddock.Wasm;

/// <summary>
/// Checks function bodies (3.3, by the appendix's algorithm), one after another on the same stacks. The decoder has checked the encoding:
/// immediates are read here without asking whether they are well-formed.
/// </summary>
internal sealed class FunctionValidator(ModuleContext context)
{
    private readonly TypeStack _stack = new();
    private readonly LocalTypes _locals = new();
    private readonly ControlValidator _control = new(context);

    /// <exception cref="WasmException">Invalid.</exception>
    public void Validate(FunctionBody body, uint typeIndex)
    {
        var type = context.Type(typeIndex, body.CodeStart);
        var parameters = (ValueType[])type.Parameters;
        _locals.Reset(parameters, body.Locals);
        _stack.Reset();
        _stack.Enter(Opcode.Block, [], (ValueType[])type.Results);
        var reader = new InstructionReader(context.Module.Bytes.Span, body.CodeStart, body.CodeStart + body.CodeLength);
        while (_stack.Depth > 0)
        {
            _stack.Offset = reader.Position;
            Check(reader.ReadByte(), ref reader);
        }
    }

    private void Check(int opcode, ref InstructionReader reader)
    {
        switch (opcode)
        {
            case >= Opcode.I32Eqz and <= Opcode.I64Extend32S: Apply(Signatures.Numeric(opcode)); break;
            case >= Opcode.I32Load and <= Opcode.I64Store32: CheckAccess(opcode, ref reader); break;
            case Opcode.LocalGet: _stack.Push(_locals.Get(reader.ReadU32(), _stack.Offset)); break;
            case Opcode.LocalSet: _stack.Pop(_locals.Get(reader.ReadU32(), _stack.Offset)); break;
            case Opcode.LocalTee:
                var local = _locals.Get(reader.ReadU32(), _stack.Offset);
                _stack.Pop(local);
                _stack.Push(local);
                break;
            case Opcode.I32Const: reader.ReadS32(); _stack.Push(ValueType.I32); break;
            case Opcode.I64Const: reader.ReadS64(); _stack.Push(ValueType.I64); break;
            case Opcode.F32Const: reader.ReadF32Bits(); _stack.Push(ValueType.F32); break;
            case Opcode.F64Const: reader.ReadF64Bits(); _stack.Push(ValueType.F64); break;
            case <= Opcode.CallIndirect: _control.Check(opcode, _stack, ref reader); break;
            case Opcode.Drop: _stack.Pop(); break;
            case Opcode.Select: CheckSelect(); break;
            case Opcode.SelectTyped: CheckTypedSelect(ref reader); break;
            case Opcode.PrefixFC: CheckPageFC(0xFC00 + (int)reader.ReadU32(), ref reader); break;
            default: CheckIndexed(opcode, ref reader); break;
        }
    }

    private void Apply(Signature signature)
    {
        _stack.Pop(signature.Second);
        if (signature.First != Signature.None) _stack.Pop(signature.First);
        _stack.Push(signature.Result);
    }

    private void CheckAccess(int opcode, ref InstructionReader reader)
    {
        context.CheckMemory(0, _stack.Offset);
        var access = Signatures.Access(opcode);
        var alignment = reader.ReadU32();
        reader.ReadU32();
        if (alignment > access.Alignment) throw Invalid("alignment must not be larger than natural");
        var store = opcode >= Opcode.I32Store;
        if (store) _stack.Pop(access.Type);
        _stack.Pop(ValueType.I32);
        if (!store) _stack.Push(access.Type);
    }

    /// <summary>The untyped select takes numbers only (3.3.2.3).</summary>
    private void CheckSelect()
    {
        _stack.Pop(ValueType.I32);
        var second = _stack.Pop();
        var first = _stack.Pop();
        if (first.IsReference() || second.IsReference()) throw Invalid("type mismatch: select of references needs a type");
        if (first != second && first != TypeStack.Unknown && second != TypeStack.Unknown) throw Invalid("type mismatch: select of two types");
        _stack.Push(first == TypeStack.Unknown ? second : first);
    }

    private void CheckTypedSelect(ref InstructionReader reader)
    {
        if (reader.ReadU32() != 1) throw Invalid("invalid result arity");
        var type = (ValueType)reader.ReadByte();
        _stack.Pop(ValueType.I32);
        _stack.Pop(type);
        _stack.Pop(type);
        _stack.Push(type);
    }

    /// <summary>The instructions on globals, tables, references and the memory's size.</summary>
    private void CheckIndexed(int opcode, ref InstructionReader reader)
    {
        switch (opcode)
        {
            case Opcode.GlobalGet: _stack.Push(context.Global(reader.ReadU32(), _stack.Offset).Type); break;
            case Opcode.GlobalSet:
                var global = context.Global(reader.ReadU32(), _stack.Offset);
                if (!global.Mutable) throw Invalid("global is immutable");
                _stack.Pop(global.Type);
                break;
            case Opcode.TableGet: Operate(ValueType.I32, context.Table(reader.ReadU32(), _stack.Offset)); break;
            case Opcode.TableSet:
                _stack.Pop(context.Table(reader.ReadU32(), _stack.Offset));
                _stack.Pop(ValueType.I32);
                break;
            case Opcode.MemorySize:
                CheckMemory(ref reader);
                _stack.Push(ValueType.I32);
                break;
            case Opcode.MemoryGrow:
                CheckMemory(ref reader);
                Operate(ValueType.I32, ValueType.I32);
                break;
            case Opcode.RefNull: _stack.Push((ValueType)reader.ReadByte()); break;
            case Opcode.RefIsNull:
                var reference = _stack.Pop();
                if (!reference.IsReference() && reference != TypeStack.Unknown) throw Invalid("type mismatch: ref.is_null of a number");
                _stack.Push(ValueType.I32);
                break;
            case Opcode.RefFunc: CheckRefFunc(reader.ReadU32()); break;
            default: throw Unreached(opcode);
        }
    }

    private void CheckRefFunc(uint function)
    {
        context.CheckFunction(function, _stack.Offset);
        if (!context.IsDeclared(function)) throw Invalid("undeclared function reference");
        _stack.Push(ValueType.FuncRef);
    }

    private void CheckPageFC(int opcode, ref InstructionReader reader)
    {
        var offset = _stack.Offset;
        switch (opcode)
        {
            case <= Opcode.I64TruncSatF64U: Apply(Signatures.Saturating(opcode)); break;
            case Opcode.MemoryInit: CheckMemoryInit(ref reader); break;
            case Opcode.DataDrop: context.CheckData(reader.ReadU32(), offset); break;
            case Opcode.MemoryCopy: CheckMemory(ref reader); CheckMemory(ref reader); PopRange(ValueType.I32); break;
            case Opcode.MemoryFill: CheckMemory(ref reader); PopRange(ValueType.I32); break;
            case Opcode.TableInit:
                var segment = context.Element(reader.ReadU32(), offset);
                if (context.Table(reader.ReadU32(), offset) != segment) throw Invalid("type mismatch: table.init");
                PopRange(ValueType.I32);
                break;
            case Opcode.ElemDrop: context.Element(reader.ReadU32(), offset); break;
            case Opcode.TableCopy:
                var target = context.Table(reader.ReadU32(), offset);
                if (context.Table(reader.ReadU32(), offset) != target) throw Invalid("type mismatch: table.copy");
                PopRange(ValueType.I32);
                break;
            case Opcode.TableGrow:
                _stack.Pop(ValueType.I32);
                Operate(context.Table(reader.ReadU32(), offset), ValueType.I32);
                break;
            case Opcode.TableSize: context.Table(reader.ReadU32(), offset); _stack.Push(ValueType.I32); break;
            case Opcode.TableFill: PopRange(context.Table(reader.ReadU32(), offset)); break;
            default: throw Unreached(opcode);
        }
    }

    private void CheckMemoryInit(ref InstructionReader reader)
    {
        context.CheckData(reader.ReadU32(), _stack.Offset);
        CheckMemory(ref reader);
        PopRange(ValueType.I32);
    }

    /// <summary>Where, what (or from where), how many: the operands of the bulk instructions.</summary>
    private void PopRange(ValueType source)
    {
        _stack.Pop(ValueType.I32);
        _stack.Pop(source);
        _stack.Pop(ValueType.I32);
    }

    private void CheckMemory(ref InstructionReader reader) => context.CheckMemory(reader.ReadByte(), _stack.Offset);

    private void Operate(ValueType operand, ValueType result)
    {
        _stack.Pop(operand);
        _stack.Push(result);
    }

    private WasmException Invalid(string message) => ModuleValidator.Invalid(message, _stack.Offset);

    private static InvalidOperationException Unreached(int opcode) => new($"The decoder let opcode 0x{opcode:x} through.");
}
