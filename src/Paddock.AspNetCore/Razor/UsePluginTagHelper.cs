using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Paddock.AspNetCore;

/// <summary>
/// <c>&lt;use-plugin name="stats" /&gt;</c>: the page uses a plugin. Its style sheet (<c>static/plugin.css</c>) is linked where it has one, once on a
/// page however often the tag stands there; between the tags stands what is shown only while the plugin runs. With
/// <c>function="overview"</c> the function is called and its <c>{html}</c> shown. The first tag of a page loads a plugin that is not loaded yet; the others find it loaded.
/// </summary>
/// <param name="pages">What plugins bring to pages.</param>
[HtmlTargetElement("use-plugin", Attributes = "name")]
public sealed class UsePluginTagHelper(IPluginPages pages) : TagHelper
{
    /// <summary>The plugin.</summary>
    public string Name { get; set; } = "";

    /// <summary>A function to call; null, the default, for none.</summary>
    public string? Function { get; set; }

    /// <summary>What the function is given as <c>data</c>. Written as JSON: give it only what a plugin may see.</summary>
    public object? Data { get; set; }

    /// <summary>Set by the page.</summary>
    [HtmlAttributeNotBound, ViewContext]
    public ViewContext ViewContext { get; set; } = null!;

    /// <inheritdoc/>
    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var http = ViewContext.HttpContext;
        output.TagName = null;
        bool isFirst = !http.Items.TryGetValue((typeof(UsePluginTagHelper), Name), out object? runs);
        if (isFirst) http.Items[(typeof(UsePluginTagHelper), Name)] = runs = await pages.LoadAsync(http, Name).ConfigureAwait(false);
        if (runs is not true)
        {
            output.SuppressOutput();
            return;
        }

        if (isFirst && await pages.StyleSheetAsync(http, Name).ConfigureAwait(false) is { } address)
        {
            var link = new TagBuilder("link") { TagRenderMode = TagRenderMode.SelfClosing };
            link.Attributes["rel"] = "stylesheet";
            link.Attributes["href"] = address;
            output.PreContent.AppendHtml(link);
        }

        if (Function is null) return;
        if (await pages.CallAsync(http, Name, Function, Data).ConfigureAwait(false) is { Error: null } fragment) output.Content.SetHtmlContent(fragment.Html);
    }
}
