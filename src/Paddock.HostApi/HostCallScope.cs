namespace Paddock.HostApi;

/// <summary>Who a host call is from. Set by the host when a channel is opened; nothing a guest sends changes it.</summary>
/// <param name="Tenant">Tenant of the plugin.</param>
/// <param name="Actor">On whose behalf the plugin was called.</param>
/// <param name="PluginId">The plugin.</param>
/// <param name="Digest">Digest of the code that runs; grants for other code do not hold.</param>
/// <param name="ExecutionId">The execution that the audit names.</param>
public sealed record HostCallScope(string Tenant, string Actor, string PluginId, string Digest, string ExecutionId)
{
    /// <summary>The plugin's name: what its cache keys, translations and calls of other plugins go by. Empty for a posted snippet, which has no name of its own.</summary>
    public string PluginName { get; init; } = "";

    /// <summary>Names of the plugins whose calls led to this one, first caller first; empty for a call from outside.</summary>
    public IReadOnlyList<string> Chain { get; init; } = [];

    /// <summary>The caller's language (<c>de-AT</c>); null for the application's default.</summary>
    public string? Language { get; init; }
}
