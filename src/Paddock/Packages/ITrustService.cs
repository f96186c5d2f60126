namespace Paddock;

/// <summary>The keys whose signatures count. Operators only; keys that the host's own options name are not listed.</summary>
public interface ITrustService
{
    /// <summary>The keys of the tenant, also those that expired or were revoked.</summary>
    ValueTask<Result<IReadOnlyList<TrustedKeyRecord>>> ListAsync(Principal principal, CancellationToken cancellationToken = default);

    /// <summary>Trusts a key, or changes the name and the times of one. A key that was revoked stays revoked. Codes: findings.</summary>
    /// <param name="principal">An operator.</param>
    /// <param name="publicKeyPem">The Ed25519 public key in PEM (SubjectPublicKeyInfo), as <c>openssl pkey -pubout</c> writes it.</param>
    /// <param name="publisher">The name that people see.</param>
    /// <param name="validUntil">When it ends to be trusted; null for ten years.</param>
    /// <param name="cancellationToken">Takes it back while it has not begun.</param>
    ValueTask<Result<TrustedKeyRecord>> TrustAsync(Principal principal, string publicKeyPem, string publisher, DateTimeOffset? validUntil = null, CancellationToken cancellationToken = default);

    /// <summary>Revokes a key for good: nothing that it signed runs any more, whenever it was signed. What serves stops at once. Codes: <c>KEY_NOT_FOUND</c>.</summary>
    ValueTask<Result<TrustedKeyRecord>> RevokeAsync(Principal principal, string keyId, CancellationToken cancellationToken = default);
}

/// <summary>A key whose signatures count.</summary>
/// <param name="Id">SHA-256 of its bytes in lower-case hex.</param>
/// <param name="Publisher">The name that people see.</param>
/// <param name="ValidFrom">When it began to be trusted.</param>
/// <param name="ValidUntil">When it ends.</param>
/// <param name="RevokedAt">When it was revoked; null while it is not.</param>
public sealed record TrustedKeyRecord(string Id, string Publisher, DateTimeOffset ValidFrom, DateTimeOffset ValidUntil, DateTimeOffset? RevokedAt);
