using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Paddock.AspNetCore;

/// <summary><c>&lt;plugin-template name="ticket/summary" data="Model.ForPlugins"&gt;the application's own&lt;/plugin-template&gt;</c>: the template that a plugin brings, or stands in with, and what is between the tags where none does or it failed.</summary>
/// <param name="pages">What plugins bring to pages.</param>
[HtmlTargetElement("plugin-template", Attributes = "name")]
public sealed class PluginTemplateTagHelper(IPluginPages pages) : TagHelper
{
    /// <summary>Name of the template.</summary>
    public string Name { get; set; } = "";

    /// <summary>What it is to show. Written as JSON: give it only what a plugin may see.</summary>
    public object? Data { get; set; }

    /// <summary>Set by the page.</summary>
    [HtmlAttributeNotBound, ViewContext]
    public ViewContext ViewContext { get; set; } = null!;

    /// <inheritdoc/>
    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (await pages.RenderTemplateAsync(ViewContext.HttpContext, Name, Data).ConfigureAwait(false) is not { } fragment)
        {
            output.TagName = null;
            return;
        }

        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "plugin-template");
        output.Attributes.SetAttribute("data-plugin", fragment.Plugin);
        output.Attributes.SetAttribute("style", "contain:content");
        output.Content.SetHtmlContent(fragment.Html);
    }
}
