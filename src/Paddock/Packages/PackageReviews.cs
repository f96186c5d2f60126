using Dapper;
using Microsoft.Data.Sqlite;
using Paddock.Audit;
using Paddock.Lifecycle;
using Paddock.Packaging;
using Paddock.Policy;
using Paddock.Store;

namespace Paddock.Packages;

/// <summary>An operator's decisions about packages: policy, rolling back, revoking. The caller holds the name's lock, but for revoking, which takes it itself.</summary>
internal sealed class PackageReviews(
    PackageStore store,
    PackageReader reader,
    PackageActivation activation,
    PackagePolicy policy,
    PackageConfigs configs,
    PackageUse use,
    InstalledPlugins installed,
    NameLocks locks,
    TrustStore trust,
    Database database,
    AuditStore audit,
    TimeProvider clock)
{
    /// <summary>What an operator has to look at: the version that waits, else the one that serves.</summary>
    public Result<StoredPackage> ToReview(PackageRow row) => Read(row, [VersionState.Waiting, VersionState.Active]);

    /// <summary>What a config or a secret is for: the version that serves, else the one that waits.</summary>
    public Result<StoredPackage> ToConfigure(PackageRow row) => Read(row, [VersionState.Active, VersionState.Waiting]);

    public async Task<ServiceError?> SetPolicyAsync(
        Principal principal, InstalledPlugin live, PackageRow row, PluginPolicy terms, string reviewedDigest, CancellationToken cancellationToken)
    {
        // SECURITY: code or permissions changed between review and approval. The decision is about the digest that was displayed.
        var version = store.Versions(row.Id).FirstOrDefault(v => v.Digest == reviewedDigest && v.State is (int)VersionState.Waiting or (int)VersionState.Active);
        if (version is null || version.Digest != reviewedDigest) return ServiceError.ReviewStale;
        bool decides = terms.Status is PolicyStatus.Approved or PolicyStatus.Restricted;
        var read = reader.Read(version);
        // What is damaged cannot be approved, but it can be blocked: what is loaded of it may be whole, and running.
        if (!read.TryGetValue(out var stored, out var error)) return decides ? error : await ChangeTermsAsync(principal, live, row, terms, cancellationToken).ConfigureAwait(false);
        var admission = policy.Decide(stored.Package, terms);
        if (decides && !admission.MayRun) return ServiceError.Invalid(admission.Findings);
        if (decides && version.State == (int)VersionState.Waiting)
            return await PutInServiceAsync(principal, live, row, version, stored, terms, VersionState.Former, cancellationToken).ConfigureAwait(false);
        return await ChangeTermsAsync(principal, live, row, terms, cancellationToken).ConfigureAwait(false);
    }

    public async Task<ServiceError?> RollBackAsync(
        Principal principal, InstalledPlugin live, PackageRow row, string? digest, VersionState formerBecomes, CancellationToken cancellationToken)
    {
        var versions = store.Versions(row.Id).Where(v => v.State == (int)VersionState.Former);
        string? serves = live.State.Active?.Manifest.Version;
        // Without a digest it is always back: the highest version below the one that serves, however often this is asked.
        var former = digest is not null
            ? versions.FirstOrDefault(v => v.Digest == digest)
            : versions.Where(v => serves is null || VersionOrder.Compare(v.Version, serves) < 0).MaxBy(v => v.Version, Comparer<string>.Create(VersionOrder.Compare));
        if (former is null) return ServiceError.VersionNotFound;
        // SECURITY: rollback to a revoked version. Reading verifies it under the trust of now, not of when it served.
        var read = reader.Read(former);
        if (!read.TryGetValue(out var stored, out var error)) return error;
        return await PutInServiceAsync(principal, live, row, former, stored, live.State.Policy, formerBecomes, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<Result<bool>> RevokeAsync(Principal principal, string digest, string reason, CancellationToken cancellationToken)
    {
        if (!BlobStore.IsHash(digest) || reason.Length > 500)
            return ServiceError.Invalid([new Finding(PackageCodes.DigestMismatch, "It is no SHA-256 in lower-case hex, or the reason has more than 500 characters.") { Path = "digest" }]);
        bool isNew = await database.WriteAsync(connection =>
        {
            audit.Append(connection, ActRecord.Of(clock, principal, "package.revoke", pluginId: null, digest));
            return connection.Execute(
                "INSERT INTO revoked_packages (digest, tenant, owner, reason, revoked_at) VALUES (@digest, @Tenant, @Owner, @reason, @now) ON CONFLICT (tenant, digest) DO NOTHING",
                new { digest, principal.Tenant, principal.Owner, reason, now = Time.Stored(clock.GetUtcNow()) }) == 1;
        }, cancellationToken).ConfigureAwait(false);
        trust.Changed();
        await StopThoseAsync(principal.Tenant, digest, active => active.Digest == digest).ConfigureAwait(false);
        return isNew;
    }

    /// <summary>Stops what a key signed, from now on.</summary>
    public Task StopSignedByAsync(string tenant, string keyId) => StopThoseAsync(tenant, draining: null, active => active.Subject.TrustedKey == keyId);

    private async Task StopThoseAsync(string tenant, string? draining, Func<ActiveVersion, bool> isMeant)
    {
        var all = installed.Of(tenant).ToArray();
        // What serves, or still ends its calls, stops first: without waiting for whatever else is being done to any plugin.
        foreach (var live in all)
        {
            if (draining is not null && live.EndDrain(draining)) activation.Stop(live, draining);
            if (live.Revoke(isMeant) is { } serving) activation.Stop(live, serving.Digest);
        }

        foreach (var live in all)
        {
            // A change under way read its trust before the revocation, so it is waited for.
            using var held = await locks.EnterAsync(tenant, live.Name, CancellationToken.None).ConfigureAwait(false);
            live.Revoke(isMeant);
            if (live.State is not { Broken: not null, Active: { } active } || !isMeant(active)) continue;
            activation.Apply(live, live.State);
            activation.Stop(live, active.Digest);
        }
    }

    private async Task<ServiceError?> PutInServiceAsync(
        Principal principal, InstalledPlugin live, PackageRow row, VersionRow version, StoredPackage stored, PluginPolicy? terms, VersionState formerBecomes, CancellationToken cancellationToken)
    {
        var config = configs.For(row.Id, stored.Package, live.State.Active?.Digest);
        var activated = await activation.ActivateAsync(live, stored, live.State with { Config = config, Quarantine = null, Enabled = row.Enabled }, terms, connection =>
        {
            PackageAudit.Activate(connection, audit, clock, principal, row, version, stored.Package.Manifest, formerBecomes);
            if (terms is not null) WritePolicy(connection, principal, row, terms);
            if (config is { } bytes) PackageWrites.PutConfig(connection, row, version.Digest, System.Text.Encoding.UTF8.GetString(bytes.Span), activation.Now);
            return null;
        }, cancellationToken).ConfigureAwait(false);
        return activated.Error;
    }

    // The version stays. Narrowing must never fail for a reason of the plugin's, so nothing is started here.
    private async Task<ServiceError?> ChangeTermsAsync(Principal principal, InstalledPlugin live, PackageRow row, PluginPolicy terms, CancellationToken cancellationToken)
    {
        var state = live.State with { Policy = terms };
        if (state.Active is { } active)
        {
            var read = await reader.ReadAsync(live.Identity, active.Digest, cancellationToken).ConfigureAwait(false);
            state = read.TryGetValue(out var stored, out var broken) ? activation.Judge(live, state, stored) : state with { Broken = broken };
        }

        var draining = await DrainingAsync(live, terms, cancellationToken).ConfigureAwait(false);
        await database.WriteAsync(connection =>
        {
            WritePolicy(connection, principal, row, terms);
            return 0;
        }, cancellationToken).ConfigureAwait(false);
        foreach (var (digest, old) in draining) live.Drain(digest, old);
        if (terms.Observation is not null && terms.Observation != live.State.Policy?.Observation) use.Begin(live);
        activation.Apply(live, state);
        return null;
    }

    private async Task<List<(string Digest, PluginTerms Terms)>> DrainingAsync(InstalledPlugin live, PluginPolicy terms, CancellationToken cancellationToken)
    {
        var draining = new List<(string, PluginTerms)>();
        foreach (string digest in live.Draining)
        {
            var read = await reader.ReadAsync(live.Identity, digest, cancellationToken).ConfigureAwait(false);
            if (read.TryGetValue(out var old, out _)) draining.Add((digest, PluginTerms.Of(policy.Decide(old.Package, terms), live.Identity.Id)));
        }

        return draining;
    }

    private void WritePolicy(SqliteConnection connection, Principal principal, PackageRow row, PluginPolicy terms)
    {
        audit.Append(connection, ActRecord.Of(clock, principal, "package.policy", row.Id, terms.Status.ToString()));
        PackageWrites.PutPolicy(connection, PolicyRow.Of(row, terms, principal, activation.Now));
    }

    private Result<StoredPackage> Read(PackageRow row, VersionState[] order)
    {
        var versions = store.Versions(row.Id);
        var version = order.Select(state => versions.FirstOrDefault(v => v.State == (int)state)).FirstOrDefault(v => v is not null);
        return version is null ? ServiceError.VersionNotFound : reader.Read(version);
    }
}
