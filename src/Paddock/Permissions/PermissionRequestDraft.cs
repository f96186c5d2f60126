namespace Paddock;

/// <summary>What an author asks an operator to grant.</summary>
public sealed record PermissionRequestDraft
{
    /// <summary>The plugin that needs it.</summary>
    public required string PluginId { get; init; }

    /// <summary>Kind, access and scope.</summary>
    public required Permission Permission { get; init; }

    /// <summary>Why, for the operator; up to 500 characters.</summary>
    public string Reason { get; init; } = "";
}
