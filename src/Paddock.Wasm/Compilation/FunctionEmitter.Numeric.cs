using System.Reflection;
using System.Reflection.Emit;

namespace Paddock.Wasm.Compilation;

/// <summary>Numeric instructions: one to three instructions of CIL, or a call of an operation with the instruction's name.</summary>
internal sealed partial class FunctionEmitter
{
    private static readonly OpCode[] Not = [OpCodes.Ldc_I4_0, OpCodes.Ceq];

    private static readonly Dictionary<int, NumericForm> Forms = CreateForms();

    private void EmitNumeric(int opcode)
    {
        var form = Forms[opcode];
        var opaque = form.Opaque is not null && (_stack[^1].Kind == OperandKind.Constant || _stack[^2].Kind == OperandKind.Constant);
        var depth = Consume(form.Operands);
        if (opaque) _il.Emit(OpCodes.Call, form.Opaque!);
        else if (form.Method is not null) _il.Emit(OpCodes.Call, form.Method);
        else EmitCodes(form.Codes!);
        Push(form.Result, depth);
    }

    private void EmitCodes(OpCode[] codes)
    {
        foreach (var code in codes)
        {
            // The count of a shift is taken modulo the width; CIL leaves a larger one undefined.
            if (code == OpCodes.Ldc_I4_S) _il.Emit(code, (sbyte)31);
            else if (code == OpCodes.Ldc_I4) _il.Emit(code, 63);
            else _il.Emit(code);
        }
    }

    /// <summary>How a numeric instruction is emitted. <see cref="Opaque"/> is used when an operand is a constant and folding would lose the quieting of a NaN.</summary>
    private sealed record NumericForm(int Operands, ValueType Result, OpCode[]? Codes, MethodInfo? Method, MethodInfo? Opaque = null);

    private static Dictionary<int, NumericForm> CreateForms()
    {
        var forms = new Dictionary<int, NumericForm>();
        AddComparisons(forms, Opcode.I32Eqz, integer: true, wide: false);
        AddComparisons(forms, Opcode.I64Eqz, integer: true, wide: true);
        AddFloatComparisons(forms, Opcode.F32Eq);
        AddFloatComparisons(forms, Opcode.F64Eq);
        AddIntegers(forms, Opcode.I32Clz, ValueType.I32, "I32");
        AddIntegers(forms, Opcode.I64Clz, ValueType.I64, "I64");
        AddFloats(forms, Opcode.F32Abs, ValueType.F32, "F32");
        AddFloats(forms, Opcode.F64Abs, ValueType.F64, "F64");
        AddConversions(forms);
        return forms;
    }

    private static void AddComparisons(Dictionary<int, NumericForm> forms, int first, bool integer, bool wide)
    {
        forms[first] = new NumericForm(1, ValueType.I32, wide ? [OpCodes.Ldc_I4_0, OpCodes.Conv_I8, OpCodes.Ceq] : Not, null);
        OpCode[][] codes =
        [
            [OpCodes.Ceq], [OpCodes.Ceq, .. Not],
            [OpCodes.Clt], [OpCodes.Clt_Un], [OpCodes.Cgt], [OpCodes.Cgt_Un],
            [OpCodes.Cgt, .. Not], [OpCodes.Cgt_Un, .. Not], [OpCodes.Clt, .. Not], [OpCodes.Clt_Un, .. Not],
        ];
        for (var i = 0; i < codes.Length; i++) forms[first + 1 + i] = new NumericForm(2, ValueType.I32, codes[i], null);
    }

    private static void AddFloatComparisons(Dictionary<int, NumericForm> forms, int first)
    {
        // With a NaN every comparison but ne is false; the negated ones therefore use the unordered opposite.
        OpCode[][] codes =
        [
            [OpCodes.Ceq], [OpCodes.Ceq, .. Not], [OpCodes.Clt], [OpCodes.Cgt], [OpCodes.Cgt_Un, .. Not], [OpCodes.Clt_Un, .. Not],
        ];
        for (var i = 0; i < codes.Length; i++) forms[first + i] = new NumericForm(2, ValueType.I32, codes[i], null);
    }

    private static void AddIntegers(Dictionary<int, NumericForm> forms, int first, ValueType type, string prefix)
    {
        string[] names = ["Clz", "Ctz", "Popcnt", "", "", "", "DivS", "DivU", "RemS", "RemU", "", "", "", "", "", "", "Rotl", "Rotr"];
        OpCode[] mask = type == ValueType.I32 ? [OpCodes.Ldc_I4_S, OpCodes.And] : [OpCodes.Conv_I4, OpCodes.Ldc_I4, OpCodes.And];
        Dictionary<int, OpCode[]> codes = new()
        {
            [3] = [OpCodes.Add], [4] = [OpCodes.Sub], [5] = [OpCodes.Mul],
            [10] = [OpCodes.And], [11] = [OpCodes.Or], [12] = [OpCodes.Xor],
            [13] = [.. mask, OpCodes.Shl], [14] = [.. mask, OpCodes.Shr], [15] = [.. mask, OpCodes.Shr_Un],
        };
        for (var i = 0; i < names.Length; i++)
        {
            var operands = i < 3 ? 1 : 2;
            forms[first + i] = codes.TryGetValue(i, out var code)
                ? new NumericForm(operands, type, code, null)
                : new NumericForm(operands, type, null, Members.Numeric(prefix + names[i]));
        }
    }

    private static void AddFloats(Dictionary<int, NumericForm> forms, int first, ValueType type, string prefix)
    {
        string[] names = ["Abs", "Neg", "Ceil", "Floor", "Trunc", "Nearest", "Sqrt", "Add", "Sub", "Mul", "Div", "Min", "Max", "Copysign"];
        OpCode[] arithmetic = [OpCodes.Add, OpCodes.Sub, OpCodes.Mul, OpCodes.Div];
        for (var i = 0; i < names.Length; i++)
        {
            forms[first + i] = i switch
            {
                1 => new NumericForm(1, type, [OpCodes.Neg], null),
                >= 7 and <= 10 => new NumericForm(2, type, [arithmetic[i - 7]], null, Members.Numeric(prefix + names[i])),
                _ => new NumericForm(i < 7 ? 1 : 2, type, null, Members.Numeric(prefix + names[i])),
            };
        }
    }

    private static void AddConversions(Dictionary<int, NumericForm> forms)
    {
        void Add(int opcode, ValueType result, params OpCode[] codes) => forms[opcode] = new NumericForm(1, result, codes, null);
        void AddCall(int opcode, ValueType result, string name) => forms[opcode] = new NumericForm(1, result, null, Members.Numeric(name));

        Add(Opcode.I32WrapI64, ValueType.I32, OpCodes.Conv_I4);
        Add(Opcode.I64ExtendI32S, ValueType.I64, OpCodes.Conv_I8);
        Add(Opcode.I64ExtendI32U, ValueType.I64, OpCodes.Conv_U8);
        Add(Opcode.F32ConvertI32S, ValueType.F32, OpCodes.Conv_R4);
        Add(Opcode.F32ConvertI64S, ValueType.F32, OpCodes.Conv_R4);
        Add(Opcode.F64ConvertI32S, ValueType.F64, OpCodes.Conv_R8);
        Add(Opcode.F64ConvertI64S, ValueType.F64, OpCodes.Conv_R8);
        Add(Opcode.F64PromoteF32, ValueType.F64, OpCodes.Conv_R8);
        Add(Opcode.I32Extend8S, ValueType.I32, OpCodes.Conv_I1);
        Add(Opcode.I32Extend16S, ValueType.I32, OpCodes.Conv_I2);
        Add(Opcode.I64Extend8S, ValueType.I64, OpCodes.Conv_I1, OpCodes.Conv_I8);
        Add(Opcode.I64Extend16S, ValueType.I64, OpCodes.Conv_I2, OpCodes.Conv_I8);
        Add(Opcode.I64Extend32S, ValueType.I64, OpCodes.Conv_I4, OpCodes.Conv_I8);
        AddCall(Opcode.F32DemoteF64, ValueType.F32, nameof(ConversionOps.F32DemoteF64));
        AddCall(Opcode.F32ConvertI32U, ValueType.F32, nameof(ConversionOps.F32ConvertI32U));
        AddCall(Opcode.F32ConvertI64U, ValueType.F32, nameof(ConversionOps.F32ConvertI64U));
        AddCall(Opcode.F64ConvertI32U, ValueType.F64, nameof(ConversionOps.F64ConvertI32U));
        AddCall(Opcode.F64ConvertI64U, ValueType.F64, nameof(ConversionOps.F64ConvertI64U));
        string[] sources = ["F32S", "F32U", "F64S", "F64U"];
        for (var i = 0; i < 4; i++)
        {
            AddCall(Opcode.I32TruncF32S + i, ValueType.I32, "I32Trunc" + sources[i]);
            AddCall(Opcode.I64TruncF32S + i, ValueType.I64, "I64Trunc" + sources[i]);
            AddCall(Opcode.I32TruncSatF32S + i, ValueType.I32, "I32TruncSat" + sources[i]);
            AddCall(Opcode.I64TruncSatF32S + i, ValueType.I64, "I64TruncSat" + sources[i]);
        }

        forms[Opcode.I32ReinterpretF32] = new NumericForm(1, ValueType.I32, null, Members.SingleToInt32Bits);
        forms[Opcode.I64ReinterpretF64] = new NumericForm(1, ValueType.I64, null, Members.DoubleToInt64Bits);
        forms[Opcode.F32ReinterpretI32] = new NumericForm(1, ValueType.F32, null, Members.Int32BitsToSingle);
        forms[Opcode.F64ReinterpretI64] = new NumericForm(1, ValueType.F64, null, Members.Int64BitsToDouble);
    }
}
