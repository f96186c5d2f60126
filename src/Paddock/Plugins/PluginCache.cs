namespace Paddock.Plugins;

/// <summary>Loaded plugins, least recently used first to go. Concurrent first calls share one load; a plugin that is dropped ends its calls before its sandbox.</summary>
internal sealed class PluginCache(int mostPlugins, long mostBytes) : IAsyncDisposable
{
    // A sandbox that cannot say how large it is counts as this.
    private const long UnknownBytes = 1 << 20;
    private readonly Lock _gate = new();
    private readonly Dictionary<PluginKey, LinkedListNode<PluginSlot>> _slots = [];
    private readonly LinkedList<PluginSlot> _byUse = [];
    private readonly HashSet<PluginSlot> _ending = [];
    private readonly CancellationTokenSource _stopping = new();
    private long _bytes;

    public int Count
    {
        get { lock (_gate) return _slots.Count; }
    }

    /// <summary>The plugin of a key, entered for one call: the caller owes an <see cref="Plugin.Exit"/>.</summary>
    /// <param name="key">Which.</param>
    /// <param name="load">Loads it where it is not loaded. Runs under the host's own token: one caller who leaves does not spoil it for the others.</param>
    /// <param name="cancellationToken">Ends the waiting of this caller.</param>
    public async ValueTask<Result<Plugin>> EnterAsync(PluginKey key, Func<CancellationToken, Task<Result<Plugin>>> load, CancellationToken cancellationToken)
    {
        while (true)
        {
            var slot = Touch(key, load);
            try
            {
                var result = await slot.Loading.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
                if (!result.TryGetValue(out var plugin, out var error)) return error;
                if (plugin.TryEnter()) return plugin;
            }
            finally
            {
                lock (_gate) slot.Waiting--;
            }

            // The plugin was changed or deleted between our finding it and our entering it; the load will say which.
            Remove(slot);
        }
    }

    /// <summary>Takes over a plugin that was loaded elsewhere.</summary>
    public void Offer(Plugin plugin)
    {
        var key = new PluginKey(plugin.Identity.Tenant, plugin.Identity.Id, plugin.Digest);
        var slot = new PluginSlot(key, new Lazy<Task<Result<Plugin>>>(Task.FromResult<Result<Plugin>>(plugin)));
        lock (_gate)
        {
            if (_slots.ContainsKey(key)) End(slot);
            else Add(slot);
        }

        Loaded(slot, plugin);
    }

    /// <summary>Whether a plugin is loaded, or being loaded.</summary>
    public bool Holds(PluginKey key)
    {
        lock (_gate) return _slots.ContainsKey(key);
    }

    /// <summary>Drops what is loaded of a plugin, but for one digest where given. The task ends when the calls and sandboxes of what was dropped have.</summary>
    public Task DropAsync(string tenant, string id, string? exceptDigest = null)
    {
        lock (_gate) return Task.WhenAll([.. Of(tenant, id).Where(n => n.Value.Key.Digest != exceptDigest).ToArray().Select(Dropped)]);
    }

    /// <summary>Drops what is loaded of a plugin, or of one digest of it, and cancels its calls: those of what was dropped before and is still ending them too.</summary>
    // SECURITY: a call that began before its version was replaced, or pushed out, outlives a stop otherwise.
    public void Stop(string tenant, string id, string? digest = null)
    {
        lock (_gate)
        {
            foreach (var node in Of(tenant, id).Where(n => digest is null || n.Value.Key.Digest == digest).ToArray()) RemoveHeld(node);
            foreach (var slot in _ending.Where(s => s.Key.Id == id && s.Key.Tenant == tenant && (digest is null || s.Key.Digest == digest)).ToArray()) slot.Stop();
        }
    }

    private IEnumerable<LinkedListNode<PluginSlot>> Of(string tenant, string id) => _slots.Values.Where(n => n.Value.Key.Id == id && n.Value.Key.Tenant == tenant);

    private Task Dropped(LinkedListNode<PluginSlot> node)
    {
        RemoveHeld(node);
        return node.Value.Dropped;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        PluginSlot[] slots;
        lock (_gate)
        {
            foreach (var slot in _byUse.ToArray()) RemoveHeld(_slots[slot.Key]);
            slots = [.. _ending];
        }

        foreach (var slot in slots) await slot.Dropped.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private PluginSlot Touch(PluginKey key, Func<CancellationToken, Task<Result<Plugin>>> load)
    {
        lock (_gate)
        {
            if (_slots.TryGetValue(key, out var node))
            {
                _byUse.Remove(node);
                _byUse.AddLast(node);
                node.Value.Waiting++;
                return node.Value;
            }

            PluginSlot? slot = null;
            slot = new PluginSlot(key, new Lazy<Task<Result<Plugin>>>(() => LoadAsync(slot!, load))) { Waiting = 1 };
            Add(slot);
            return slot;
        }
    }

    private async Task<Result<Plugin>> LoadAsync(PluginSlot slot, Func<CancellationToken, Task<Result<Plugin>>> load)
    {
        try
        {
            var result = await load(_stopping.Token).ConfigureAwait(false);
            if (result.TryGetValue(out var plugin, out _)) Loaded(slot, plugin);
            else Remove(slot);
            return result;
        }
        catch
        {
            Remove(slot);
            throw;
        }
    }

    private void Loaded(PluginSlot slot, Plugin plugin)
    {
        lock (_gate)
        {
            slot.Bytes = plugin.EstimatedBytes is > 0 and var bytes ? bytes : UnknownBytes;
            if (slot.IsDropped) return;
            _bytes += slot.Bytes;
            Shrink(slot);
        }
    }

    // The one just loaded stays, even if it alone is too large; so does one that somebody waits for, or two plugins that
    // are called in turn could drop each other for ever before either is entered.
    private void Shrink(PluginSlot loaded)
    {
        for (var node = _byUse.First; node is not null && (_slots.Count > mostPlugins || _bytes > mostBytes);)
        {
            var next = node.Next;
            if (node.Value != loaded && node.Value.Waiting == 0) RemoveHeld(node);
            node = next;
        }
    }

    private void Add(PluginSlot slot) => _slots.Add(slot.Key, _byUse.AddLast(slot));

    private void Remove(PluginSlot slot)
    {
        lock (_gate)
        {
            if (_slots.TryGetValue(slot.Key, out var node) && node.Value == slot) RemoveHeld(node);
        }
    }

    private void RemoveHeld(LinkedListNode<PluginSlot> node)
    {
        _slots.Remove(node.Value.Key);
        _byUse.Remove(node);
        _bytes -= node.Value.Bytes;
        End(node.Value);
    }

    private void End(PluginSlot slot)
    {
        slot.Drop();
        _ending.Add(slot);
        _ = ForgetAsync(slot);
    }

    private async Task ForgetAsync(PluginSlot slot)
    {
        try
        {
            await slot.Dropped.ConfigureAwait(false);
        }
        finally
        {
            lock (_gate) _ending.Remove(slot);
        }
    }
}
