using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Dapper;
using Paddock.Lifecycle;
using Paddock.Packages;
using Paddock.Store;

namespace Paddock.Contributions;

/// <summary>Files of running plugins for browsers, read by the hash that was verified.</summary>
internal sealed class PluginAssets(InstalledPlugins installed, Database database, BlobStore blobs) : IPluginAssets
{
    private static readonly string[] Readable = ["static/", "assets/", "templates/"];
    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, string>> _hashes = new(StringComparer.Ordinal);

    public ValueTask<PluginAsset?> FindAsync(string tenant, string plugin, string path, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        ArgumentNullException.ThrowIfNull(plugin);
        ArgumentNullException.ThrowIfNull(path);
        return new(Find(tenant, plugin, path));
    }

    // SECURITY: a path is only ever looked up among the package's own names; nothing is opened by it.
    private PluginAsset? Find(string tenant, string plugin, string path)
    {
        if (installed.IsStopped || !Array.Exists(Readable, folder => path.StartsWith(folder, StringComparison.Ordinal))) return null;
        if (installed.Find(tenant, plugin) is not { State: { Refusal: null, Active: { } active } } live) return null;
        if (!HashesOf(live, active.Digest).TryGetValue(path, out string? hash) || blobs.Read(hash) is not { } content) return null;
        return new PluginAsset(content, Convert.ToHexStringLower(SHA256.HashData(content)));
    }

    private IReadOnlyDictionary<string, string> HashesOf(InstalledPlugin live, string digest)
    {
        if (_hashes.Count > 4096) _hashes.Clear();
        return _hashes.GetOrAdd($"{live.Identity.Id} {digest}", _ => Read(live, digest));
    }

    private Dictionary<string, string> Read(InstalledPlugin live, string digest)
    {
        string? files = database.Read(connection => connection.QuerySingleOrDefault<string>(
            "SELECT files FROM package_versions WHERE plugin_id = @Id AND tenant = @Tenant AND digest = @digest", new { live.Identity.Id, live.Identity.Tenant, digest }));
        return (files is null ? [] : JsonSerializer.Deserialize<StoredFile[]>(files)!).ToDictionary(f => f.Path, f => f.Sha256, StringComparer.Ordinal);
    }
}
