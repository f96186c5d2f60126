namespace Paddock.Wasm;

/// <summary>What an instance is built from: imports resolved and checked, own parts allocated.</summary>
internal sealed unsafe class InstanceState
{
    internal required LinkGroup Linked { get; init; }

    internal required Function?[] Functions { get; init; }

    internal required Table[] Tables { get; init; }

    internal required Global[] Globals { get; init; }

    internal required LinearMemory? Memory { get; init; }

    internal required bool OwnsMemory { get; init; }

    internal required nint OwnGlobalAddress { get; init; }

    internal required nint ImportedGlobalAddress { get; init; }

    /// <summary>Resolves every import, in order, and allocates the rest.</summary>
    /// <exception cref="WasmException">Unlinkable: an import is missing or of another type.</exception>
    internal static InstanceState Create(DecodedModule module, Imports imports, InstanceOptions options)
    {
        var found = module.Imports.ConvertAll(i => (Entry: i, Item: Linking.Resolve(module, i, imports)));
        var linked = new LinkGroup();
        foreach (var (_, item) in found)
        {
            if (item is Function { Target: Instance other }) Link(ref linked, other.Linked);
        }

        var functions = new Function?[module.Functions.Count];
        Fill(functions, found, module.ImportedFunctions);
        var tables = new Table[module.Tables.Count];
        Fill(tables, found, module.ImportedTables);
        var elements = new TableBudget(options.MaxTableElements);
        for (var i = module.ImportedTables; i < tables.Length; i++) tables[i] = new Table(module.Tables[i], elements);
        var memory = found.Select(f => f.Item).OfType<LinearMemory>().FirstOrDefault();
        var owns = memory is null && module.Memories.Count > 0;
        if (owns) memory = new LinearMemory(module.Memories[0], options.MaxMemoryBytes);
        var globals = new Global[module.Globals.Count];
        Fill(globals, found, module.ImportedGlobals);
        return new InstanceState
        {
            Linked = linked,
            Functions = functions,
            Tables = tables,
            Memory = memory,
            OwnsMemory = owns,
            Globals = globals,
            OwnGlobalAddress = AllocateGlobals(module, globals),
            ImportedGlobalAddress = PointToImported(module, globals),
        };
    }

    private static nint AllocateGlobals(DecodedModule module, Global[] globals)
    {
        var imported = module.ImportedGlobals;
        var cells = GC.AllocateArray<long>(Math.Max(1, globals.Length - imported), pinned: true);
        for (var i = imported; i < globals.Length; i++) globals[i] = new Global(module.Globals[i], cells, i - imported);

        // SAFETY: pinned, and kept alive by the globals that share it, which the instance holds; without globals nothing reads it.
        return (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref cells[0]);
    }

    private static nint PointToImported(DecodedModule module, Global[] globals)
    {
        if (module.ImportedGlobals == 0) return 0;
        var addresses = GC.AllocateArray<long>(module.ImportedGlobals, pinned: true);
        for (var i = 0; i < addresses.Length; i++) addresses[i] = globals[i].Address;
        ImportedAddresses.Add(globals, addresses);
        return (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref addresses[0]);
    }

    /// <summary>Keeps each pinned address table alive as long as the array of globals it belongs to.</summary>
    private static System.Runtime.CompilerServices.ConditionalWeakTable<Global[], long[]> ImportedAddresses { get; } = [];

    private static void Fill<T>(T?[] target, List<(ImportEntry Entry, Extern Item)> found, int count)
        where T : Extern
    {
        var items = found.Select(f => f.Item).OfType<T>().ToArray();
        for (var i = 0; i < count; i++) target[i] = items[i];
    }

    private static void Link(ref LinkGroup linked, LinkGroup other)
    {
        // The group already in use takes the other one in, so that a running group keeps its owner.
        if (ReferenceEquals(linked, other)) return;
        other.Merge(linked);
        linked = other;
    }
}
