using System.Security.Cryptography;

namespace Paddock.Packaging;

/// <summary>An Ed25519 public key that the operator trusts.</summary>
public sealed record TrustedKey
{
    /// <summary>Trusts <paramref name="publicKey"/> under <paramref name="name"/>.</summary>
    /// <param name="name">For people.</param>
    /// <param name="publicKey">32 bytes, copied.</param>
    /// <exception cref="ArgumentException">It is no Ed25519 public key.</exception>
    public TrustedKey(string name, ReadOnlySpan<byte> publicKey)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        PackageKeys.RequirePublic(publicKey);
        Name = name;
        PublicKey = publicKey.ToArray();
        Id = PackageKeys.IdOf(publicKey);
    }

    /// <summary>SHA-256 of the public key's 32 bytes, lower-case hex. Computed, so that no id can stand for another key.</summary>
    public string Id { get; }

    /// <summary>For people.</summary>
    public string Name { get; }

    /// <summary>The 32 bytes of RFC 8032.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>First instant at which it is valid; null for always.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>First instant at which it is no longer valid; null for never.</summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>When it was revoked; null while it is not. All that it ever signed falls with it, for nothing proves when a signature was made.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    internal SignatureState StateAt(DateTimeOffset now) =>
        RevokedAt is { } revoked && now >= revoked ? SignatureState.Revoked
        : (NotBefore is { } from && now < from) || (NotAfter is { } until && now >= until) ? SignatureState.Expired
        : SignatureState.Trusted;
}
