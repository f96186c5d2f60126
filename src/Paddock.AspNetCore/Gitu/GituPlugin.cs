using System.Text.Json;

namespace Paddock.AspNetCore;

/// <summary>A plugin as Gitu's clients know it, and after that what they did not have.</summary>
internal sealed record GituPlugin
{
    public required string Id { get; init; }

    public required string UserId { get; init; }

    public required string Name { get; init; }

    public required string Description { get; init; }

    public required string Code { get; init; }

    public string? Entrypoint { get; init; }

    public required JsonElement Config { get; init; }

    public required bool Enabled { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary><c>javascript</c> or <c>container</c>.</summary>
    public required string Runtime { get; init; }

    /// <summary>SHA-256 of the package: what permissions are bound to.</summary>
    public required string Digest { get; init; }

    public static GituPlugin From(PluginRecord plugin) => new()
    {
        Id = plugin.Id,
        UserId = plugin.Owner,
        Name = plugin.Name,
        Description = plugin.Description,
        Code = plugin.Code,
        Entrypoint = plugin.EntryPoint,
        Config = plugin.Config ?? JsonElement.Parse("{}"u8),
        Enabled = plugin.Enabled,
        CreatedAt = plugin.CreatedAt,
        UpdatedAt = plugin.UpdatedAt,
        Runtime = Names.Of(plugin.Runtime),
        Digest = plugin.Digest,
    };
}
