using System.Text.Json;

namespace Paddock.AspNetCore;

/// <summary>The body that creates or validates a plugin. Read by <c>PluginDraft.FromJson</c>; this type is how the OpenAPI document describes it.</summary>
internal sealed record PluginBody(string Name, string Code, string? Description, string? Entrypoint, JsonElement? Config, bool? Enabled);

/// <summary>The body that changes a plugin: only the members that are there change.</summary>
internal sealed record PluginPatchBody(string? Name, string? Code, string? Description, string? Entrypoint, JsonElement? Config, bool? Enabled);
