namespace Paddock;

/// <summary>A permission request as people see it.</summary>
public sealed record PermissionRequestRecord
{
    /// <summary>Opaque id.</summary>
    public required string Id { get; init; }

    /// <summary>The plugin that needs it.</summary>
    public required string PluginId { get; init; }

    /// <summary>Kind, access and scope.</summary>
    public required Permission Permission { get; init; }

    /// <summary>Why; written by the author, not to be trusted.</summary>
    public required string Reason { get; init; }

    /// <summary>What became of it.</summary>
    public required PermissionRequestStatus Status { get; init; }

    /// <summary>Digest of the code when it was asked for: the code to review.</summary>
    public required string Digest { get; init; }

    /// <summary>Whether the code has changed since. A stale request cannot be approved.</summary>
    public required bool Stale { get; init; }

    /// <summary>Who asks.</summary>
    public required string RequestedBy { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The operator who decided; null while pending.</summary>
    public string? ResolvedBy { get; init; }

    /// <summary>When it was decided; null while pending.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>The grant that came of it; null if none did.</summary>
    public string? GrantId { get; init; }
}
