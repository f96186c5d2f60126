using System.Text.RegularExpressions;

namespace Paddock.Packaging;

/// <summary>Reads menu items: a tree, in which an item is a parent by its id.</summary>
internal sealed partial class MenuReader(ManifestFindings findings, bool strict) : ItemReader(findings, strict)
{
    private const int MostLevels = 4;

    public IReadOnlyList<MenuItemRegistration> Read(DataNode value) => Read(value, 0);

    private List<MenuItemRegistration> Read(DataNode value, int depth)
    {
        if (depth >= MostLevels)
        {
            Findings.Report(PackageCodes.ValueInvalid, value, $"Menu items are nested more than {MostLevels} levels deep.");
            return [];
        }

        var items = List(value, depth == 0 ? "menu_items" : "children", item => Item(item, depth), m => m.Id);
        if (depth > 0) return items;
        // An item is a parent by its id: the same one at two places would be two parents.
        foreach (var twice in items.SelectMany(Tree).GroupBy(i => i.Id, StringComparer.Ordinal).Where(g => g.Skip(1).Any()))
            Findings.Report(PackageCodes.Duplicate, value, $"{Printable.Text(twice.Key)} stands in menu_items twice.", "Keep one of them.");
        return items;
    }

    private static IEnumerable<MenuItemRegistration> Tree(MenuItemRegistration item) => item.Children.SelectMany(Tree).Prepend(item);

    private MenuItemRegistration? Item(DataMapping item, int depth)
    {
        Known(item, "id", "label", "icon", "path", "location", "parent", "order", "children");
        Require(item, "id", "label");
        string? id = Id(item, "id"), label = Words(item, "label");
        return id is null || label.Length == 0 ? null : new MenuItemRegistration(id, label)
        {
            Icon = Words(item, "icon"),
            Path = Optional(item, "path", Path(), "a path of the application such as /stats") ?? "",
            Location = Optional(item, "location", Forms.Id(), "the name of a menu such as agent") ?? "agent",
            Parent = Optional(item, "parent", Forms.Id(), "the id of a menu item"),
            Order = Number(item, "order"),
            Children = Find(item, "children") is { } children ? Read(children, depth + 1) : [],
        };
    }

    [GeneratedRegex(@"\A(/(?!/)[A-Za-z0-9_.~/?=&%#-]{0,200})?\z", RegexOptions.CultureInvariant)]
    internal static partial Regex Path();
}
