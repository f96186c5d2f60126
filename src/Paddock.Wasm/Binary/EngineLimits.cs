namespace Paddock.Wasm;

/// <summary>
/// What this engine accepts at most; beyond it a module is <see cref="WasmErrorKind.TooLarge"/>.
/// The figures are those of the WebAssembly JavaScript interface ("implementation limitations"), so that what runs in a browser runs here.
/// </summary>
internal static class EngineLimits
{
    public const int ModuleBytes = 1 << 30;
    public const int Types = 1_000_000;
    public const int Functions = 1_000_000;
    public const int Imports = 1_000_000;
    public const int Exports = 1_000_000;
    public const int Globals = 1_000_000;
    public const int Tables = 100_000;
    public const int DataSegments = 100_000;
    public const int ElementSegments = 10_000_000;
    public const int ElementsPerSegment = 10_000_000;
    public const int FunctionBodyBytes = 7_654_321;
    public const int Locals = 50_000;
    public const int Parameters = 1_000;
    public const int Results = 1_000;
    public const int BranchTableLabels = 65_520;

    /// <summary>Open blocks in one expression. A compiled switch nests one block a case, hence as deep as a branch table is long.</summary>
    public const int BlockDepth = 65_520;

    /// <summary>Operands at one point of a body: two bytes of code can push a thousand, so the body's own size does not bound them.</summary>
    public const int OperandDepth = 50_000;
}
