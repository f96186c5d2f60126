namespace Paddock.Wasm;

/// <summary>Why a guest stopped. The first eleven are the specification's traps; the rest are the host's limits.</summary>
public enum TrapCode
{
    /// <summary>unreachable executed.</summary>
    Unreachable,

    /// <summary>Out of bounds memory access.</summary>
    MemoryOutOfBounds,

    /// <summary>Out of bounds table access.</summary>
    TableOutOfBounds,

    /// <summary>Undefined element: call_indirect beyond the table.</summary>
    UndefinedElement,

    /// <summary>Uninitialized element: call_indirect of a null reference.</summary>
    UninitializedElement,

    /// <summary>Indirect call type mismatch.</summary>
    IndirectCallTypeMismatch,

    /// <summary>Integer divide by zero.</summary>
    IntegerDivideByZero,

    /// <summary>Integer overflow.</summary>
    IntegerOverflow,

    /// <summary>Invalid conversion to integer.</summary>
    InvalidConversionToInteger,

    /// <summary>The stack is used up.</summary>
    StackExhausted,

    /// <summary><see cref="Instance.Interrupt"/> was called.</summary>
    Interrupted,

    /// <summary>Growth beyond the host's limit, where the host asked for a trap instead of -1.</summary>
    MemoryLimit,
}

/// <summary>A guest stopped without returning. The instance may be reset from an image and used again; its memory is as the trap left it.</summary>
public sealed class TrapException(TrapCode code) : Exception($"wasm trap: {code}")
{
    /// <summary>Why.</summary>
    public TrapCode Code { get; } = code;
}
