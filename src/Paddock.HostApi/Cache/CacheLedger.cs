namespace Paddock.HostApi.Cache;

/// <summary>What each plugin has put into the cache and is not yet over. The cache itself cannot say: it knows no plugins.</summary>
internal sealed class CacheLedger(CacheFunctionOptions options, TimeProvider clock)
{
    private readonly Dictionary<(string Tenant, string PluginId), Account> _accounts = [];
    private readonly Lock _gate = new();

    // SECURITY: one plugin that fills the cache would push out the values of all others.
    /// <summary>Whether the plugin may have this value too. It then counts, in place of what the key had before.</summary>
    internal bool TryHold(HostCallScope scope, string key, int bytes, TimeSpan timeToLive)
    {
        var now = clock.GetTimestamp();
        var until = now + (long)(timeToLive.TotalSeconds * clock.TimestampFrequency);
        lock (_gate)
        {
            if (!_accounts.TryGetValue((scope.Tenant, scope.PluginId), out var account))
                _accounts[(scope.Tenant, scope.PluginId)] = account = new Account();
            if (Fits(account, key, bytes) || (account.Forget(now) && Fits(account, key, bytes)))
            {
                account.Hold(key, bytes, until);
                return true;
            }

            return false;
        }
    }

    internal void Release(HostCallScope scope, string key)
    {
        lock (_gate)
        {
            if (!_accounts.TryGetValue((scope.Tenant, scope.PluginId), out var account)) return;
            account.Release(key);
            if (account.Keys == 0) _accounts.Remove((scope.Tenant, scope.PluginId));
        }
    }

    private bool Fits(Account account, string key, int bytes)
    {
        var before = account.BytesOf(key);
        return account.Bytes - (before ?? 0) + bytes <= options.PluginBytes && account.Keys + (before is null ? 1 : 0) <= options.PluginKeys;
    }

    private sealed class Account
    {
        private readonly Dictionary<string, (int Bytes, long Until)> _held = new(StringComparer.Ordinal);

        internal long Bytes { get; private set; }

        internal int Keys => _held.Count;

        internal int? BytesOf(string key) => _held.TryGetValue(key, out var entry) ? entry.Bytes : null;

        internal void Hold(string key, int bytes, long until)
        {
            Release(key);
            _held[key] = (bytes, until);
            Bytes += bytes;
        }

        internal void Release(string key)
        {
            if (_held.Remove(key, out var entry)) Bytes -= entry.Bytes;
        }

        internal bool Forget(long now)
        {
            var over = _held.Where(e => e.Value.Until <= now).Select(e => e.Key).ToArray();
            foreach (var key in over) Release(key);
            return over.Length > 0;
        }
    }
}
