namespace Paddock;

/// <summary>The verified files of running plugins that a browser may have: those beneath <c>static/</c> and <c>assets/</c>, and templates.</summary>
public interface IPluginAssets
{
    /// <summary>The bytes of a file of the active version, or null where there is no such plugin, file, or none that may be read so. What is returned is what was verified, whatever has become of the store since.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="plugin">Name of the plugin.</param>
    /// <param name="path">Path within the package.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    ValueTask<PluginAsset?> FindAsync(string tenant, string plugin, string path, CancellationToken cancellationToken = default);
}

/// <summary>A file of a plugin.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="Sha256">Their SHA-256 in lower-case hex: an entity tag.</param>
public sealed record PluginAsset(ReadOnlyMemory<byte> Content, string Sha256);
