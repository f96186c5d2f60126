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

    internal Extern? Find(string module, string name) => _items.GetValueOrDefault((module, name));
}
