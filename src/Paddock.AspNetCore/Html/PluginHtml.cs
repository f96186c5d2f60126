using Microsoft.Extensions.Options;

namespace Paddock.AspNetCore;

/// <summary>The HTML of plugins as it may stand on the application's pages.</summary>
internal sealed class PluginHtml(IContributions contributions, IOptions<PaddockHttpOptions> options)
{
    private readonly PaddockHttpOptions _options = options.Value;

    /// <summary>Whether policy lets a plugin's HTML out as it is.</summary>
    public bool IsRaw(string plugin) => contributions.Current(_options.Tenant).RawHtml.Contains(plugin);

    /// <summary>A fragment with what may be shown of <paramref name="markup"/>; the markup itself where policy says so.</summary>
    public string Clean(string plugin, string markup) =>
        IsRaw(plugin) ? markup : new HtmlSanitizer(plugin, _options.HtmlClasses).Clean(markup);
}
