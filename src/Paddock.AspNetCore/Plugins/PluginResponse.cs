using System.Text.Json;

namespace Paddock.AspNetCore;

/// <summary>A plugin on the native interface.</summary>
internal sealed record PluginResponse
{
    public required string Id { get; init; }

    public required string Owner { get; init; }

    public required string Name { get; init; }

    public required string Description { get; init; }

    public required string Runtime { get; init; }

    public required string Code { get; init; }

    public string? Entrypoint { get; init; }

    public JsonElement? Config { get; init; }

    public required bool Enabled { get; init; }

    /// <summary>SHA-256 of the package: what permissions are bound to.</summary>
    public required string Digest { get; init; }

    public required long Revision { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public static PluginResponse From(PluginRecord plugin) => new()
    {
        Id = plugin.Id,
        Owner = plugin.Owner,
        Name = plugin.Name,
        Description = plugin.Description,
        Runtime = Names.Of(plugin.Runtime),
        Code = plugin.Code,
        Entrypoint = plugin.EntryPoint,
        Config = plugin.Config,
        Enabled = plugin.Enabled,
        Digest = plugin.Digest,
        Revision = plugin.Revision,
        CreatedAt = plugin.CreatedAt,
        UpdatedAt = plugin.UpdatedAt,
    };
}

/// <summary>A list, so that members can be added beside it.</summary>
internal sealed record ListResponse<T>(IReadOnlyList<T> Items);

/// <summary>Everything that was found; valid when none of it is an error.</summary>
internal sealed record ValidationResponse(bool Valid, IReadOnlyList<FindingResponse> Findings);
