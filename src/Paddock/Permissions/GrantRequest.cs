namespace Paddock;

/// <summary>What an operator grants to one plugin.</summary>
public sealed record GrantRequest
{
    /// <summary>The plugin that may use it.</summary>
    public required string PluginId { get; init; }

    /// <summary>Kind, access and scope.</summary>
    public required Permission Permission { get; init; }

    /// <summary>Until when. Default 30 days.</summary>
    public GrantExpiry Expiry { get; init; } = GrantExpiry.Default;

    /// <summary>The digest of the code that the operator reviewed; null for the code as it is when the grant is stored. Another digest is refused as <c>REQUEST_STALE</c>.</summary>
    public string? ReviewedDigest { get; init; }
}
