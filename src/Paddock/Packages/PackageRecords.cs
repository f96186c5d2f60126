using Paddock.Lifecycle;
using Paddock.Packaging;
using Paddock.Policy;

namespace Paddock.Packages;

/// <summary>Installed packages as people see them.</summary>
internal sealed class PackageRecords(PackageStore store, PackageReader reader, InstalledPlugins installed, LoadedPackages loaded)
{
    public async ValueTask<Result<IReadOnlyList<PackageRecord>>> ListAsync(Principal principal, CancellationToken cancellationToken)
    {
        var records = new List<PackageRecord>();
        foreach (var row in store.List(principal)) records.Add(await OfAsync(row, cancellationToken).ConfigureAwait(false));
        return Result.Ok<IReadOnlyList<PackageRecord>>(records);
    }

    public async ValueTask<PackageRecord> OfAsync(PackageRow row, CancellationToken cancellationToken)
    {
        var live = installed.Find(row.Tenant, row.Name);
        var versions = store.Versions(row.Id);
        var state = live?.State ?? PluginState.None;
        return new PackageRecord
        {
            Id = row.Id,
            Name = row.Name,
            Description = row.Description,
            Active = await VersionAsync(versions, VersionState.Active, cancellationToken).ConfigureAwait(false),
            Waiting = await VersionAsync(versions, VersionState.Waiting, cancellationToken).ConfigureAwait(false),
            Former = await FormerAsync(versions, cancellationToken).ConfigureAwait(false),
            Status = PolicyRow.Read(store.Policy(row.Id))?.Status ?? PolicyStatus.PendingReview,
            Enabled = row.Enabled,
            Quarantine = row.Quarantine ?? state.Broken?.Code,
            Loaded = live is not null && loaded.IsLoaded(live),
            SecretsSet = store.SecretNames(row.Id),
            Findings = state.Terms?.Findings ?? [],
            InstalledAt = Store.Time.Read(row.CreatedAt),
            UpdatedAt = Store.Time.Read(row.UpdatedAt),
        };
    }

    private async ValueTask<PackageVersion?> VersionAsync(IReadOnlyList<VersionRow> versions, VersionState state, CancellationToken cancellationToken) =>
        versions.FirstOrDefault(v => v.State == (int)state) is { } row ? await VersionAsync(row, cancellationToken).ConfigureAwait(false) : null;

    private async ValueTask<IReadOnlyList<PackageVersion>> FormerAsync(IReadOnlyList<VersionRow> versions, CancellationToken cancellationToken)
    {
        var former = new List<PackageVersion>();
        foreach (var row in versions.Where(v => v.State == (int)VersionState.Former))
        {
            if (await VersionAsync(row, cancellationToken).ConfigureAwait(false) is { } version) former.Add(version);
        }

        return former;
    }

    // What cannot be read any more (revoked, or not what was verified) is not shown as if it could be used; the audit has it.
    private async ValueTask<PackageVersion?> VersionAsync(VersionRow row, CancellationToken cancellationToken)
    {
        var read = reader.Read(row);
        if (!read.TryGetValue(out var stored, out _)) return null;
        return new PackageVersion
        {
            Digest = row.Digest,
            Version = row.Version,
            Publisher = row.Publisher,
            Signature = (SignatureState)row.Signature,
            Manifest = stored.Package.Manifest,
            Registration = stored.Registration,
            Size = row.Size,
            InstalledBy = row.InstalledBy,
            InstalledAt = Store.Time.Read(row.InstalledAt),
        };
    }
}
