using System.Text.Json;
using Microsoft.Data.Sqlite;
using Paddock.Audit;
using Paddock.Lifecycle;
using Paddock.Packaging;
using Paddock.Policy;
using Paddock.Store;

namespace Paddock.Packages;

/// <summary>Takes packages in: verified, stored, and in service where consent covers them.</summary>
internal sealed class PackageInstaller(
    PackageVerifier verifier,
    PluginHost host,
    InstalledPlugins installed,
    PackageActivation activation,
    NameLocks locks,
    Database database,
    BlobStore blobs,
    PackageStore store,
    TrustStore trust,
    PackageConsent consents,
    PackageConfigs configs,
    AuditStore audit,
    PaddockOptions options,
    TimeProvider clock)
{
    public Task<Result<Installed>> InstallAsync(Principal principal, PackageSource source, CancellationToken cancellationToken) =>
        InstallAsync(principal, source, origin: null, isUnchanged: () => true, cancellationToken);

    /// <summary>Installs what lies in the packages directory.</summary>
    /// <param name="principal">Whose it is to be.</param>
    /// <param name="source">The package.</param>
    /// <param name="origin">The entry of the directory.</param>
    /// <param name="isUnchanged">Asked after everything was read: false when somebody wrote meanwhile; then nothing is installed (<c>PLUGIN_CHANGED</c>).</param>
    /// <param name="cancellationToken">Stops before anything is stored.</param>
    public async Task<Result<Installed>> InstallAsync(Principal principal, PackageSource source, string? origin, Func<bool> isUnchanged, CancellationToken cancellationToken)
    {
        long asOf = trust.Version;
        var known = trust.Of(principal.Tenant);
        var verification = await verifier.VerifyPackageAsync(source, known, cancellationToken).ConfigureAwait(false);
        if (!isUnchanged()) return ServiceError.PluginChanged;
        if (verification.Package is not { } package) return ServiceError.Invalid(verification.Findings);
        if (known.RevokedDigests.Contains(package.Digest)) return ServiceError.PackageRevoked;
        var registered = await RegisterAsync(package, known, verification.Findings, cancellationToken).ConfigureAwait(false);
        if (!registered.TryGetValue(out var version, out var error)) return error;
        string name = version.Stored.Package.Manifest.Name;
        using var held = await locks.EnterAsync(principal.Tenant, name, cancellationToken).ConfigureAwait(false);
        // SECURITY: a key revoked while its package was being read. Whoever revokes looks at every plugin under its lock, which is ours now.
        if (trust.Version != asOf) return ServiceError.PluginChanged;
        bool isClean = installed.Find(principal.Tenant, name) is null;
        try
        {
            using var pins = blobs.Pin();
            var taken = await TakeInAsync(principal, version, origin, pins, cancellationToken).ConfigureAwait(false);
            isClean &= taken.Error is null;
            return taken;
        }
        catch
        {
            isClean = false;
            throw;
        }
        finally
        {
            if (!isClean) blobs.Sweep(store.Referenced);
        }
    }

    // What a manifest says itself is not asked of its code.
    private async Task<Result<Registered>> RegisterAsync(VerifiedPackage package, PackageTrust trust, IReadOnlyList<Finding> findings, CancellationToken cancellationToken)
    {
        if (package.Manifest.Contributes is { } declared && !package.NeedsRegistration) return new Registered(StoredPackage.Of(package, declared, findings), null);
        var read = await host.ReadRegistrationAsync(package, options.Isolation.LevelFor(package), options.Limits with { Timeout = options.Limits.InitTimeout }, cancellationToken).ConfigureAwait(false);
        if (!read.TryGetValue(out var said, out var error)) return error!;
        if (said is not { } json) return new Registered(StoredPackage.Of(package, Registration.Empty, findings), null);
        var complete = PackageVerifier.WithRegistration(package, json, trust);
        return complete.Package is { } registered
            ? new Registered(StoredPackage.Of(registered, registered.Manifest.Contributes ?? Registration.Empty, [.. findings, .. complete.Findings]), json.ToArray())
            : ServiceError.Invalid([.. findings, .. complete.Findings]);
    }

    private async Task<Result<Installed>> TakeInAsync(Principal principal, Registered version, string? origin, BlobStore.Pins pins, CancellationToken cancellationToken)
    {
        var package = version.Stored.Package;
        string name = package.Manifest.Name;
        string? publisher = ActiveVersion.PublisherOf(package);
        var live = installed.Find(principal.Tenant, name);
        var now = clock.GetUtcNow();
        var row = database.Read(connection => PackageStore.Find(connection, principal.Tenant, name)
            ?? (publisher is null ? null : PackageStore.FindUninstalled(connection, principal.Tenant, name, publisher)));
        bool isNew = row is null || row.UninstalledAt is not null;
        if (!isNew && principal.Role != PrincipalRole.Operator && row!.Owner != principal.Owner) return ServiceError.NameTaken;
        if (live?.State.Active?.Digest == package.Digest) return new Installed(row!.Name, package.Digest, Active: true, version.Stored.Findings);
        var versionRow = Row(principal, row?.Id ?? Ids.Plugin(), isNew ? principal.Owner : row!.Owner, version, publisher, pins, now);
        row = isNew ? NewRow(principal, versionRow, package, row, origin, now) : row!;
        var write = new InstallWrite(principal, row, versionRow, isNew, Revives: row.UninstalledAt is not null);
        if (consents.Downgrade(principal.Tenant, name, publisher ?? "", package.Manifest.Version) is { } refused) return refused;
        bool wasTakenBack = !isNew && consents.WasTakenBack(row.Id, package.Digest);
        // The directory still holds what an operator, or the host itself, took back: that is no wish to have it again.
        if (wasTakenBack && origin is not null) return new Installed(row.Name, package.Digest, Active: false, [.. version.Stored.Findings, PackageConsent.TakenBack]);
        var (covered, terms, reasons) = wasTakenBack ? Consent.Missing(PackageConsent.TakenBack) : consents.To(live, isNew, version.Stored);
        return covered
            ? await ReplaceAsync(live, write, version.Stored, terms, cancellationToken).ConfigureAwait(false)
            : await WaitAsync(live, write, version.Stored, reasons, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Result<Installed>> WaitAsync(InstalledPlugin? live, InstallWrite write, StoredPackage version, IReadOnlyList<Finding> reasons, CancellationToken cancellationToken)
    {
        write.Version.State = (int)VersionState.Waiting;
        if (await database.WriteAsync(connection => Write(connection, write), cancellationToken).ConfigureAwait(false) is { } error) return error;
        if (live is null) installed.Add(IdentityOf(write.Row));
        return new Installed(write.Row.Name, write.Version.Digest, Active: false, [.. version.Findings, .. reasons]);
    }

    private async Task<Result<Installed>> ReplaceAsync(InstalledPlugin? live, InstallWrite write, StoredPackage version, PluginPolicy? terms, CancellationToken cancellationToken)
    {
        var target = live ?? new InstalledPlugin(IdentityOf(write.Row));
        var config = configs.For(write.Row.Id, version.Package, target.State.Active?.Digest);
        var next = target.State with { Quarantine = null, Config = config, Enabled = write.IsNew || target.State.Enabled };
        var activated = await activation.ActivateAsync(target, version, next, terms, connection => WriteActive(connection, write, version, terms, config), cancellationToken).ConfigureAwait(false);
        if (!activated.TryGetValue(out var findings, out var error)) return error!;
        if (live is null) installed.Adopt(target);
        return new Installed(write.Row.Name, write.Version.Digest, Active: true, findings);
    }

    private ServiceError? Write(SqliteConnection connection, InstallWrite write)
    {
        var (packages, own, bytes) = PackageStore.Usage(connection, write.Row.Tenant, write.Row.Owner);
        if (write.IsNew && own >= options.PluginsPerOwner) return ServiceError.PluginQuota($"An owner may have {options.PluginsPerOwner} plugins. Delete one first.");
        if (write.IsNew && packages >= options.Packages) return ServiceError.PluginQuota($"This host keeps {options.Packages} packages. Uninstall one first.");
        if (bytes + write.Version.Size > options.PackageBytes) return ServiceError.PluginQuota($"This host keeps {options.PackageBytes} bytes of packages. Uninstall one first.");
        if (write.Revives) PackageWrites.Revive(connection, write.Row);
        else if (write.IsNew) PackageWrites.Insert(connection, write.Row);
        PackageWrites.DropWaiting(connection, write.Row.Id, write.Version.Digest);
        PackageWrites.InsertVersion(connection, write.Version);
        audit.Append(connection, ActRecord.Of(clock, write.Principal, "package.install", write.Row.Id, $"{write.Row.Name} {write.Version.Version} {write.Version.Digest}"));
        return null;
    }

    private ServiceError? WriteActive(SqliteConnection connection, InstallWrite write, StoredPackage version, PluginPolicy? terms, ReadOnlyMemory<byte>? config)
    {
        write.Version.State = (int)VersionState.Former;
        if (Write(connection, write) is { } error) return error;
        PackageAudit.Activate(connection, audit, clock, write.Principal, write.Row, write.Version, version.Package.Manifest, VersionState.Former);
        if (terms is not null) PackageWrites.PutPolicy(connection, PolicyRow.Of(write.Row, terms, write.Principal, activation.Now));
        if (config is { } bytes) PackageWrites.PutConfig(connection, write.Row, write.Version.Digest, System.Text.Encoding.UTF8.GetString(bytes.Span), activation.Now);
        return null;
    }

    private static VersionRow Row(Principal principal, string id, string owner, Registered version, string? publisher, BlobStore.Pins pins, DateTimeOffset now)
    {
        var package = version.Stored.Package;
        // Durable before anything refers to them: a crash in between leaves bytes that the next start sweeps away.
        StoredFile[] files = [.. package.Listing.Concat(package.SignatureFile is { } signature ? [signature] : []).Select(f => new StoredFile(f.Path, pins.Put(f.Content.Span), f.Content.Length))];
        return new VersionRow
        {
            PluginId = id,
            Digest = package.Digest,
            Tenant = principal.Tenant,
            Owner = owner,
            Version = package.Manifest.Version,
            Publisher = publisher,
            Signature = (int)package.Signature,
            Files = JsonSerializer.Serialize(files),
            Size = files.Sum(f => f.Size),
            Registration = version.Said,
            InstalledBy = principal.Owner,
            InstalledAt = Time.Stored(now),
        };
    }

    private static PackageRow NewRow(Principal principal, VersionRow version, VerifiedPackage package, PackageRow? uninstalled, string? origin, DateTimeOffset now) => new()
    {
        Id = version.PluginId,
        Tenant = principal.Tenant,
        Owner = principal.Owner,
        Name = package.Manifest.Name,
        Description = package.Manifest.Description,
        Enabled = true,
        Publisher = version.Publisher,
        UninstalledAt = uninstalled?.UninstalledAt,
        Origin = origin,
        CreatedAt = Time.Stored(now),
        UpdatedAt = Time.Stored(now),
        Revision = 1,
    };

    private static PluginIdentity IdentityOf(PackageRow row) => new(row.Tenant, row.Id) { Name = row.Name };

    private sealed record Registered(StoredPackage Stored, byte[]? Said);

    private sealed record InstallWrite(Principal Principal, PackageRow Row, VersionRow Version, bool IsNew, bool Revives);
}

/// <summary>What came of installing.</summary>
internal sealed record Installed(string Name, string Digest, bool Active, IReadOnlyList<Finding> Findings);
