using System.Reflection.Emit;

namespace Paddock.Wasm.Compilation;

/// <summary>Where a value of the guest's operand stack is while its function is being emitted.</summary>
internal enum OperandKind
{
    /// <summary>On the CIL stack. Those that are, are there in the order of the operand stack.</summary>
    Stacked,

    /// <summary>A constant, loaded when it is used.</summary>
    Constant,

    /// <summary>A local variable of the guest's, loaded when it is used; written out before that variable changes.</summary>
    Variable,

    /// <summary>A temporary of the emitter's, free again once it is used.</summary>
    Temporary,
}

/// <summary>One value of the guest's operand stack.</summary>
internal readonly record struct Operand(OperandKind Kind, ValueType Type, long Bits = 0, int Variable = 0, LocalBuilder? Local = null, int Depth = 0);

/// <summary>A structured control instruction that is open.</summary>
internal sealed class ControlFrame
{
    internal required int Opcode { get; set; }

    /// <summary>Where a branch to this frame goes: the head of a loop, the end of anything else.</summary>
    internal required Label Target { get; init; }

    internal Label Else { get; init; }

    internal required LocalBuilder[] Results { get; init; }

    internal required FuncType Type { get; init; }

    /// <summary>Operands below the frame's own.</summary>
    internal required int Height { get; init; }

    /// <summary>The parameters of a loop, for branches to it, or of an if, for its else.</summary>
    internal LocalBuilder[] Parameters { get; init; } = [];

    internal bool BranchedTo { get; set; }
}
