namespace Paddock.Contributions;

/// <summary>Nests the menu items of a tenant's plugins: an item names its parent, also one of another plugin's, or lies in it.</summary>
// SECURITY: a few items that stand beneath each other many times over would make a menu larger than the memory. Each item is
// placed once: what names a parent goes beneath the first item of that id, and there is a bound on all of them.
internal sealed class MenuTree
{
    /// <summary>Most items of a tenant's menus; those beyond are left out.</summary>
    public const int Most = 1000;

    private const int Deepest = 8;
    private readonly ILookup<string, MenuItemRegistration> _beneath;
    private readonly IReadOnlySet<string> _hidden;
    private readonly HashSet<string> _adopted = new(StringComparer.Ordinal);
    private int _placed;

    private MenuTree(ILookup<string, MenuItemRegistration> beneath, IReadOnlySet<string> hidden)
    {
        _beneath = beneath;
        _hidden = hidden;
    }

    public static List<Contributed<MenuItemRegistration>> Build(IReadOnlyList<Contributed<MenuItemRegistration>> items, IReadOnlySet<string> hidden)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in items) AddIds(item.Value, ids, depth: 0);
        var tree = new MenuTree(items.Where(i => i.Value.Parent is not null).ToLookup(i => i.Value.Parent!, i => i.Value, StringComparer.Ordinal), hidden);
        // A ring of parents has no root and does not appear.
        var placed = new List<Contributed<MenuItemRegistration>>();
        foreach (var root in items.Where(i => i.Value.Parent is not { } parent || !ids.Contains(parent)).OrderBy(i => i.Value.Order))
            if (tree.Place(root.Value, depth: 0) is { } item) placed.Add(root with { Value = item });
        return placed;
    }

    private static void AddIds(MenuItemRegistration item, HashSet<string> ids, int depth)
    {
        ids.Add(item.Id);
        if (depth == Deepest) return;
        foreach (var child in item.Children) AddIds(child, ids, depth + 1);
    }

    private MenuItemRegistration? Place(MenuItemRegistration item, int depth)
    {
        if (_hidden.Contains(item.Id) || _placed == Most) return null;
        _placed++;
        if (depth > Deepest) return item with { Children = [] };
        var adopted = _adopted.Add(item.Id) ? _beneath[item.Id] : [];
        return item with { Children = [.. item.Children.Concat(adopted).OrderBy(c => c.Order).Select(c => Place(c, depth + 1)).OfType<MenuItemRegistration>()] };
    }
}
