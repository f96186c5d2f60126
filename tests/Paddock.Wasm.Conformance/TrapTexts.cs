namespace Paddock.Wasm.Conformance;

/// <summary>The suite names a trap by the beginning of its text; the engine by a code.</summary>
internal static class TrapTexts
{
    private static readonly (string Prefix, TrapCode Code)[] s_codes =
    [
        ("unreachable", TrapCode.Unreachable),
        ("out of bounds memory access", TrapCode.MemoryOutOfBounds),
        ("out of bounds table access", TrapCode.TableOutOfBounds),
        ("undefined element", TrapCode.UndefinedElement),
        ("uninitialized element", TrapCode.UninitializedElement),
        ("indirect call type mismatch", TrapCode.IndirectCallTypeMismatch),
        ("integer divide by zero", TrapCode.IntegerDivideByZero),
        ("integer overflow", TrapCode.IntegerOverflow),
        ("invalid conversion to integer", TrapCode.InvalidConversionToInteger),
        ("call stack exhausted", TrapCode.StackExhausted),
    ];

    public static TrapCode CodeOf(string? text)
    {
        foreach (var (prefix, code) in s_codes)
        {
            if (text?.StartsWith(prefix, StringComparison.Ordinal) == true) return code;
        }

        throw new NotSupportedException($"trap \"{text}\"");
    }
}
