namespace Paddock.Wasm;

internal static class ValueTypeExtensions
{
    internal static bool IsReference(this ValueType type) => type is ValueType.FuncRef or ValueType.ExternRef;

    /// <summary>The CLR type that holds such a value in compiled code.</summary>
    internal static Type Clr(this ValueType type) => type switch
    {
        ValueType.I32 => typeof(int),
        ValueType.I64 => typeof(long),
        ValueType.F32 => typeof(float),
        ValueType.F64 => typeof(double),
        ValueType.FuncRef or ValueType.ExternRef => typeof(object),
        _ => throw new WasmException(WasmErrorKind.Unsupported, $"value type {type} is not supported"),
    };
}
