using System.Numerics;
using System.Runtime.CompilerServices;

namespace Paddock.Wasm.Compilation;

/// <summary>Numeric instructions (core 2.0, 4.3) that are more than one instruction of CIL. Named as in the specification, so that the emitter finds them by name.</summary>
internal static class NumericOps
{
    internal static int I32Clz(int a) => BitOperations.LeadingZeroCount((uint)a);

    internal static int I32Ctz(int a) => BitOperations.TrailingZeroCount(a);

    internal static int I32Popcnt(int a) => BitOperations.PopCount((uint)a);

    internal static long I64Clz(long a) => BitOperations.LeadingZeroCount((ulong)a);

    internal static long I64Ctz(long a) => BitOperations.TrailingZeroCount(a);

    internal static long I64Popcnt(long a) => BitOperations.PopCount((ulong)a);

    internal static int I32Rotl(int a, int b) => (int)BitOperations.RotateLeft((uint)a, b);

    internal static int I32Rotr(int a, int b) => (int)BitOperations.RotateRight((uint)a, b);

    internal static long I64Rotl(long a, long b) => (long)BitOperations.RotateLeft((ulong)a, (int)b);

    internal static long I64Rotr(long a, long b) => (long)BitOperations.RotateRight((ulong)a, (int)b);

    internal static int I32DivS(int a, int b)
    {
        if (b == 0) DivideByZero();
        if (b == -1 && a == int.MinValue) Overflow();
        return a / b;
    }

    internal static int I32DivU(int a, int b)
    {
        if (b == 0) DivideByZero();
        return (int)((uint)a / (uint)b);
    }

    internal static int I32RemS(int a, int b)
    {
        if (b == 0) DivideByZero();
        return b == -1 ? 0 : a % b;
    }

    internal static int I32RemU(int a, int b)
    {
        if (b == 0) DivideByZero();
        return (int)((uint)a % (uint)b);
    }

    internal static long I64DivS(long a, long b)
    {
        if (b == 0) DivideByZero();
        if (b == -1 && a == long.MinValue) Overflow();
        return a / b;
    }

    internal static long I64DivU(long a, long b)
    {
        if (b == 0) DivideByZero();
        return (long)((ulong)a / (ulong)b);
    }

    internal static long I64RemS(long a, long b)
    {
        if (b == 0) DivideByZero();
        return b == -1 ? 0 : a % b;
    }

    internal static long I64RemU(long a, long b)
    {
        if (b == 0) DivideByZero();
        return (long)((ulong)a % (ulong)b);
    }

    internal static float F32Abs(float a) => MathF.Abs(a);

    internal static float F32Ceil(float a) => Quiet(a) ?? MathF.Ceiling(a);

    internal static float F32Floor(float a) => Quiet(a) ?? MathF.Floor(a);

    internal static float F32Trunc(float a) => Quiet(a) ?? MathF.Truncate(a);

    internal static float F32Nearest(float a) => Quiet(a) ?? MathF.Round(a, MidpointRounding.ToEven);

    internal static float F32Sqrt(float a) => MathF.Sqrt(a);

    internal static float F32Min(float a, float b) => float.IsNaN(a) || float.IsNaN(b) ? a + b : MathF.Min(a, b);

    internal static float F32Max(float a, float b) => float.IsNaN(a) || float.IsNaN(b) ? a + b : MathF.Max(a, b);

    internal static float F32Copysign(float a, float b) => MathF.CopySign(a, b);

    internal static double F64Abs(double a) => Math.Abs(a);

    internal static double F64Ceil(double a) => Quiet(a) ?? Math.Ceiling(a);

    internal static double F64Floor(double a) => Quiet(a) ?? Math.Floor(a);

    internal static double F64Trunc(double a) => Quiet(a) ?? Math.Truncate(a);

    internal static double F64Nearest(double a) => Quiet(a) ?? Math.Round(a, MidpointRounding.ToEven);

    internal static double F64Sqrt(double a) => Math.Sqrt(a);

    internal static double F64Min(double a, double b) => double.IsNaN(a) || double.IsNaN(b) ? a + b : Math.Min(a, b);

    internal static double F64Max(double a, double b) => double.IsNaN(a) || double.IsNaN(b) ? a + b : Math.Max(a, b);

    internal static double F64Copysign(double a, double b) => Math.CopySign(a, b);

    // Arithmetic with a constant operand goes through these: inlined, the JIT folds x * 1 and x - 0 to x, and a signalling NaN stays signalling.
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static float F32Add(float a, float b) => a + b;

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static float F32Sub(float a, float b) => a - b;

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static float F32Mul(float a, float b) => a * b;

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static float F32Div(float a, float b) => a / b;

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static double F64Add(double a, double b) => a + b;

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static double F64Sub(double a, double b) => a - b;

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static double F64Mul(double a, double b) => a * b;

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static double F64Div(double a, double b) => a / b;

    /// <summary>A NaN by its bits. Not inlined: the JIT keeps a float constant as a double, and that quiets a signalling NaN.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static float F32FromBits(int bits) => BitConverter.Int32BitsToSingle(bits);

    private static float? Quiet(float a) => float.IsNaN(a) ? a + a : null;

    private static double? Quiet(double a) => double.IsNaN(a) ? a + a : null;

    private static void DivideByZero() => throw new TrapException(TrapCode.IntegerDivideByZero);

    private static void Overflow() => throw new TrapException(TrapCode.IntegerOverflow);
}
