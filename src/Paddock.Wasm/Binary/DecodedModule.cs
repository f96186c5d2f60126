namespace Paddock.Wasm;

/// <summary>What an import or export is.</summary>
public enum ExternKind : byte
{
    /// <summary>A function.</summary>
    Function = 0,

    /// <summary>A table.</summary>
    Table = 1,

    /// <summary>A linear memory.</summary>
    Memory = 2,

    /// <summary>A global.</summary>
    Global = 3,
}

/// <summary>A module whose binary form is well-formed; nothing more is known of it. Next step: <see cref="ModuleValidator.Validate"/>.</summary>
public sealed class DecodedModule
{
    internal DecodedModule(ReadOnlyMemory<byte> bytes) => Bytes = bytes;

    /// <summary>What it imports and exports; types may be missing until it is validated.</summary>
    internal ModuleInterface Interface => field ??= ModuleInterface.Of(this);

    /// <summary>Functions that it defines; imported ones are not counted.</summary>
    public int FunctionCount => Bodies.Count;

    /// <summary>Bytes of its largest function body; 0 without any.</summary>
    public int LargestFunctionBytes => Bodies.Count == 0 ? 0 : Bodies.Max(b => b.CodeLength);

    /// <summary>The whole binary; function bodies are ranges of it.</summary>
    internal ReadOnlyMemory<byte> Bytes { get; }

    internal List<FuncType> Types { get; } = [];
    internal List<ImportEntry> Imports { get; } = [];

    /// <summary>Type indices of the functions, imported ones first.</summary>
    internal List<uint> Functions { get; } = [];
    internal List<TableType> Tables { get; } = [];
    internal List<SizeLimits> Memories { get; } = [];
    internal List<GlobalType> Globals { get; } = [];
    internal List<ConstExpr> GlobalInits { get; } = [];
    internal List<ExportEntry> Exports { get; } = [];
    internal uint? Start { get; set; }
    internal List<ElementSegment> Elements { get; } = [];
    internal uint? DataCount { get; set; }
    internal List<FunctionBody> Bodies { get; } = [];
    internal List<DataSegment> Data { get; } = [];

    internal int ImportedFunctions { get; set; }
    internal int ImportedTables { get; set; }
    internal int ImportedMemories { get; set; }
    internal int ImportedGlobals { get; set; }
}

/// <summary>One import; the field that <see cref="Kind"/> names is set.</summary>
internal sealed record ImportEntry(string Module, string Name, ExternKind Kind, uint TypeIndex, TableType Table, SizeLimits Memory, GlobalType Global);

internal sealed record ExportEntry(string Name, ExternKind Kind, uint Index);

/// <summary>A constant expression: the range of <see cref="DecodedModule.Bytes"/> from its first opcode up to and including its <c>end</c>.</summary>
internal readonly record struct ConstExpr(int Start, int Length);

/// <summary>How a segment takes effect.</summary>
internal enum SegmentMode
{
    /// <summary>Copied at instantiation, then dropped.</summary>
    Active,

    /// <summary>Kept for memory.init or table.init.</summary>
    Passive,

    /// <summary>Elements only: declares references, then is dropped.</summary>
    Declarative,
}

/// <summary>An element segment. Items are constant expressions; function-index forms are kept as <see cref="FunctionIndices"/>, then <see cref="Items"/> is null.</summary>
internal sealed record ElementSegment(SegmentMode Mode, ValueType Type, uint TableIndex, ConstExpr Offset, IReadOnlyList<uint>? FunctionIndices, IReadOnlyList<ConstExpr>? Items);

internal sealed record DataSegment(SegmentMode Mode, uint MemoryIndex, ConstExpr Offset, int Start, int Length);

/// <summary>A function body: its locals as runs (not expanded: a run may claim 2^32), and the range of its code, final <c>end</c> included.</summary>
internal sealed record FunctionBody(IReadOnlyList<(uint Count, ValueType Type)> Locals, int CodeStart, int CodeLength)
{
    /// <summary>Total number of declared locals; the decoder has held it to 50,000.</summary>
    internal int LocalCount { get; } = (int)Locals.Sum(l => (long)l.Count);
}
