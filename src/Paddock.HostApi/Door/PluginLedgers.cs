using System.Collections.Concurrent;

namespace Paddock.HostApi;

/// <summary>The ledgers of all plugins of a host, by tenant and id. One for each host: a second one would count from nothing.</summary>
// SECURITY: rates that begin anew with a reload, an upgrade or another digest would be no rates. A ledger ends when its plugin is purged.
public sealed class PluginLedgers(TimeProvider? clock = null)
{
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly ConcurrentDictionary<(string Tenant, string PluginId), PluginLedger> _ledgers = new();

    /// <summary>The ledger of a plugin; made when it is first asked for.</summary>
    public PluginLedger Of(string tenant, string pluginId)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        ArgumentNullException.ThrowIfNull(pluginId);
        return _ledgers.TryGetValue((tenant, pluginId), out var ledger) ? ledger : _ledgers.GetOrAdd((tenant, pluginId), _ => new PluginLedger(_clock));
    }

    /// <summary>Ends the ledger of a plugin that is purged.</summary>
    public void Remove(string tenant, string pluginId) => _ledgers.TryRemove((tenant, pluginId), out _);
}
