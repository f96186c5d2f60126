namespace Paddock.Wasm;

/// <summary>
/// Constant expressions (3.3.10). In core 2.0 none of their instructions takes an operand, so one is valid exactly when it pushes one value, of the expected type.
/// Each function it refers to becomes declared (C.refs).
/// </summary>
internal sealed class ConstantValidator(ModuleContext context)
{
    public void Check(ConstExpr expression, ValueType expected)
    {
        var reader = new InstructionReader(context.Module.Bytes.Span, expression.Start, expression.Start + expression.Length);
        var pushed = 0;
        while (true)
        {
            var offset = reader.Position;
            var opcode = reader.ReadByte();
            if (opcode == Opcode.End) break;
            var actual = ReadConstant(opcode, ref reader, offset);
            if (++pushed > 1 || actual != expected) throw ModuleValidator.Invalid($"type mismatch: constant expression of {expected}", offset);
        }

        if (pushed != 1) throw ModuleValidator.Invalid($"type mismatch: constant expression of {expected}", reader.Position);
    }

    private ValueType ReadConstant(byte opcode, ref InstructionReader reader, int offset)
    {
        switch (opcode)
        {
            case Opcode.I32Const: reader.ReadS32(); return ValueType.I32;
            case Opcode.I64Const: reader.ReadS64(); return ValueType.I64;
            case Opcode.F32Const: reader.ReadF32Bits(); return ValueType.F32;
            case Opcode.F64Const: reader.ReadF64Bits(); return ValueType.F64;
            case Opcode.RefNull: return (ValueType)reader.ReadByte();
            case Opcode.RefFunc:
                var function = reader.ReadU32();
                context.CheckFunction(function, offset);
                context.DeclareReference(function);
                return ValueType.FuncRef;
            case Opcode.GlobalGet: return Global(reader.ReadU32(), offset);
            default: throw ModuleValidator.Invalid("constant expression required", offset);
        }
    }

    /// <summary>Imported globals only: the module's own are not there yet when the expression is evaluated (3.4.10).</summary>
    private ValueType Global(uint index, int offset)
    {
        if (index >= (uint)context.ImportedGlobals) throw ModuleValidator.Invalid($"unknown global {index}", offset);
        var global = context.Global(index, offset);
        return global.Mutable ? throw ModuleValidator.Invalid("constant expression required", offset) : global.Type;
    }
}
