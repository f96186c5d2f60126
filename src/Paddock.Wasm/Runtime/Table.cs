namespace Paddock.Wasm;

/// <summary>A table of references.</summary>
public sealed class Table : Extern
{
    /// <summary>Greatest number of elements of any table, whatever it declares: 10 million.</summary>
    public const uint MaxElements = 10_000_000;

    internal object?[] Elements;
    private readonly TableBudget _budget;

    /// <summary>A table of nulls.</summary>
    /// <exception cref="WasmException">More elements than <see cref="MaxElements"/>.</exception>
    public Table(TableType type)
        : this(type, new TableBudget(MaxElements))
    {
    }

    internal Table(TableType type, TableBudget budget)
    {
        // SECURITY: a declaration of a few bytes may ask for 80 MB, and a module may have many: all tables of an instance draw on one budget.
        if (!budget.TryTake(type.Limits.Minimum)) throw new WasmException(WasmErrorKind.TooLarge, $"tables of more than {budget.Total} elements");
        _budget = budget;
        Type = type;
        Elements = new object?[type.Limits.Minimum];
    }

    /// <summary>Declared type.</summary>
    public TableType Type { get; }

    /// <summary>Current number of elements.</summary>
    public uint Length => (uint)Elements.Length;

    internal override ExternKind Kind => ExternKind.Table;

    /// <summary>Whether it was changed since its instance was made; such a table cannot be part of an image.</summary>
    internal bool Modified { get; set; }

    /// <summary>Reads or writes an element.</summary>
    /// <exception cref="TrapException">Index out of bounds.</exception>
    public object? this[uint index]
    {
        get => index < Elements.Length ? Elements[index] : throw new TrapException(TrapCode.TableOutOfBounds);
        set
        {
            if (index >= Elements.Length) throw new TrapException(TrapCode.TableOutOfBounds);
            Modified = true;
            Elements[index] = value;
        }
    }

    /// <summary>Adds elements; the previous length, or -1 if the table may not grow so far.</summary>
    public int Grow(uint delta, object? value)
    {
        var old = (uint)Elements.Length;
        var size = (ulong)old + delta;
        if (size > Math.Min(Type.Limits.Maximum ?? MaxElements, MaxElements) || !_budget.TryTake(delta)) return -1;
        Modified = true;
        Array.Resize(ref Elements, (int)size);
        Array.Fill(Elements, value, (int)old, (int)delta);
        return (int)old;
    }

    internal Span<object?> Slice(uint start, uint count)
    {
        if ((ulong)start + count > (ulong)Elements.Length) throw new TrapException(TrapCode.TableOutOfBounds);
        return Elements.AsSpan((int)start, (int)count);
    }
}

/// <summary>Elements that the tables of one instance may have together.</summary>
internal sealed class TableBudget(uint total)
{
    private uint _taken;

    internal uint Total { get; } = total;

    internal bool TryTake(uint elements)
    {
        if (elements > Total - _taken) return false;
        _taken += elements;
        return true;
    }
}
