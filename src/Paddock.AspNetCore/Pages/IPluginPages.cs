using Microsoft.AspNetCore.Http;

namespace Paddock.AspNetCore;

/// <summary>What running plugins bring to the application's pages. Nothing here throws for what a plugin does: a part that fails is left out, and says why.</summary>
public interface IPluginPages
{
    /// <summary>The widgets of a place, in their order, titles in the caller's language. Renders nothing.</summary>
    IReadOnlyList<PluginWidget> Widgets(HttpContext context, string location);

    /// <summary>All widgets of a place, rendered side by side on behalf of the caller.</summary>
    Task<IReadOnlyList<PluginFragment>> RenderWidgetsAsync(HttpContext context, string location);

    /// <summary>One widget; null where there is none of that plugin and id.</summary>
    Task<PluginFragment?> RenderWidgetAsync(HttpContext context, string plugin, string id);

    /// <summary>A template that a plugin brings, or with which it stands in for the application's own; null where none does, or where it failed: then the application's is to be shown.</summary>
    /// <param name="context">The request.</param>
    /// <param name="name">Name of the template.</param>
    /// <param name="data">What it is to show; written as JSON, so only what a plugin may see.</param>
    Task<PluginFragment?> RenderTemplateAsync(HttpContext context, string name, object? data);

    /// <summary>Calls a function that answers <c>{html}</c>, on behalf of the caller and of the page: whether the caller may is the page's to say.</summary>
    /// <param name="context">The request.</param>
    /// <param name="plugin">The plugin.</param>
    /// <param name="function">The function.</param>
    /// <param name="data">What it is given as <c>data</c>; written as JSON, so only what a plugin may see.</param>
    Task<PluginFragment> CallAsync(HttpContext context, string plugin, string function, object? data = null);

    /// <summary>Loads a plugin that is not loaded yet; whether it runs.</summary>
    Task<bool> LoadAsync(HttpContext context, string plugin);

    /// <summary>Address of a running plugin's own style sheet (<c>static/plugin.css</c>), with its digest; null where it has none.</summary>
    Task<string?> StyleSheetAsync(HttpContext context, string plugin);

    /// <summary>The menu items of a menu (<c>admin</c>, <c>agent</c>, <c>customer</c>), nested and ordered, labels in the caller's language. Links lead to paths of the application only.</summary>
    IReadOnlyList<PluginMenuItem> Menu(HttpContext context, string location);

    /// <summary>Whether a plugin hides one of the application's own menu items.</summary>
    bool HidesMenuItem(string id);

    /// <summary>The page after sign-in that a plugin brings; null for the application's own.</summary>
    string? LandingPage { get; }
}

/// <summary>A widget as a page lists it.</summary>
/// <param name="Plugin">Whose it is.</param>
/// <param name="Id">Unique within the plugin.</param>
/// <param name="Title">In the caller's language.</param>
/// <param name="Description">For people; may be empty.</param>
/// <param name="Location">Where it is shown.</param>
/// <param name="Size"><c>small</c>, <c>medium</c>, <c>large</c> or <c>full</c>.</param>
/// <param name="Order">Smaller comes first.</param>
/// <param name="Refreshable">Whether a page may ask for it again.</param>
/// <param name="RefreshSeconds">Seconds between two askings; 0 for only when asked.</param>
public sealed record PluginWidget(string Plugin, string Id, string Title, string Description, string Location, string Size, int Order, bool Refreshable, int RefreshSeconds);

/// <summary>A rendered part of a page.</summary>
/// <param name="Plugin">Whose it is.</param>
/// <param name="Html">HTML that may stand on a page of the application; empty where it failed.</param>
/// <param name="Error">Code of why it failed; null where it did not.</param>
public sealed record PluginFragment(string Plugin, string Html, string? Error)
{
    /// <summary>The widget; null for a template.</summary>
    public PluginWidget? Widget { get; init; }
}

/// <summary>A menu item.</summary>
/// <param name="Plugin">Whose it is.</param>
/// <param name="Id">Unique among all menu items.</param>
/// <param name="Label">In the caller's language; plain text.</param>
/// <param name="Icon">Name of an icon; empty for none.</param>
/// <param name="Path">A path of the application; empty for a heading.</param>
/// <param name="Order">Smaller comes first.</param>
/// <param name="Children">Items beneath it.</param>
public sealed record PluginMenuItem(string Plugin, string Id, string Label, string Icon, string Path, int Order, IReadOnlyList<PluginMenuItem> Children);
