using Paddock.Packaging;
using Paddock.Policy;

namespace Paddock;

/// <summary>An installed package as people see it.</summary>
public sealed record PackageRecord
{
    /// <summary>Opaque id of the plugin; what audit and grants name.</summary>
    public required string Id { get; init; }

    /// <summary>Its name, unique in the tenant.</summary>
    public required string Name { get; init; }

    /// <summary>For people; may be empty.</summary>
    public required string Description { get; init; }

    /// <summary>The version that serves; null while none was approved yet.</summary>
    public PackageVersion? Active { get; init; }

    /// <summary>The version that waits for review; null for none.</summary>
    public PackageVersion? Waiting { get; init; }

    /// <summary>Versions that were active before, newest first.</summary>
    public IReadOnlyList<PackageVersion> Former { get; init; } = [];

    /// <summary>What the operator decided.</summary>
    public required PolicyStatus Status { get; init; }

    /// <summary>Whether it may be called.</summary>
    public required bool Enabled { get; init; }

    /// <summary>Code of why it was stopped by the host itself; null while it was not.</summary>
    public string? Quarantine { get; init; }

    /// <summary>Whether it is in memory now. One that is not is loaded by its first call.</summary>
    public required bool Loaded { get; init; }

    /// <summary>Names of the secrets that it has, of those its manifest names. Values are never shown.</summary>
    public IReadOnlyList<string> SecretsSet { get; init; } = [];

    /// <summary>Warnings that stand: named weakenings, and why a version waits.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>When it was installed first.</summary>
    public required DateTimeOffset InstalledAt { get; init; }

    /// <summary>When anything about it changed last.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>One version of a package.</summary>
public sealed record PackageVersion
{
    /// <summary>SHA-256 (lower-case hex) of the package. What reviewing and approving name.</summary>
    public required string Digest { get; init; }

    /// <summary>SemVer.</summary>
    public required string Version { get; init; }

    /// <summary>Id of the key that signed it; null for none.</summary>
    public string? Publisher { get; init; }

    /// <summary>What its signature is worth.</summary>
    public required SignatureState Signature { get; init; }

    /// <summary>What it says of itself.</summary>
    public required PluginManifest Manifest { get; init; }

    /// <summary>What it contributes.</summary>
    public required Registration Registration { get; init; }

    /// <summary>Bytes of all its files.</summary>
    public required long Size { get; init; }

    /// <summary>Who installed it.</summary>
    public required string InstalledBy { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset InstalledAt { get; init; }
}
