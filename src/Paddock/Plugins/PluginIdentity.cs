namespace Paddock;

/// <summary>Which plugin it is: what grants, values, executions and audit records are kept under. Stamped by the host; a guest can neither read nor choose it.</summary>
/// <param name="Tenant">The tenant it belongs to.</param>
/// <param name="Id">Its opaque id.</param>
public sealed record PluginIdentity(string Tenant, string Id)
{
    /// <summary>Name of an installed package; null for a posted snippet, whose name says nothing.</summary>
    public string? Name { get; init; }
}
