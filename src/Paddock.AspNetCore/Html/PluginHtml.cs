using Microsoft.Extensions.Options;

namespace Paddock.AspNetCore;

/// <summary>The HTML of plugins as it may stand on the application's pages.</summary>
internal sealed class PluginHtml(IOptions<PaddockHttpOptions> options)
{
    private readonly PaddockHttpOptions _options = options.Value;

    /// <summary>Whether the operator lets a plugin's HTML out as it is.</summary>
    public bool IsTrusted(string plugin) => _options.TrustedHtml.Contains(plugin);

    /// <summary>A fragment with what may be shown of <paramref name="markup"/>; the markup itself for a trusted plugin.</summary>
    public string Clean(string plugin, string markup) =>
        IsTrusted(plugin) ? markup : new HtmlSanitizer(plugin, _options.HtmlClasses).Clean(markup);
}
