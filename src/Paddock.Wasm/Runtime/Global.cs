namespace Paddock.Wasm;

/// <summary>A global variable. Numbers live in a pinned cell that compiled code addresses directly.</summary>
public sealed unsafe class Global : Extern
{
    private readonly long[] _cells;
    private readonly int _index;
    internal object? Reference;

    /// <summary>A global of the host's own.</summary>
    public Global(GlobalType type, WasmValue value)
        : this(type, GC.AllocateArray<long>(1, pinned: true), 0)
    {
        Store(value);
    }

    internal Global(GlobalType type, long[] pinnedCells, int index)
    {
        Type = type;
        _cells = pinnedCells;
        _index = index;
    }

    /// <summary>Its type.</summary>
    public GlobalType Type { get; }

    /// <summary>Its value.</summary>
    /// <exception cref="InvalidOperationException">Setting an immutable global.</exception>
    public WasmValue Value
    {
        get => Type.Type.IsReference() ? WasmValue.FromRef(Reference) : WasmValue.FromI64(_cells[_index]);
        set
        {
            if (!Type.Mutable) throw new InvalidOperationException("The global is immutable.");
            Store(value);
        }
    }

    internal override ExternKind Kind => ExternKind.Global;

    // SAFETY: the array is pinned and lives at least as long as this object; compiled code reaches it through an instance that holds this object.
    internal nint Address => (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _cells[_index]);

    internal void Store(WasmValue value)
    {
        if (Type.Type.IsReference()) Reference = value.Reference;
        else _cells[_index] = value.Bits;
    }
}
