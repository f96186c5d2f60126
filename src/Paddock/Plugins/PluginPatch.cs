using System.Text.Json;

namespace Paddock;

/// <summary>A change of some members of a plugin: a JSON object with the members of a draft, of which only those that are there change. <c>null</c> removes a member that may be absent.</summary>
public sealed class PluginPatch
{
    private PluginPatch(JsonElement body) => Body = body;

    internal JsonElement Body { get; }

    /// <summary>A patch from the body of a request. Never throws on content: what is wrong with it is found when it is applied.</summary>
    /// <param name="body">Any JSON. Copied: the document may be disposed afterwards.</param>
    public static PluginPatch FromJson(JsonElement body) => new(body.Clone());

    /// <summary>A patch that enables or disables.</summary>
    public static PluginPatch Enable(bool enabled) => new(JsonElement.Parse(enabled ? """{"enabled":true}"""u8 : """{"enabled":false}"""u8));
}
