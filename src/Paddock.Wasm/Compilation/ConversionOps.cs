using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Paddock.Wasm.Compilation;

/// <summary>Conversions (core 2.0, 4.3.2 and 4.3.3) that are more than one instruction of CIL. The bounds are the floats next to the integer range's ends.</summary>
internal static class ConversionOps
{
    internal static int I32TruncF32S(float a) => I32TruncF64S(a);

    internal static int I32TruncF32U(float a) => I32TruncF64U(a);

    internal static int I32TruncF64S(double a)
    {
        if (!(a > -2147483649.0 && a < 2147483648.0)) Fail(a);
        return (int)a;
    }

    internal static int I32TruncF64U(double a)
    {
        if (!(a > -1.0 && a < 4294967296.0)) Fail(a);
        return (int)(uint)(long)a;
    }

    internal static long I64TruncF32S(float a) => I64TruncF64S(a);

    internal static long I64TruncF32U(float a) => I64TruncF64U(a);

    internal static long I64TruncF64S(double a)
    {
        if (!(a >= -9223372036854775808.0 && a < 9223372036854775808.0)) Fail(a);
        return (long)a;
    }

    internal static long I64TruncF64U(double a)
    {
        if (!(a > -1.0 && a < 18446744073709551616.0)) Fail(a);
        return ToUInt64(a);
    }

    internal static int I32TruncSatF32S(float a) => I32TruncSatF64S(a);

    internal static int I32TruncSatF32U(float a) => I32TruncSatF64U(a);

    internal static int I32TruncSatF64S(double a) => double.IsNaN(a) ? 0 : a <= int.MinValue ? int.MinValue : a >= 2147483647.0 ? int.MaxValue : (int)a;

    internal static int I32TruncSatF64U(double a) => !(a > -1.0) ? 0 : a >= 4294967295.0 ? -1 : (int)(uint)(long)a;

    internal static long I64TruncSatF32S(float a) => I64TruncSatF64S(a);

    internal static long I64TruncSatF32U(float a) => I64TruncSatF64U(a);

    internal static long I64TruncSatF64S(double a) => double.IsNaN(a) ? 0 : a < -9223372036854775808.0 ? long.MinValue : a >= 9223372036854775808.0 ? long.MaxValue : (long)a;

    internal static long I64TruncSatF64U(double a) => !(a > -1.0) ? 0 : a >= 18446744073709551616.0 ? -1 : ToUInt64(a);

    internal static float F32ConvertI32U(int a) => (uint)a;

    internal static double F64ConvertI32U(int a) => (uint)a;

    // A value with the top bit set is halved first; its lowest bit is kept as sticky, so that rounding happens once.
    internal static float F32ConvertI64U(long a) => a >= 0 ? (float)a : (float)((long)((ulong)a >> 1) | (a & 1)) * 2;

    internal static double F64ConvertI64U(long a) => a >= 0 ? (double)a : (double)((long)((ulong)a >> 1) | (a & 1)) * 2;

    /// <summary>As an intrinsic, because the JIT folds a cast to float of a cast to double to nothing, and a signalling NaN stays signalling.</summary>
    internal static float F32DemoteF64(double a) => Sse2.IsSupported
        ? Sse2.ConvertScalarToVector128Single(Vector128<float>.Zero, Vector128.CreateScalarUnsafe(a)).ToScalar()
        : Demote(a);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float Demote(double a) => (float)a;

    private static long ToUInt64(double a) => a < 9223372036854775808.0 ? (long)a : (long)(a - 9223372036854775808.0) ^ long.MinValue;

    private static void Fail(double a) =>
        throw new TrapException(double.IsNaN(a) ? TrapCode.InvalidConversionToInteger : TrapCode.IntegerOverflow);
}
