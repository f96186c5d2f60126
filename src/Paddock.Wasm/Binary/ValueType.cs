namespace Paddock.Wasm;

/// <summary>A value type, by its byte in the binary format (core 2.0, 5.3.1–5.3.4).</summary>
public enum ValueType : byte
{
    /// <summary>32-bit integer.</summary>
    I32 = 0x7F,

    /// <summary>64-bit integer.</summary>
    I64 = 0x7E,

    /// <summary>IEEE 754 binary32.</summary>
    F32 = 0x7D,

    /// <summary>IEEE 754 binary64.</summary>
    F64 = 0x7C,

    /// <summary>128-bit vector.</summary>
    V128 = 0x7B,

    /// <summary>Reference to a function, or null.</summary>
    FuncRef = 0x70,

    /// <summary>Reference to a host object, or null.</summary>
    ExternRef = 0x6F,
}

/// <summary>A function type. Equality is structural, as the specification's is.</summary>
public sealed class FuncType(IReadOnlyList<ValueType> parameters, IReadOnlyList<ValueType> results) : IEquatable<FuncType>
{
    /// <summary>Parameter types, in order.</summary>
    public IReadOnlyList<ValueType> Parameters { get; } = parameters;

    /// <summary>Result types, in order.</summary>
    public IReadOnlyList<ValueType> Results { get; } = results;

    /// <inheritdoc/>
    public bool Equals(FuncType? other) => other is not null
        && Parameters.SequenceEqual(other.Parameters) && Results.SequenceEqual(other.Results);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FuncType);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var p in Parameters) hash.Add(p);
        hash.Add(-1);
        foreach (var r in Results) hash.Add(r);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => $"({string.Join(' ', Parameters)}) -> ({string.Join(' ', Results)})";
}

/// <summary>Size limits of a table or memory, in elements or 64 KiB pages.</summary>
/// <param name="Minimum">Initial size.</param>
/// <param name="Maximum">Greatest size; null for none declared.</param>
public readonly record struct SizeLimits(uint Minimum, uint? Maximum);

/// <summary>Type of a table.</summary>
public readonly record struct TableType(ValueType Element, SizeLimits Limits);

/// <summary>Type of a global.</summary>
public readonly record struct GlobalType(ValueType Type, bool Mutable);
