using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Paddock.AspNetCore;

/// <summary><c>&lt;plugin-widgets location="agent_home" /&gt;</c>: all widgets of a place, rendered side by side. One that fails or takes too long leaves an empty box with the class <c>plugin-widget-failed</c>; the page goes on.</summary>
/// <param name="pages">What plugins bring to pages.</param>
[HtmlTargetElement("plugin-widgets", Attributes = "location")]
public sealed class PluginWidgetsTagHelper(IPluginPages pages) : TagHelper
{
    /// <summary>The place (<c>agent_home</c>).</summary>
    public string Location { get; set; } = "";

    /// <summary>Set by the page.</summary>
    [HtmlAttributeNotBound, ViewContext]
    public ViewContext ViewContext { get; set; } = null!;

    /// <inheritdoc/>
    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "plugin-widgets");
        foreach (var fragment in await pages.RenderWidgetsAsync(ViewContext.HttpContext, Location).ConfigureAwait(false))
            output.Content.AppendHtml(Box(fragment));
    }

    private static TagBuilder Box(PluginFragment fragment)
    {
        var widget = fragment.Widget!;
        var box = new TagBuilder("section");
        box.AddCssClass(Class("plugin-widget-" + widget.Size));
        if (fragment.Error is not null) box.AddCssClass("plugin-widget-failed");
        box.AddCssClass("plugin-widget");
        box.Attributes["data-plugin"] = fragment.Plugin;
        box.Attributes["data-widget"] = widget.Id;
        if (widget.Refreshable) box.Attributes["data-refresh-seconds"] = widget.RefreshSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        // SECURITY: whatever gets past the sanitiser is still painted, and laid out, within its own box.
        box.Attributes["style"] = "contain:content";
        var title = new TagBuilder("h3");
        title.AddCssClass("plugin-widget-title");
        title.InnerHtml.Append(widget.Title);
        var body = new TagBuilder("div");
        body.AddCssClass("plugin-widget-body");
        body.InnerHtml.AppendHtml(fragment.Html);
        box.InnerHtml.AppendHtml(title).AppendHtml(body);
        return box;
    }

    private static string Class(string name) => name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? name : "plugin-widget-medium";
}
