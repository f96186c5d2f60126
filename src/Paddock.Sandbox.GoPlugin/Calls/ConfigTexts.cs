using System.Text.Json;

namespace Paddock.Sandbox.GoPlugin.Calls;

/// <summary>A config as go-plugin's programs take it: every value is text.</summary>
internal static class ConfigTexts
{
    /// <param name="config">A JSON object; empty for none.</param>
    internal static IReadOnlyDictionary<string, string> Read(string config)
    {
        if (config.Length == 0) return new Dictionary<string, string>();
        using var document = JsonDocument.Parse(config);
        if (document.RootElement.ValueKind != JsonValueKind.Object) return new Dictionary<string, string>();
        return document.RootElement.EnumerateObject().ToDictionary(
            member => member.Name,
            member => member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : member.Value.GetRawText(),
            StringComparer.Ordinal);
    }
}
