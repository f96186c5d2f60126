using Paddock.HostApi;
using Paddock.Packages;
using Paddock.Plugins;

namespace Paddock.Lifecycle;

/// <summary>Installed packages in their sandboxes, loaded when they are first called.</summary>
internal sealed class LoadedPackages(PluginHost host, PluginCache cache, PackageReader reader, PackagePolicy policy, PluginLedgers ledgers, PaddockOptions options, TimeProvider clock)
{
    /// <summary>Told of a plugin that has to be rolled back or stopped. Must not wait.</summary>
    public Action<InstalledPlugin, string, HealthVerdict>? Unhealthy { get; set; }

    /// <summary>The sandbox of the version that serves, entered for one call. <c>PLUGIN_CHANGED</c> when another serves by now.</summary>
    public ValueTask<Result<Plugin>> EnterAsync(InstalledPlugin live, string digest, CancellationToken cancellationToken) => cache.EnterAsync(
        Key(live, digest),
        stopping => LoadAsync(live, digest, stopping),
        cancellationToken);

    /// <summary>Counts a call; false when it is one more than policy allows in a second.</summary>
    public bool Admit(InstalledPlugin live, PluginState state) =>
        ledgers.Of(live.Identity.Tenant, live.Identity.Id).TryCall(state.Terms!.Grants.Rates, out _);

    public bool IsLoaded(InstalledPlugin live) => live.State.Active is { } active && cache.Holds(Key(live, active.Digest));

    /// <summary>Loads the version that serves, if it is not loaded.</summary>
    public async Task<ServiceError?> WarmAsync(InstalledPlugin live, CancellationToken cancellationToken)
    {
        if (live.State is not { Refusal: null, Active: { } active }) return live.State.Refusal;
        var entered = await EnterAsync(live, active.Digest, cancellationToken).ConfigureAwait(false);
        if (!entered.TryGetValue(out var plugin, out var error)) return error;
        plugin.Exit();
        return null;
    }

    private async Task<Result<Plugin>> LoadAsync(InstalledPlugin live, string digest, CancellationToken cancellationToken)
    {
        var state = live.State;
        if (state.Active?.Digest != digest) return ServiceError.PluginChanged;
        if (state.Refusal is { } refusal) return refusal;
        // SECURITY: a reload path that skips verification. Every load reads the stored bytes and verifies them again.
        var read = await reader.ReadAsync(live.Identity, digest, cancellationToken).ConfigureAwait(false);
        if (!read.TryGetValue(out var stored, out var error)) return error;
        var loaded = await host.LoadAsync(live.Identity, policy.Decide(stored.Package, state.Policy), cancellationToken).ConfigureAwait(false);
        if (loaded.TryGetValue(out var plugin, out var failure)) plugin.ShutdownFunction = state.Active.Hook(LifecycleEvents.Shutdown);
        else Failed(live, digest, failure);
        return loaded;
    }

    // A version that cannot start any more counts as one that crashes.
    private void Failed(InstalledPlugin live, string digest, ServiceError failure)
    {
        var result = new CallResult { Status = CallStatus.GuestFault, Error = new CallError(ErrorCodes.GuestTrap, failure.Message), Logs = [new LogEntry(clock.GetUtcNow(), LogSeverity.Error, failure.Message)] };
        live.Ended(result, clock.GetUtcNow());
        var verdict = live.Health.Ended(digest, result, options.RollBackAfter, options.QuarantineAfter);
        if (verdict != HealthVerdict.Fine) Unhealthy?.Invoke(live, digest, verdict);
    }

    private static PluginKey Key(InstalledPlugin live, string digest) => new(live.Identity.Tenant, live.Identity.Id, digest);
}
