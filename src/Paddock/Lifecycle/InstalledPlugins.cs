using System.Collections.Concurrent;

namespace Paddock.Lifecycle;

/// <summary>Every installed package of the host, by name and by id.</summary>
internal sealed class InstalledPlugins
{
    private readonly ConcurrentDictionary<(string Tenant, string Name), InstalledPlugin> _byName = new();
    private readonly ConcurrentDictionary<(string Tenant, string Id), InstalledPlugin> _byId = new();

    /// <summary>Whether the host is in safe mode.</summary>
    public bool IsStopped { get => Volatile.Read(ref _stopped); set => Volatile.Write(ref _stopped, value); }

    private bool _stopped;

    public IEnumerable<InstalledPlugin> All => _byName.Values;

    public IEnumerable<InstalledPlugin> Of(string tenant) => _byName.Values.Where(p => p.Identity.Tenant == tenant).OrderBy(p => p.Name, StringComparer.Ordinal);

    public InstalledPlugin? Find(string tenant, string name) => _byName.GetValueOrDefault((tenant, name));

    public InstalledPlugin? FindById(string tenant, string id) => _byId.GetValueOrDefault((tenant, id));

    public InstalledPlugin Add(PluginIdentity identity)
    {
        var plugin = new InstalledPlugin(identity);
        Adopt(plugin);
        return plugin;
    }

    public void Adopt(InstalledPlugin plugin)
    {
        _byName[(plugin.Identity.Tenant, plugin.Name)] = plugin;
        _byId[(plugin.Identity.Tenant, plugin.Identity.Id)] = plugin;
    }

    public void Remove(InstalledPlugin plugin)
    {
        _byName.TryRemove(new((plugin.Identity.Tenant, plugin.Name), plugin));
        _byId.TryRemove(new((plugin.Identity.Tenant, plugin.Identity.Id), plugin));
    }
}
