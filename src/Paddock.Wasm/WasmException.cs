namespace Paddock.Wasm;

/// <summary>Why a module cannot be used.</summary>
public enum WasmErrorKind
{
    /// <summary>The bytes are not in the binary format.</summary>
    Malformed,

    /// <summary>The module does not validate.</summary>
    Invalid,

    /// <summary>An import is missing or of another type.</summary>
    Unlinkable,

    /// <summary>Well-formed, but uses a feature this engine refuses by name.</summary>
    Unsupported,

    /// <summary>Larger than a limit of the engine.</summary>
    TooLarge,
}

/// <summary>A module was refused before any of its code ran.</summary>
/// <param name="kind">Which stage refused it.</param>
/// <param name="message">What, in the specification's words where it has them.</param>
/// <param name="offset">Byte offset in the binary; -1 where none applies.</param>
public sealed class WasmException(WasmErrorKind kind, string message, int offset = -1) : Exception(offset < 0 ? message : $"{message} (at byte 0x{offset:x})")
{
    /// <summary>Which stage refused it.</summary>
    public WasmErrorKind Kind { get; } = kind;

    /// <summary>Byte offset in the binary; -1 where none applies.</summary>
    public int Offset { get; } = offset;
}
