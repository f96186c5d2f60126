using Paddock.Contributions;

namespace Paddock.Tests.Contributions;

public sealed class MenuTreeTests
{
    private static readonly HashSet<string> None = [];

    [Fact]
    public void Build_ItemsThatAllHoldTheParentOfAll_PlacesEachOnceAtMost()
    {
        var items = Enumerable.Range(0, 200).Select(i => Item($"t{i}", parent: "x", children: Item("x")));
        var root = Item("root", children: Item("x"));
        Assert.InRange(Count([.. items, root]), 402, 402);
        Assert.Equal(0, Count([.. items]));
    }

    [Fact]
    public void Build_MoreThanTheBound_LeavesTheRestOut() =>
        Assert.Equal(MenuTree.Most, Count([.. Enumerable.Range(0, 40).Select(i => Item($"t{i}", children: [.. Enumerable.Range(0, 40).Select(j => Item($"t{i}.{j}"))]))]));

    [Fact]
    public void Build_Parents_NestAcrossPluginsInOrder()
    {
        var built = MenuTree.Build([Of("b", Item("second", parent: "top") with { Order = 2 }), Of("a", Item("top", children: Item("first"))), Of("c", Item("gone", parent: "top"))], new HashSet<string> { "gone" });
        var top = Assert.Single(built);
        Assert.Equal(("a", "top"), (top.Plugin, top.Value.Id));
        Assert.Equal(["first", "second"], top.Value.Children.Select(c => c.Id));
    }

    private static int Count(MenuItemRegistration[] items) => MenuTree.Build([.. items.Select(i => Of("stats", i))], None).Sum(i => Nodes(i.Value));

    private static int Nodes(MenuItemRegistration item) => 1 + item.Children.Sum(Nodes);

    private static Contributed<MenuItemRegistration> Of(string plugin, MenuItemRegistration item) => new(plugin, "", item);

    private static MenuItemRegistration Item(string id, string? parent = null, params MenuItemRegistration[] children) => new(id, id) { Parent = parent, Children = children };
}
