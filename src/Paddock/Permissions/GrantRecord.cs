namespace Paddock;

/// <summary>A grant as people see it.</summary>
public sealed record GrantRecord
{
    /// <summary>Opaque id.</summary>
    public required string Id { get; init; }

    /// <summary>The plugin it belongs to.</summary>
    public required string PluginId { get; init; }

    /// <summary>Kind, access and scope.</summary>
    public required Permission Permission { get; init; }

    /// <summary>Digest of the code it was given for.</summary>
    public required string Digest { get; init; }

    /// <summary>Whether it holds.</summary>
    public required GrantState State { get; init; }

    /// <summary>The operator who gave it.</summary>
    public required string GrantedBy { get; init; }

    /// <summary>When it was given.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>First instant at which it no longer holds.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it was taken back; null if it was not.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>The request it answers; null if an operator granted it unasked.</summary>
    public string? RequestId { get; init; }
}
