namespace Paddock.Plugins;

/// <summary>A place of <see cref="PluginCache"/>, under whose lock its members are changed.</summary>
internal sealed class PluginSlot(PluginKey key, Lazy<Task<Result<Plugin>>> loading)
{
    private bool _isStopped;

    public PluginKey Key { get; } = key;

    public Lazy<Task<Result<Plugin>>> Loading { get; } = loading;

    public long Bytes { get; set; }

    /// <summary>Callers between finding it and entering it.</summary>
    public int Waiting { get; set; }

    public bool IsDropped { get; private set; }

    public Task Dropped { get; private set; } = Task.CompletedTask;

    public void Drop()
    {
        if (IsDropped) return;
        IsDropped = true;
        Dropped = DisposeAsync();
    }

    /// <summary>Cancels its calls; where it is still being loaded, those that were waiting for it.</summary>
    public void Stop()
    {
        Volatile.Write(ref _isStopped, true);
        if (Loading is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true } loaded } && loaded.Result.TryGetValue(out var plugin, out _)) plugin.Stop();
    }

    private async Task DisposeAsync()
    {
        // Away from the lock under which it is called, and from the load that may be calling.
        await Task.Yield();
        var result = await Settled().ConfigureAwait(false);
        if (result is not { } settled || !settled.TryGetValue(out var plugin, out _)) return;
        if (Volatile.Read(ref _isStopped)) plugin.Stop();
        await plugin.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<Result<Plugin>?> Settled()
    {
        try
        {
            return await Loading.Value.ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Whoever waits for the load has been told; there is no sandbox to dispose.
            return null;
        }
    }
}
