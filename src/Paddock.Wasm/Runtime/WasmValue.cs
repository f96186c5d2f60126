namespace Paddock.Wasm;

/// <summary>One value on its way between host and guest: 64 bits, or a reference. It does not carry its type; the function's type does.</summary>
public readonly struct WasmValue : IEquatable<WasmValue>
{
    internal readonly long Bits;
    internal readonly object? Reference;

    private WasmValue(long bits, object? reference)
    {
        Bits = bits;
        Reference = reference;
    }

    /// <summary>A 32-bit integer.</summary>
    public static WasmValue FromI32(int value) => new((uint)value, null);

    /// <summary>A 64-bit integer.</summary>
    public static WasmValue FromI64(long value) => new(value, null);

    /// <summary>A binary32, bit for bit.</summary>
    public static WasmValue FromF32(float value) => new((uint)BitConverter.SingleToInt32Bits(value), null);

    /// <summary>A binary64, bit for bit.</summary>
    public static WasmValue FromF64(double value) => new(BitConverter.DoubleToInt64Bits(value), null);

    /// <summary>A reference: a <see cref="Function"/> for funcref, any object for externref, null for the null reference.</summary>
    public static WasmValue FromRef(object? value) => new(0, value);

    /// <summary>A 32-bit integer.</summary>
    public static implicit operator WasmValue(int value) => FromI32(value);

    /// <summary>A 64-bit integer.</summary>
    public static implicit operator WasmValue(long value) => FromI64(value);

    /// <summary>A binary32.</summary>
    public static implicit operator WasmValue(float value) => FromF32(value);

    /// <summary>A binary64.</summary>
    public static implicit operator WasmValue(double value) => FromF64(value);

    /// <summary>The low 32 bits.</summary>
    public int AsI32() => (int)Bits;

    /// <summary>All 64 bits.</summary>
    public long AsI64() => Bits;

    /// <summary>The low 32 bits as a binary32.</summary>
    public float AsF32() => BitConverter.Int32BitsToSingle((int)Bits);

    /// <summary>All 64 bits as a binary64.</summary>
    public double AsF64() => BitConverter.Int64BitsToDouble(Bits);

    /// <summary>The reference, or null.</summary>
    public object? AsRef() => Reference;

    /// <inheritdoc/>
    public bool Equals(WasmValue other) => Bits == other.Bits && ReferenceEquals(Reference, other.Reference);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is WasmValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Bits, Reference);

    /// <summary>Bit equality.</summary>
    public static bool operator ==(WasmValue left, WasmValue right) => left.Equals(right);

    /// <summary>Bit inequality.</summary>
    public static bool operator !=(WasmValue left, WasmValue right) => !left.Equals(right);
}
