using System.Collections.Frozen;
using Microsoft.Extensions.Primitives;

namespace Paddock.Contributions;

/// <summary>What is in force, per tenant; replaced as a whole with each change, so that a reader sees all of a plugin's contributions or none.</summary>
internal sealed class ContributionRegistry : IContributions, IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Tenant> _tenants = new(StringComparer.Ordinal);
    private FrozenDictionary<string, ContributionSet> _current = FrozenDictionary<string, ContributionSet>.Empty;
    private CancellationTokenSource _changed = new();
    private long _version;

    public ContributionSet Current(string tenant) => Volatile.Read(ref _current).GetValueOrDefault(tenant, ContributionSet.Empty);

    public IChangeToken Watch()
    {
        lock (_gate) return new CancellationChangeToken(_changed.Token);
    }

    /// <summary>What clashes with other plugins if a plugin contributes this.</summary>
    public IReadOnlyList<Finding> Conflicts(string tenant, string plugin, Registration registration)
    {
        lock (_gate)
        {
            return _tenants.TryGetValue(tenant, out var others) ? ContributionConflicts.Find(others.Plugins, plugin, registration) : [];
        }
    }

    /// <summary>Puts a plugin's contributions in the place of those it had; null takes them away.</summary>
    public void Set(string tenant, string plugin, string digest, Registration? registration, bool rawHtml = false) => Change(tenant, plugins =>
    {
        if (registration is null) return plugins.Remove(plugin);
        plugins[plugin] = new PluginContributions(digest, registration, rawHtml);
        return true;
    });

    /// <summary>Puts those of many plugins at once: one change, whatever their number.</summary>
    public void SetAll(string tenant, IEnumerable<(string Plugin, string Digest, Registration Registration, bool RawHtml)> contributions) => Change(tenant, plugins =>
    {
        foreach (var (plugin, digest, registration, rawHtml) in contributions) plugins[plugin] = new PluginContributions(digest, registration, rawHtml);
        return true;
    });

    /// <summary>Takes away everything of everyone.</summary>
    public void Clear()
    {
        foreach (string tenant in Tenants())
        {
            Change(tenant, plugins =>
            {
                plugins.Clear();
                return true;
            });
        }
    }

    public void Dispose()
    {
        lock (_gate) _changed.Dispose();
    }

    private string[] Tenants()
    {
        lock (_gate) return [.. _tenants.Keys];
    }

    private void Change(string tenant, Func<SortedDictionary<string, PluginContributions>, bool> change)
    {
        CancellationTokenSource told;
        lock (_gate)
        {
            if (!_tenants.TryGetValue(tenant, out var held)) _tenants.Add(tenant, held = new Tenant());
            if (!change(held.Plugins)) return;
            var set = ContributionSetBuilder.Build(held.Plugins, ++_version);
            Volatile.Write(ref _current, new Dictionary<string, ContributionSet>(_current, StringComparer.Ordinal) { [tenant] = set }.ToFrozenDictionary(StringComparer.Ordinal));
            told = _changed;
            _changed = new CancellationTokenSource();
        }

        // Outside the lock: whoever is told asks for the set and for the next token.
        told.Cancel();
        told.Dispose();
    }

    private sealed class Tenant
    {
        public SortedDictionary<string, PluginContributions> Plugins { get; } = new(StringComparer.Ordinal);
    }
}

/// <summary>What one plugin contributes, and whether its HTML goes out as it is.</summary>
internal sealed record PluginContributions(string Digest, Registration Registration, bool RawHtml = false);
