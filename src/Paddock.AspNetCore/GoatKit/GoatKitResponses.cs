using System.Text.Json.Serialization;

namespace Paddock.AspNetCore;

/// <summary>The plugins.</summary>
internal sealed record GoatKitPlugins(IReadOnlyList<GoatKitPlugin> Plugins);

/// <summary>A plugin.</summary>
internal sealed record GoatKitPlugin(string Name, string Version, string Description, string Author, string License, string Homepage, string Runtime, string Status, bool Enabled, bool Loaded)
{
    public static GoatKitPlugin From(PackageRecord package)
    {
        var version = package.Active ?? package.Waiting;
        var manifest = version?.Manifest;
        return new(
            package.Name, version?.Version ?? "", package.Description, manifest?.Author ?? "", manifest?.License ?? "", manifest?.Homepage ?? "",
            manifest is null ? "" : Names.Of(manifest.Runtime), PackageNames.Of(package.Status), package.Enabled, package.Loaded);
    }
}

/// <summary>The widgets.</summary>
internal sealed record GoatKitWidgets(IReadOnlyList<GoatKitWidget> Widgets);

/// <summary>A widget.</summary>
internal sealed record GoatKitWidget(
    [property: JsonPropertyName("plugin_name")] string PluginName, string Id, string Title, string Description, string Location, string Size, int Order, bool Refreshable,
    [property: JsonPropertyName("refresh_sec")] int RefreshSec)
{
    public static GoatKitWidget From(PluginWidget w) => new(w.Plugin, w.Id, w.Title, w.Description, w.Location, w.Size, w.Order, w.Refreshable, w.RefreshSeconds);
}

/// <summary>A rendered widget.</summary>
internal sealed record GoatKitWidgetHtml([property: JsonPropertyName("plugin_name")] string PluginName, string Id, string Title, string Html);

/// <summary>Done.</summary>
internal sealed record GoatKitDone(bool Success);

/// <summary>What came of an upload. A plugin that is not active waits for review.</summary>
internal sealed record GoatKitUploaded(bool Success, string Name, string Digest, bool Active);

/// <summary>Log entries, newest first.</summary>
internal sealed record GoatKitLogs(IReadOnlyList<GoatKitLog> Logs);

/// <summary>A log entry.</summary>
internal sealed record GoatKitLog(string Plugin, string Level, string Message, DateTimeOffset Timestamp);

/// <summary>A failure on GoatKit's interface.</summary>
internal sealed record GoatKitErrorResponse(string Error, string Message, IReadOnlyList<FindingResponse> Findings);
