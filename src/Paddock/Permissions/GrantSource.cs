using System.Collections.Concurrent;
using Paddock.Lifecycle;

namespace Paddock.Permissions;

/// <summary>Answers at every host call from memory, and forgets everything whenever anything about consent or plugins has changed.</summary>
// SECURITY: a stale policy on a pooled instance. Nothing about grants is handed to a sandbox or kept by a call.
internal sealed class GrantSource(PermissionStore store, InstalledPlugins installed, TimeProvider clock) : IGrantSource
{
    private const int MostPlugins = 10_000;
    private readonly ConcurrentDictionary<(string Tenant, string PluginId, string Digest), Entry> _entries = new();
    private long _version;

    /// <summary>To be called after a change is committed and before it is acknowledged.</summary>
    public void Changed() => Interlocked.Increment(ref _version);

    public GrantSet ActiveGrants(string tenant, string pluginId, string digest)
    {
        if (installed.FindById(tenant, pluginId) is { } package) return OfPackage(package, digest);
        // The version is read before the store: a change committed in between makes the entry stale, never the reverse.
        long version = Interlocked.Read(ref _version);
        var key = (tenant, pluginId, digest);
        if (!_entries.TryGetValue(key, out var entry) || entry.Version != version)
        {
            entry = new Entry(version, [.. store.Holding(tenant, pluginId, digest).Select(row => row.ToGrant())]);
            if (_entries.Count >= MostPlugins) _entries.Clear();
            _entries[key] = entry;
        }

        if (entry.Grants.Length == 0) return GrantSet.Empty;
        var now = clock.GetUtcNow();
        return Array.TrueForAll(entry.Grants, g => now < g.ExpiresAt) ? entry.Set : new GrantSet([.. entry.Grants.Where(g => now < g.ExpiresAt)]);
    }

    // SECURITY: safe mode, a block and a revocation hold for calls under way too: their next host call finds nothing granted.
    // A plugin that is merely disabled or replaced ends its calls on what it has.
    private GrantSet OfPackage(InstalledPlugin package, string digest) =>
        !installed.IsStopped && package.State.Broken is null && package.TermsOf(digest) is { MayRun: true } terms ? terms.Grants : GrantSet.Blocked;

    private sealed record Entry(long Version, Grant[] Grants)
    {
        public GrantSet Set { get; } = new(Grants);
    }
}
