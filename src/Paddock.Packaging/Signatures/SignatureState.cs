namespace Paddock.Packaging;

/// <summary>Whether a publisher vouches for a package. Only <see cref="Trusted"/> satisfies <see cref="PackageTrust.RequireSignatures"/>.</summary>
public enum SignatureState
{
    /// <summary>Nobody signed it.</summary>
    Unsigned,

    /// <summary>Signed by a key that is none of the trusted ones: worth as much as no signature.</summary>
    Untrusted,

    /// <summary>Its dialect's own signature is right. It does not cover the whole package.</summary>
    Dialect,

    /// <summary>Signed by a trusted key, which was revoked since. Only a stored package can be so; it must not run.</summary>
    Revoked,

    /// <summary>Signed by a trusted key, which has expired since. Only a stored package can be so: it was verified while the key held.</summary>
    Expired,

    /// <summary>Signed by a trusted key.</summary>
    Trusted,
}
