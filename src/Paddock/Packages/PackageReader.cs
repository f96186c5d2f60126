using System.Text.Json;
using Dapper;
using Paddock.Audit;
using Paddock.Packaging;
using Paddock.Store;

namespace Paddock.Packages;

/// <summary>Makes verified packages again of what is stored. The only way from the store to a sandbox.</summary>
internal sealed class PackageReader(Database database, BlobStore blobs, TrustStore trust, AuditStore audit, TimeProvider clock)
{
    /// <summary>Codes: <c>VERSION_NOT_FOUND</c>, <c>PACKAGE_REVOKED</c>, <c>INTEGRITY_FAILED</c>, or what stands against its signature by now.</summary>
    public async Task<Result<StoredPackage>> ReadAsync(PluginIdentity plugin, string digest, CancellationToken cancellationToken)
    {
        var row = database.Read(connection => connection.QuerySingleOrDefault<VersionRow>(
            $"SELECT {VersionRow.Columns} FROM package_versions t WHERE t.plugin_id = @Id AND t.tenant = @Tenant AND t.digest = @digest", new { plugin.Id, plugin.Tenant, digest }));
        if (row is null) return ServiceError.VersionNotFound;
        var read = Read(row);
        if (read.TryGetValue(out _, out var error)) return read;
        await audit.WriteAsync(
            new AuditRecord { At = clock.GetUtcNow(), Tenant = plugin.Tenant, Actor = "host", PluginId = plugin.Id, Action = "package.load", Target = digest, Allowed = false, Code = error.Code },
            cancellationToken).ConfigureAwait(false);
        return error;
    }

    public Result<StoredPackage> Read(VersionRow row)
    {
        var known = trust.Of(row.Tenant);
        if (known.RevokedDigests.Contains(row.Digest)) return ServiceError.PackageRevoked;
        var files = new List<PackageFile>();
        if (StoredFiles(row) is not { } listed) return ServiceError.IntegrityFailed;
        foreach (var file in listed)
        {
            // SECURITY: stored files rewritten between verification and call. Each is hashed as it was read, and the package
            // is verified whole over the same bytes.
            if (blobs.Read(file.Sha256) is not { } content) return ServiceError.IntegrityFailed;
            files.Add(new PackageFile(file.Path, content, file.Sha256));
        }

        var verification = PackageVerifier.VerifyStored(files, row.Digest, known);
        if (verification.Package is not { } package) return Refusal(verification.Findings);
        if (row.Registration is null) return StoredPackage.Of(package, package.Manifest.Contributes ?? Registration.Empty, verification.Findings);
        var registered = PackageVerifier.WithRegistration(package, row.Registration, known);
        return registered.Package is { } complete
            ? StoredPackage.Of(complete, complete.Manifest.Contributes ?? Registration.Empty, [.. verification.Findings, .. registered.Findings])
            : Refusal(registered.Findings);
    }

    // One damaged row must not keep the host from starting.
    private static StoredFile[]? StoredFiles(VersionRow row)
    {
        try
        {
            var files = JsonSerializer.Deserialize<StoredFile[]>(row.Files);
            return files is not null && Array.TrueForAll(files, f => f is { Path: not null, Sha256: not null } && BlobStore.IsHash(f.Sha256)) ? files : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ServiceError Refusal(IReadOnlyList<Finding> findings) =>
        findings.Any(f => f.Severity == FindingSeverity.Error && f.Code != PackageCodes.DigestMismatch) ? ServiceError.Invalid(findings) : ServiceError.IntegrityFailed;
}
