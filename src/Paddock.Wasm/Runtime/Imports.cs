namespace Paddock.Wasm;

/// <summary>What a module may import, by module and field name. Nothing is provided that was not added.</summary>
public sealed class Imports
{
    private readonly Dictionary<(string Module, string Name), Extern> _items = [];

    /// <summary>Offers <paramref name="item"/> under a name; a later one of the same name replaces it.</summary>
    public Imports Add(string module, string name, Extern item)
    {
        ArgumentNullException.ThrowIfNull(item);
        _items[(module, name)] = item;
        return this;
    }

    /// <summary>Offers every export of <paramref name="instance"/> under its own name.</summary>
    public Imports Add(string module, Instance instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        foreach (var export in instance.Compiled.Module.Exports) Add(module, export.Name, instance.ExportOf(export));
        return this;
    }

    internal Extern? Find(string module, string name) => _items.GetValueOrDefault((module, name));
}
