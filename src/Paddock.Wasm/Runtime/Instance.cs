using Paddock.Wasm.Compilation;

namespace Paddock.Wasm;

/// <summary>A module with a memory, tables and globals of its own, ready to be called.</summary>
public sealed partial class Instance : CallTarget, IDisposable
{
    // Compiled code addresses these fields directly.
    internal nint MemoryBase;
    internal nuint StackLimit = nuint.MaxValue;
    internal int InterruptFlag;
    internal nint OwnGlobals;
    internal nint ImportedGlobals;
    internal readonly Global[] Globals;
    internal readonly Function?[] Functions;
    internal readonly Table[] Tables;

    internal readonly LinearMemory? Memory;
    internal readonly bool[] DroppedData;
    internal readonly bool[] DroppedElements;
    internal readonly object?[][] ElementValues;
    private readonly Dictionary<string, Extern> _exports = [];
    private readonly InstanceOptions _options;
    private readonly bool _ownsMemory;

    internal Instance(CompiledModule compiled, InstanceState state, InstanceOptions options)
    {
        Compiled = compiled;
        _options = options;
        MaxStackBytes = options.MaxStackBytes;
        Linked = state.Linked;
        Linked.Add(this);
        Globals = state.Globals;
        Functions = state.Functions;
        Tables = state.Tables;
        Memory = state.Memory;
        _ownsMemory = state.OwnsMemory;
        OwnGlobals = state.OwnGlobalAddress;
        ImportedGlobals = state.ImportedGlobalAddress;
        unsafe
        {
            MemoryBase = Memory is null ? 0 : (nint)Memory.Base;
        }

        var module = compiled.Module;
        DroppedData = new bool[module.Data.Count];
        DroppedElements = new bool[module.Elements.Count];
        ElementValues = new object?[module.Elements.Count][];
        EnsureExtra(compiled.MaxResults);
    }

    /// <summary>The module it was made from.</summary>
    public CompiledModule Compiled { get; }

    /// <summary>Greatest size of its own memory in bytes. May be changed between calls.</summary>
    public long MaxMemoryBytes
    {
        get => Memory?.MaxBytes ?? 0;
        set
        {
            if (Memory is not null) Memory.MaxBytes = value;
        }
    }

    /// <summary>Bytes of its memory; 0 without one.</summary>
    public long MemoryBytes => Memory?.Length ?? 0;

    /// <summary>Stack that a call may use, in bytes. May be changed between calls.</summary>
    public int MaxStackBytes { get; set; }

    internal LinkGroup Linked { get; set; }

    /// <summary>An exported function.</summary>
    /// <exception cref="KeyNotFoundException">No function of that name is exported.</exception>
    public Function GetFunction(string name) => Get<Function>(name);

    /// <summary>The exported memory.</summary>
    /// <exception cref="KeyNotFoundException">No memory of that name is exported.</exception>
    public LinearMemory GetMemory(string name) => Get<LinearMemory>(name);

    /// <summary>An exported global.</summary>
    /// <exception cref="KeyNotFoundException">No global of that name is exported.</exception>
    public Global GetGlobal(string name) => Get<Global>(name);

    /// <summary>An exported table.</summary>
    /// <exception cref="KeyNotFoundException">No table of that name is exported.</exception>
    public Table GetTable(string name) => Get<Table>(name);

    /// <summary>An export of whatever kind; null when there is none of that name.</summary>
    public Extern? FindExport(string name)
    {
        if (_exports.TryGetValue(name, out var known)) return known;
        var entry = Compiled.Module.Exports.Find(e => e.Name == name);
        if (entry is null) return null;
        var item = ExportOf(entry);
        _exports.Add(name, item);
        return item;
    }

    /// <summary>Stops guest code in this instance, and in those it is linked with, at its next loop head or function entry. From any thread. Holds until <see cref="ClearInterrupt"/>.</summary>
    public void Interrupt() => LinkGroup.Interrupt(this);

    /// <summary>Lets the instance be called again.</summary>
    public void ClearInterrupt() => LinkGroup.ClearInterrupt(this);

    /// <summary>Frees its memory. Calling it afterwards is a mistake of the host.</summary>
    public void Dispose()
    {
        Linked.Remove(this);
        if (_ownsMemory) Memory?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The function with an index of the module's, made when it is first asked for.</summary>
    internal Function FunctionAt(uint index) =>
        Functions[index] ??= new Function(Compiled.TypeOf(index), Compiled.CodePointer(index), this);

    internal Extern ExportOf(ExportEntry entry) => entry.Kind switch
    {
        ExternKind.Function => FunctionAt(entry.Index),
        ExternKind.Table => Tables[entry.Index],
        ExternKind.Memory => Memory!,
        _ => Globals[entry.Index],
    };

    private T Get<T>(string name)
        where T : Extern =>
        FindExport(name) as T ?? throw new KeyNotFoundException($"The module exports no {typeof(T).Name} \"{name}\".");
}
