using System.Text.Json;

namespace Paddock;

/// <summary>A stored plugin as its owner and the operators see it.</summary>
public sealed record PluginRecord
{
    /// <summary>Opaque id, never used again.</summary>
    public required string Id { get; init; }

    /// <summary>The tenant it belongs to.</summary>
    public required string Tenant { get; init; }

    /// <summary>The user it belongs to.</summary>
    public required string Owner { get; init; }

    /// <summary>Display name; not unique.</summary>
    public required string Name { get; init; }

    /// <summary>Free text; may be empty.</summary>
    public required string Description { get; init; }

    /// <summary>JavaScript, or the plugin.yaml of a container plugin.</summary>
    public required string Code { get; init; }

    /// <summary>The export a call goes to; null for the module's own export or its default.</summary>
    public string? EntryPoint { get; init; }

    /// <summary>The config as posted, a JSON object; null for none.</summary>
    public JsonElement? Config { get; init; }

    /// <summary>Whether it may be called.</summary>
    public required bool Enabled { get; init; }

    /// <summary>What it runs on.</summary>
    public required PluginRuntime Runtime { get; init; }

    /// <summary>SHA-256 (lower-case hex) of the verified package. Grants are bound to it.</summary>
    public required string Digest { get; init; }

    /// <summary>1 when created, one more with every change.</summary>
    public required long Revision { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}
