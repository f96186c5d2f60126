using System.Collections.Frozen;
using System.Security.Cryptography;

namespace Paddock.Packaging;

/// <summary>A package whose form was checked and whose bytes can no longer change. Only <see cref="PackageVerifier"/> makes one, so holding one is the proof that it was verified.</summary>
public sealed class VerifiedPackage
{
    // SECURITY: swap after verification (the bytes that were checked are not the bytes that run). The files passed in
    // are copied here, before the digest is taken over the copies, so that nobody outside holds an array of this package.
    internal VerifiedPackage(PluginManifest manifest, IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> files)
        : this(manifest, files.ToFrozenDictionary(f => f.Key, f => (ReadOnlyMemory<byte>)f.Value.ToArray(), StringComparer.Ordinal), new PackageSeal())
    {
    }

    /// <summary>With files that nobody else holds.</summary>
    internal VerifiedPackage(PluginManifest manifest, FrozenDictionary<string, ReadOnlyMemory<byte>> owned, PackageSeal seal)
    {
        Manifest = manifest with { Permissions = [.. manifest.Permissions] };
        Files = owned;
        Seal = seal;
        Listing = [.. owned.Select(f => new PackageFile(f.Key, f.Value, Convert.ToHexStringLower(SHA256.HashData(f.Value.Span)))).OrderBy(f => f.Path, StringComparer.Ordinal)];
        Digest = PackageDigest.Compute(Manifest, Listing);
    }

    private VerifiedPackage(VerifiedPackage same, PluginManifest manifest, PackageSeal seal)
    {
        (Manifest, Files, Listing, Digest, Seal) = (manifest, same.Files, same.Listing, same.Digest, seal);
    }

    /// <summary>What the package says of itself. It grants nothing.</summary>
    public PluginManifest Manifest { get; }

    /// <summary>The verified bytes by path within the package, the manifest's own among them; <c>/</c> separates segments, names are compared exactly. What only signs is not here.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Files { get; }

    /// <summary>The same in the order of their paths' bytes, with their hashes.</summary>
    public IReadOnlyList<PackageFile> Listing { get; }

    /// <summary>The signature as it came with the package, to be stored beside <see cref="Listing"/>; null where there is none.</summary>
    public PackageFile? SignatureFile => Seal.File;

    /// <summary>SHA-256 in lower-case hex over the canonical form that <see cref="PackageDigest"/> defines. Two packages with the same digest hold the same files and start in the same way.</summary>
    public string Digest { get; }

    /// <summary>Whether a trusted publisher signed it. <see cref="SignatureState.Unsigned"/> for every posted snippet.</summary>
    public SignatureState Signature => Seal.State;

    /// <summary>Who signed it; null unless the key is, or was, a trusted one.</summary>
    public Publisher? Publisher => Seal.Publisher;

    /// <summary>The format it was written in.</summary>
    public PackageDialect Dialect => Seal.Dialect;

    /// <summary>Path of the file that is run; empty where none is.</summary>
    public string Entry => Manifest.Entry;

    /// <summary>The JSON Schema that its config must fit, of the subset that <see cref="Packaging.ConfigSchema"/> states; null where it has none.</summary>
    public ConfigSchema? ConfigSchema => Seal.ConfigSchema;

    /// <summary>Whether its manifest is what its code says of itself when it is loaded: see <see cref="PackageVerifier.WithRegistration"/>.</summary>
    public bool NeedsRegistration => Seal.NeedsRegistration;

    /// <summary>Warnings: named weakenings, to be shown wherever the package is.</summary>
    public IReadOnlyList<Finding> Findings => Seal.Findings;

    internal PackageSeal Seal { get; }

    /// <summary>The same files under a manifest that says more of them.</summary>
    internal VerifiedPackage With(PluginManifest manifest, PackageSeal seal) => new(this, manifest, seal);
}

/// <summary>What verification found out about a package besides its manifest and files.</summary>
internal sealed record PackageSeal
{
    public PackageDialect Dialect { get; init; } = PackageDialect.GituJavaScript;

    public SignatureState State { get; init; }

    public Publisher? Publisher { get; init; }

    public PackageFile? File { get; init; }

    public ConfigSchema? ConfigSchema { get; init; }

    public bool NeedsRegistration { get; init; }

    public bool IsSingleFile { get; init; }

    public IReadOnlyList<Finding> Findings { get; init; } = [];
}
