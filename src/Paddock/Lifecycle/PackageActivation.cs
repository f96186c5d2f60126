using Microsoft.Data.Sqlite;
using Paddock.Contributions;
using Paddock.Packages;
using Paddock.Plugins;
using Paddock.Policy;
using Paddock.Store;

namespace Paddock.Lifecycle;

/// <summary>
/// Brings a version of a package into service in the place of another: made ready beside the one that serves, committed, swapped.
/// A call sees the one or the other; those under way on the old one end there.
/// </summary>
internal sealed class PackageActivation(
    InstalledPlugins installed,
    ContributionRegistry contributions,
    ContributionCheck check,
    PluginHost host,
    PluginCache cache,
    PackagePolicy policy,
    TrustStore trust,
    Database database,
    TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _swapping = new(1);

    /// <summary>Activates a version. Nothing has changed where it answers an error.</summary>
    /// <param name="live">The plugin; the caller holds its <see cref="NameLocks"/>.</param>
    /// <param name="version">The version.</param>
    /// <param name="next">The state it is to be in; the version and its terms are filled in here.</param>
    /// <param name="terms">The policy that holds from then on.</param>
    /// <param name="commit">Writes it all, in one transaction.</param>
    /// <param name="cancellationToken">Stops before the commit.</param>
    public async Task<Result<IReadOnlyList<Finding>>> ActivateAsync(
        InstalledPlugin live, StoredPackage version, PluginState next, PluginPolicy? terms, Func<SqliteConnection, ServiceError?> commit, CancellationToken cancellationToken)
    {
        var admission = policy.Decide(version.Package, terms);
        if (!admission.MayRun) return ServiceError.Invalid([.. admission.Findings]);
        var (registration, findings) = check.Check(live.Identity.Tenant, version, admission);
        findings = [.. version.Findings, .. admission.Findings, .. findings];
        if (findings.Any(f => f.Severity == FindingSeverity.Error)) return ServiceError.Invalid(findings);
        var active = ActiveVersion.Of(version, registration);
        var made = await MakeReadyAsync(live, admission, active, next, cancellationToken).ConfigureAwait(false);
        if (!made.TryGetValue(out var ready, out var failure)) return failure;
        bool committed = false;
        // Two plugins that become active at once must not both take the same route: what was free at the check above may be taken by now.
        await _swapping.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Clashes(live, registration) is { } clash) return clash;
            if (await database.WriteAsync(commit, cancellationToken).ConfigureAwait(false) is { } refused) return refused;
            committed = true;
            bool replaces = live.State.Active is { } former && former.Digest != active.Digest;
            Swap(live, next with { Config = PackageConfigs.Effective(version.Package, next.Config), Active = active, Terms = PluginTerms.Of(admission, live.Identity.Id), Policy = terms, Broken = null }, ready.Plugin);
            if (replaces) live.Health.Watch(active.Digest);
            else live.Health.Reset();
        }
        finally
        {
            _swapping.Release();
            if (!committed && ready.Plugin is { } unused) await unused.DisposeAsync().ConfigureAwait(false);
        }

        return Result.Ok(findings);
    }

    /// <summary>Why a plugin's contributions cannot appear beside those of the others; null where they can.</summary>
    public ServiceError? Clashes(InstalledPlugin live, Registration registration) =>
        contributions.Conflicts(live.Identity.Tenant, live.Name, registration) is { Count: > 0 } findings ? ServiceError.Invalid(findings) : null;

    /// <summary>The terms and contributions of a version under the policy that a state names. What it contributes beyond that is left out; nothing refuses.</summary>
    public PluginState Judge(InstalledPlugin live, PluginState state, StoredPackage version)
    {
        var admission = policy.Decide(version.Package, state.Policy);
        var (registration, _) = check.Check(live.Identity.Tenant, version, admission);
        return state with { Config = PackageConfigs.Effective(version.Package, state.Config), Active = ActiveVersion.Of(version, registration), Terms = PluginTerms.Of(admission, live.Identity.Id), Broken = null };
    }

    /// <summary>Puts another state of the same version in force, or takes it out of service.</summary>
    public void Apply(InstalledPlugin live, PluginState next) => Swap(live, next, made: null);

    /// <summary>Takes everything away that a plugin does and contributes.</summary>
    public void Remove(InstalledPlugin live)
    {
        installed.Remove(live);
        Swap(live, PluginState.None, made: null);
    }

    /// <summary>Shows the contributions of everything that may run.</summary>
    public void ContributeAll()
    {
        foreach (var tenant in installed.All.GroupBy(p => p.Identity.Tenant, StringComparer.Ordinal))
        {
            contributions.SetAll(tenant.Key, tenant.Where(p => p.State.Refusal is null)
                .Select(p => (p.Name, p.State.Active!.Digest, p.State.Active.Registration, p.State.Policy?.RawHtml ?? false)));
        }
    }

    /// <summary>Ends everything at once: calls under way are cancelled.</summary>
    public void StopAll()
    {
        contributions.Clear();
        foreach (var live in installed.All) cache.Stop(live.Identity.Tenant, live.Identity.Id);
    }

    public void Dispose() => _swapping.Dispose();

    /// <summary>Ends one version of a plugin at once.</summary>
    public void Stop(InstalledPlugin live, string digest) => cache.Stop(live.Identity.Tenant, live.Identity.Id, digest);

    private async Task<Result<Ready>> MakeReadyAsync(InstalledPlugin live, Admission admission, ActiveVersion active, PluginState next, CancellationToken cancellationToken)
    {
        // What cannot run now is not started, but what cannot run here at all is refused now rather than at its first call.
        if (!host.CanRun(admission.Package.Manifest.Runtime)) return ServiceError.RuntimeUnavailable(admission.Package.Manifest.Runtime);
        if (installed.IsStopped || !next.Enabled || live.State.Active?.Digest == active.Digest) return new Ready(null);
        var loaded = await host.LoadAsync(live.Identity, admission, cancellationToken).ConfigureAwait(false);
        if (!loaded.TryGetValue(out var plugin, out var error)) return error;
        plugin.ShutdownFunction = active.Hook(LifecycleEvents.Shutdown);
        if (active.Hook(LifecycleEvents.Health) is not { } health) return new Ready(plugin);
        var answer = await ProbeAsync(plugin, health, cancellationToken).ConfigureAwait(false);
        if (answer.Status == CallStatus.Completed) return new Ready(plugin);
        await plugin.DisposeAsync().ConfigureAwait(false);
        return ServiceError.Invalid([new Finding(ServiceErrorCodes.Unhealthy, $"Its health check ended with {answer.Error?.Code}: {answer.Error?.Message}") { Path = health }]);
    }

    private static async Task<CallResult> ProbeAsync(Plugin plugin, string function, CancellationToken cancellationToken)
    {
        try
        {
            return await plugin.ProbeAsync(function, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await plugin.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private void Swap(InstalledPlugin live, PluginState next, Plugin? made)
    {
        var (tenant, id) = (live.Identity.Tenant, live.Identity.Id);
        var former = live.State;
        if (former is { Broken: null, Active: { } old } && old.Digest != next.Active?.Digest && next.Active is not null) live.Drain(old.Digest, former.Terms);
        live.State = next;
        // SECURITY: revoked while it was being made ready. Whoever revokes changes the trust first and looks at the states
        // then; here the state comes first. Between the two fences one of us sees what the other did.
        Interlocked.MemoryBarrier();
        if (next.Active is { } taken && trust.IsRevoked(tenant, taken.Digest)) live.State = next = next with { Broken = ServiceError.PackageRevoked };
        bool serves = next.Refusal is null && !installed.IsStopped;
        contributions.Set(tenant, live.Name, next.Active?.Digest ?? "", serves ? next.Active!.Registration : null, next.Policy?.RawHtml ?? false);
        if (made is not null)
        {
            if (serves) cache.Offer(made);
            else _ = made.DisposeAsync().AsTask();
        }

        // SECURITY: a stale policy on a pooled instance. Limits, isolation and state are the sandbox's own, so that one which was
        // made on other terms is not used again; what is made on these is.
        bool isCurrent = serves && (made is not null || former.Terms?.SandboxedAs(next.Terms!) == true);
        var dropped = cache.DropAsync(tenant, id, isCurrent ? next.Active!.Digest : null);
        if (former.Active is { } gone && gone.Digest != next.Active?.Digest) _ = EndDrainAsync(live, gone.Digest, dropped);
    }

    private static async Task EndDrainAsync(InstalledPlugin live, string digest, Task dropped)
    {
        await dropped.ConfigureAwait(false);
        if (live.State.Active?.Digest != digest) live.Drain(digest, null);
    }

    /// <summary>The time as it is stored.</summary>
    public long Now => Time.Stored(clock.GetUtcNow());

    private sealed record Ready(Plugin? Plugin);
}
