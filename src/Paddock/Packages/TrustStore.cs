using System.Collections.Concurrent;
using System.Collections.Frozen;
using Dapper;
using Paddock.Audit;
using Paddock.Packaging;
using Paddock.Store;

namespace Paddock.Packages;

/// <summary>Whose signatures count in a tenant, and which packages never run.</summary>
internal sealed class TrustStore(Database database, AuditStore audit, PaddockOptions options, TimeProvider clock) : ITrustService
{
    private const string Columns = "id, public_key AS PublicKey, publisher, valid_from AS ValidFrom, valid_until AS ValidUntil, revoked_at AS RevokedAt";
    private const int LongestPublisher = 100;
    private static readonly TimeSpan DefaultValidity = TimeSpan.FromDays(3652);
    private readonly ConcurrentDictionary<string, (long Version, PackageTrust Trust)> _trust = new(StringComparer.Ordinal);
    private long _version;

    /// <summary>Told of a key that was revoked, before its revocation is acknowledged: what it signed stops.</summary>
    public Func<string, string, Task>? KeyRevoked { get; set; }

    /// <summary>The trust of now. What was trusted when a package was installed does not matter.</summary>
    // SECURITY: the version is taken before the store is read. A revocation committed meanwhile makes what was read stale;
    // kept without a version it would be the trust of a revoked package until the next change.
    public PackageTrust Of(string tenant)
    {
        long version = Interlocked.Read(ref _version);
        if (_trust.TryGetValue(tenant, out var held) && held.Version == version) return held.Trust;
        var read = Read(tenant);
        _trust[tenant] = (version, read);
        return read;
    }

    /// <summary>One more with each change of whatever tenant.</summary>
    public long Version => Interlocked.Read(ref _version);

    public bool IsRevoked(string tenant, string digest) => Of(tenant).RevokedDigests.Contains(digest);

    /// <summary>To be called after a change is committed and before it is acknowledged.</summary>
    public void Changed() => Interlocked.Increment(ref _version);

    public ValueTask<Result<IReadOnlyList<TrustedKeyRecord>>> ListAsync(Principal principal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        if (principal.Role != PrincipalRole.Operator) return new(ServiceError.OperatorOnly);
        return new(Result.Ok<IReadOnlyList<TrustedKeyRecord>>([.. Rows(principal.Tenant).Select(k => k.ToRecord())]));
    }

    public async ValueTask<Result<TrustedKeyRecord>> TrustAsync(Principal principal, string publicKeyPem, string publisher, DateTimeOffset? validUntil, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        ArgumentNullException.ThrowIfNull(publicKeyPem);
        ArgumentNullException.ThrowIfNull(publisher);
        if (principal.Role != PrincipalRole.Operator) return ServiceError.OperatorOnly;
        var now = clock.GetUtcNow();
        var (key, findings) = Examine(publicKeyPem, publisher, now, validUntil);
        if (key is null) return ServiceError.Invalid(findings);
        await database.WriteAsync(connection =>
        {
            audit.Append(connection, ActRecord.Of(clock, principal, "trust.add", target: key.Id));
            return connection.Execute(
                """
                INSERT INTO trusted_keys (id, tenant, owner, public_key, publisher, valid_from, valid_until, created_at)
                VALUES (@Id, @Tenant, @Owner, @bytes, @publisher, @from, @until, @from)
                ON CONFLICT (tenant, id) DO UPDATE SET publisher = excluded.publisher, valid_until = excluded.valid_until
                """,
                new { key.Id, principal.Tenant, principal.Owner, bytes = key.PublicKey.ToArray(), publisher, from = Time.Stored(now), until = Time.Stored(validUntil ?? now + DefaultValidity) });
        }, cancellationToken).ConfigureAwait(false);
        Changed();
        return Rows(principal.Tenant).First(k => k.Id == key.Id).ToRecord();
    }

    public async ValueTask<Result<TrustedKeyRecord>> RevokeAsync(Principal principal, string keyId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        ArgumentNullException.ThrowIfNull(keyId);
        if (principal.Role != PrincipalRole.Operator) return ServiceError.OperatorOnly;
        await database.WriteAsync(connection =>
        {
            audit.Append(connection, ActRecord.Of(clock, principal, "trust.revoke", target: keyId));
            return connection.Execute("UPDATE trusted_keys SET revoked_at = coalesce(revoked_at, @now) WHERE tenant = @Tenant AND id = @keyId",
                new { principal.Tenant, keyId, now = Time.Stored(clock.GetUtcNow()) });
        }, cancellationToken).ConfigureAwait(false);
        Changed();
        if (Rows(principal.Tenant).FirstOrDefault(k => k.Id == keyId) is not { } row) return ServiceError.KeyNotFound;
        if (KeyRevoked is { } stop) await stop(principal.Tenant, keyId).ConfigureAwait(false);
        return row.ToRecord();
    }

    private static (TrustedKey? Key, List<Finding> Findings) Examine(string pem, string publisher, DateTimeOffset now, DateTimeOffset? validUntil)
    {
        var findings = new List<Finding>();
        if (publisher.Length is 0 or > LongestPublisher || publisher.Any(char.IsControl))
            findings.Add(new Finding(ServiceErrorCodes.KeyInvalid, $"The publisher is no name of 1 to {LongestPublisher} printable characters.") { Path = "publisher" });
        if (validUntil <= now) findings.Add(new Finding(ServiceErrorCodes.ExpiryInvalid, "The key would have expired already.") { Path = "validUntil" });
        TrustedKey? key = null;
        try
        {
            key = new TrustedKey(publisher, PackageKeys.ImportPublicPem(pem));
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            findings.Add(new Finding(ServiceErrorCodes.KeyInvalid, "It is no Ed25519 public key in PEM.") { Path = "publicKey", Mend = "Write it with: openssl pkey -in key.pem -pubout" });
        }

        return findings.Count == 0 ? (key, findings) : (null, findings);
    }

    private PackageTrust Read(string tenant)
    {
        var revoked = database.Read(connection => connection.Query<string>("SELECT digest FROM revoked_packages WHERE tenant = @tenant", new { tenant }));
        var trusted = Rows(tenant).ConvertAll(k => new TrustedKey(k.Publisher, k.PublicKey)
        {
            NotBefore = Time.Read(k.ValidFrom),
            NotAfter = Time.Read(k.ValidUntil),
            RevokedAt = Time.Read(k.RevokedAt),
        });
        // The first key of an id counts: one that an operator revoked is revoked, also where the host's options name it.
        return options.Trust with
        {
            Keys = [.. trusted.Where(k => k.RevokedAt is not null), .. options.Trust.Keys, .. trusted],
            RevokedDigests = revoked.Concat(options.Trust.RevokedDigests).ToFrozenSet(StringComparer.Ordinal),
            Time = clock,
        };
    }

    private List<KeyRow> Rows(string tenant) => database.Read(connection =>
        connection.Query<KeyRow>($"SELECT {Columns} FROM trusted_keys WHERE tenant = @tenant ORDER BY publisher, id", new { tenant }).AsList());

    private sealed class KeyRow
    {
        public string Id { get; set; } = "";

        public byte[] PublicKey { get; set; } = [];

        public string Publisher { get; set; } = "";

        public long ValidFrom { get; set; }

        public long ValidUntil { get; set; }

        public long? RevokedAt { get; set; }

        public TrustedKeyRecord ToRecord() => new(Id, Publisher, Time.Read(ValidFrom), Time.Read(ValidUntil), Time.Read(RevokedAt));
    }
}
