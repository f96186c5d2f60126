namespace Paddock;

/// <summary>Loads plugins before their first call.</summary>
public interface IPluginLoader
{
    /// <summary>Loads a plugin that may run and is not loaded yet; done at once where it is. Codes: those of a call.</summary>
    ValueTask<Result<bool>> LoadAsync(string tenant, string plugin, CancellationToken cancellationToken = default);
}
