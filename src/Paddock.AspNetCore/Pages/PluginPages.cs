using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Paddock.AspNetCore;

internal sealed partial class PluginPages(
    IContributions contributions, IPluginCalls calls, IPluginLoader loader, IPluginAssets assets, IPluginTexts texts, PluginHtml html, IOptions<PaddockHttpOptions> options, ILogger<PluginPages> logger) : IPluginPages
{
    private const string StyleSheet = "static/plugin.css";

    private readonly PaddockHttpOptions _options = options.Value;

    public string? LandingPage => Now.LandingPage is { Value: var path } && ResponseHeaders.IsLocal(path) ? path : null;

    private ContributionSet Now => contributions.Current(_options.Tenant);

    public bool HidesMenuItem(string id) => Now.HiddenMenuItems.Contains(id);

    public IReadOnlyList<PluginWidget> Widgets(HttpContext context, string location)
    {
        string language = PluginCaller.Of(context, _options).Language;
        return [.. At(location).Select(w => Described(w, language))];
    }

    public async Task<IReadOnlyList<PluginFragment>> RenderWidgetsAsync(HttpContext context, string location)
    {
        var caller = PluginCaller.Of(context, _options);
        // What is asked of the request is asked before: it is not for several at once.
        var rendering = At(location).Select(w => (Widget: w, Input: RouteArguments.WritePart(context, caller, "widget"u8, w.Value.Id, default))).ToList()
            .Select(w => RenderAsync(w.Widget, w.Input, caller, context.RequestAborted));
        return await Task.WhenAll(rendering).ConfigureAwait(false);
    }

    public async Task<PluginFragment?> RenderWidgetAsync(HttpContext context, string plugin, string id)
    {
        if (Now.Widgets.FirstOrDefault(w => w.Plugin == plugin && w.Value.Id == id) is not { } widget) return null;
        var caller = PluginCaller.Of(context, _options);
        return await RenderAsync(widget, RouteArguments.WritePart(context, caller, "widget"u8, id, default), caller, context.RequestAborted).ConfigureAwait(false);
    }

    public async Task<PluginFragment?> RenderTemplateAsync(HttpContext context, string name, object? data)
    {
        if (!Now.Templates.TryGetValue(name, out var template)) return null;
        var caller = PluginCaller.Of(context, _options);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(data, Wire.Options);
        var fragment = await FileAsync(template, json, caller, context.RequestAborted).ConfigureAwait(false)
            ?? await CallAsync(template.Plugin, Handler(name), RouteArguments.WritePart(context, caller, "template"u8, name, json), caller, context.RequestAborted).ConfigureAwait(false);
        return fragment.Error is null ? fragment : null;
    }

    public Task<PluginFragment> CallAsync(HttpContext context, string plugin, string function, object? data)
    {
        var caller = PluginCaller.Of(context, _options);
        var input = RouteArguments.WritePart(context, caller, "function"u8, function, JsonSerializer.SerializeToUtf8Bytes(data, Wire.Options));
        return CallAsync(plugin, function, input, caller, context.RequestAborted);
    }

    public async Task<bool> LoadAsync(HttpContext context, string plugin) =>
        (await loader.LoadAsync(_options.Tenant, plugin, context.RequestAborted).ConfigureAwait(false)).Error is null;

    public async Task<string?> StyleSheetAsync(HttpContext context, string plugin) =>
        await assets.FindAsync(_options.Tenant, plugin, StyleSheet, context.RequestAborted).ConfigureAwait(false) is { } file
            ? $"{context.Request.PathBase}{Routes.Plugins}/{Uri.EscapeDataString(plugin)}/{StyleSheet}?v={file.Sha256[..16]}"
            : null;

    public IReadOnlyList<PluginMenuItem> Menu(HttpContext context, string location)
    {
        string language = PluginCaller.Of(context, _options).Language;
        return [.. Now.MenuItems.Where(m => m.Value.Location == location).Select(m => Item(m.Plugin, m.Value, language))];
    }

    /// <summary>The function that renders a template: its name with whatever is no letter or digit as an underscore.</summary>
    private static string Handler(string template) => "template_" + string.Concat(template.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));

    private IEnumerable<Contributed<WidgetRegistration>> At(string location) => Now.Widgets.Where(w => w.Value.Location == location);

    private PluginWidget Described(Contributed<WidgetRegistration> widget, string language)
    {
        var (plugin, w) = (widget.Plugin, widget.Value);
        return new(plugin, w.Id, Text(plugin, w.Title, language), Text(plugin, w.Description, language), w.Location, w.Size, w.Order, w.Refreshable, w.RefreshSeconds);
    }

    // SECURITY: a link that runs a script or leads elsewhere under the application's own menu.
    private PluginMenuItem Item(string plugin, MenuItemRegistration item, string language) => new(
        plugin, item.Id, Text(plugin, item.Label, language), item.Icon.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or ' ') ? item.Icon : "",
        ResponseHeaders.IsLocal(item.Path) ? item.Path : "", item.Order, [.. item.Children.Select(c => Item(plugin, c, language))]);

    private string Text(string plugin, string text, string language) => text.Length == 0 ? text : texts.Find(plugin, text, language) ?? text;

    private async Task<PluginFragment> RenderAsync(Contributed<WidgetRegistration> widget, ReadOnlyMemory<byte> input, PluginCaller caller, CancellationToken cancellationToken)
    {
        var fragment = await CallAsync(widget.Plugin, widget.Value.Handler, input, caller, cancellationToken).ConfigureAwait(false);
        return fragment with { Widget = Described(widget, caller.Language) };
    }

    private async Task<PluginFragment> CallAsync(string plugin, string function, ReadOnlyMemory<byte> input, PluginCaller caller, CancellationToken cancellationToken)
    {
        var call = new NamedCall { Function = function, Input = input, Language = caller.Language, Timeout = _options.PartTimeout, Door = CallDoor.Contribution };
        var result = await calls.CallAsync(caller.Principal, plugin, call, cancellationToken).ConfigureAwait(false);
        if (!result.TryGetValue(out var outcome, out var error)) return Failed(plugin, function, error.Code);
        if (outcome.Result.Status != CallStatus.Completed) return Failed(plugin, function, outcome.Result.Error?.Code ?? ErrorCodes.GuestError);
        return PluginReply.Read(outcome.Result.Value.Span).Html is { } markup ? new(plugin, html.Clean(plugin, markup), null) : Failed(plugin, function, ErrorCodes.ResultInvalid);
    }

    private async Task<PluginFragment?> FileAsync(Contributed<TemplateRegistration> template, byte[] data, PluginCaller caller, CancellationToken cancellationToken)
    {
        if (template.Value.Path.Length == 0) return null;
        if (await assets.FindAsync(_options.Tenant, template.Plugin, template.Value.Path, cancellationToken).ConfigureAwait(false) is not { } file) return null;
        string? markup = new TextTemplate(key => texts.Find(template.Plugin, key, caller.Language)).Render(Encoding.UTF8.GetString(file.Content.Span), data);
        return markup is null ? Failed(template.Plugin, template.Value.Path, "TEMPLATE_INVALID") : new(template.Plugin, html.Clean(template.Plugin, markup), null);
    }

    private PluginFragment Failed(string plugin, string part, string code)
    {
        LogFailed(logger, part, plugin, code);
        return new(plugin, "", code);
    }

    [LoggerMessage(2102, LogLevel.Warning, "{Part} of plugin {Plugin} was not rendered: {Code}")]
    private static partial void LogFailed(ILogger logger, string part, string plugin, string code);
}
