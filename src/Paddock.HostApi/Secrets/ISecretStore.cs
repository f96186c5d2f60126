namespace Paddock.HostApi.Secrets;

/// <summary>The secrets that operators set for plugins. Only the host reads them, at the moment it puts one into a request; no guest ever does.</summary>
public interface ISecretStore
{
    /// <summary>The value of a plugin's secret; null where none is set. Secrets of other plugins and tenants do not exist for it.</summary>
    ValueTask<string?> GetAsync(string tenant, string pluginId, string name, CancellationToken cancellationToken);
}
