using System.Collections.Concurrent;
using System.Security.Cryptography;
using Paddock.Lifecycle;
using Paddock.Packaging;
using Paddock.Policy;

namespace Paddock.Packages;

/// <summary>Installed packages as people see them.</summary>
internal sealed class PackageRecords(PackageStore store, PackageReader reader, TrustStore trust, InstalledPlugins installed, LoadedPackages loaded)
{
    private const int MostVersions = 4096;

    // Reading a version means hashing all of its files. What a digest stands for never changes, but it is of the files alone:
    // SECURITY: shown one thing and approving another. What the code said of itself, who signed and when it came are as stored now.
    private readonly ConcurrentDictionary<(string PluginId, string Digest, string Said, int Signature, long InstalledAt), PackageVersion> _versions = new();

    public IReadOnlyList<PackageRecord> List(Principal principal) => [.. store.List(principal).Select(Of)];

    public PackageRecord Of(PackageRow row)
    {
        var live = installed.Find(row.Tenant, row.Name);
        var versions = store.Versions(row.Id);
        var state = live?.State ?? PluginState.None;
        return new PackageRecord
        {
            Id = row.Id,
            Name = row.Name,
            Description = row.Description,
            Active = Version(versions, VersionState.Active),
            Waiting = Version(versions, VersionState.Waiting),
            Former = [.. versions.Where(v => v.State == (int)VersionState.Former).Select(Version).OfType<PackageVersion>()],
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

    private PackageVersion? Version(IReadOnlyList<VersionRow> versions, VersionState state) =>
        versions.FirstOrDefault(v => v.State == (int)state) is { } row ? Version(row) : null;

    // What cannot be read any more (revoked, or not what was verified) is not shown as if it could be used; the audit has it.
    private PackageVersion? Version(VersionRow row)
    {
        if (trust.Of(row.Tenant).RevokedDigests.Contains(row.Digest)) return null;
        var key = (row.PluginId, row.Digest, Convert.ToHexString(SHA256.HashData(row.Registration ?? [])), row.Signature, row.InstalledAt);
        if (_versions.TryGetValue(key, out var known)) return known;
        if (!reader.Read(row).TryGetValue(out var stored, out _)) return null;
        if (_versions.Count >= MostVersions) _versions.Clear();
        return _versions[key] = new PackageVersion
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
