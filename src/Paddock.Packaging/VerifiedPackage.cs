using System.Collections.Frozen;

namespace Paddock.Packaging;

/// <summary>Whether a publisher vouches for a package.</summary>
public enum SignatureState
{
    /// <summary>Nobody signed it.</summary>
    Unsigned,
}

/// <summary>A package whose form was checked and whose bytes can no longer change. Only <see cref="PackageVerifier"/> makes one, so holding one is the proof that it was verified.</summary>
public sealed class VerifiedPackage
{
    // SECURITY: swap after verification (the bytes that were checked are not the bytes that run). The files passed in
    // are copied here, before the digest is taken over the copies, so that nobody outside holds an array of this package.
    internal VerifiedPackage(PluginManifest manifest, IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> files)
    {
        Manifest = manifest with { Permissions = [.. manifest.Permissions] };
        Files = files.ToFrozenDictionary(f => f.Key, f => (ReadOnlyMemory<byte>)f.Value.ToArray(), StringComparer.Ordinal);
        Digest = PackageDigest.Compute(Manifest, Files);
    }

    /// <summary>What the package says of itself. It grants nothing.</summary>
    public PluginManifest Manifest { get; }

    /// <summary>The verified bytes by path within the package; <c>/</c> separates segments, names are compared exactly.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Files { get; }

    /// <summary>SHA-256 in lower-case hex over the canonical form that <see cref="PackageDigest"/> defines. Two packages with the same digest hold the same files and start in the same way.</summary>
    public string Digest { get; }

    /// <summary>Whether a trusted publisher signed it. <see cref="SignatureState.Unsigned"/> for every posted snippet.</summary>
    public SignatureState Signature { get; } = SignatureState.Unsigned;
}
