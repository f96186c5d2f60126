using System.Globalization;

namespace Paddock.Wasm.Conformance;

/// <summary>A host object for the suite's externref values.</summary>
internal sealed record HostReference(uint Id);

/// <summary>Values of the suite to values of the engine, and back for comparison: bit for bit.</summary>
internal static class SuiteValues
{
    private const string Null = "null", CanonicalNaN = "nan:canonical", ArithmeticNaN = "nan:arithmetic";

    public static WasmValue Parse(SuiteValue value) => value.Type switch
    {
        "i32" => WasmValue.FromI32((int)Bits32(value)),
        "i64" => WasmValue.FromI64((long)Bits64(value)),
        "f32" => WasmValue.FromF32(BitConverter.UInt32BitsToSingle(Bits32(value))),
        "f64" => WasmValue.FromF64(BitConverter.UInt64BitsToDouble(Bits64(value))),
        "externref" when value.Text != Null => WasmValue.FromRef(new HostReference(Bits32(value))),
        "externref" or "funcref" when value.Text == Null => WasmValue.FromRef(null),
        _ => throw new NotSupportedException($"argument {value}"),
    };

    public static bool Matches(SuiteValue expected, WasmValue actual) => expected.Type switch
    {
        "i32" => (uint)actual.AsI32() == Bits32(expected),
        "i64" => (ulong)actual.AsI64() == Bits64(expected),
        "f32" => MatchesF32(expected, BitConverter.SingleToUInt32Bits(actual.AsF32())),
        "f64" => MatchesF64(expected, BitConverter.DoubleToUInt64Bits(actual.AsF64())),
        "externref" or "funcref" when expected.Text == Null => actual.AsRef() is null,
        "externref" when expected.Text is not null => Equals(actual.AsRef(), new HostReference(Bits32(expected))),
        "externref" => actual.AsRef() is not null,
        "funcref" when expected.Text is null => actual.AsRef() is Function,
        _ => throw new NotSupportedException($"expectation {expected}"),
    };

    public static string Show(SuiteValue expected, WasmValue actual) => expected.Type switch
    {
        "i32" => ((uint)actual.AsI32()).ToString(CultureInfo.InvariantCulture),
        "f32" => BitConverter.SingleToUInt32Bits(actual.AsF32()).ToString(CultureInfo.InvariantCulture),
        "i64" or "f64" => ((ulong)actual.AsI64()).ToString(CultureInfo.InvariantCulture),
        _ => actual.AsRef()?.ToString() ?? Null,
    };

    /// <summary>A canonical NaN has the top bit of its payload set and no other; an arithmetic one has at least that (2.2.3).</summary>
    private static bool MatchesF32(SuiteValue expected, uint bits) => expected.Text switch
    {
        CanonicalNaN => (bits & 0x7FFF_FFFF) == 0x7FC0_0000,
        ArithmeticNaN => (bits & 0x7FC0_0000) == 0x7FC0_0000,
        _ => bits == Bits32(expected),
    };

    private static bool MatchesF64(SuiteValue expected, ulong bits) => expected.Text switch
    {
        CanonicalNaN => (bits & 0x7FFF_FFFF_FFFF_FFFF) == 0x7FF8_0000_0000_0000,
        ArithmeticNaN => (bits & 0x7FF8_0000_0000_0000) == 0x7FF8_0000_0000_0000,
        _ => bits == Bits64(expected),
    };

    private static uint Bits32(SuiteValue value) => uint.Parse(value.Text ?? "", CultureInfo.InvariantCulture);

    private static ulong Bits64(SuiteValue value) => ulong.Parse(value.Text ?? "", CultureInfo.InvariantCulture);
}
