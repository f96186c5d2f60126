namespace Paddock.Policy;

/// <summary>A version of a package as consent sees it: who vouches for it, and what it asks for.</summary>
public sealed record ConsentSubject
{
    /// <summary>What it says of itself; its name is what consent binds.</summary>
    public required PluginManifest Manifest { get; init; }

    /// <summary>What it contributes, as its manifest or its code says it.</summary>
    public required Registration Registration { get; init; }

    /// <summary>SHA-256 (lower-case hex) of the package.</summary>
    public required string Digest { get; init; }

    /// <summary>Id of the trusted key that signed it; null where no key that is trusted now vouches for it, whatever signature it has.</summary>
    public required string? TrustedKey { get; init; }
}

/// <summary>Whether what an operator consented to for one version reaches another.</summary>
public sealed record ConsentDecision
{
    /// <summary>Why an operator has to look first; empty where consent reaches the new version. Every reason, not the first alone.</summary>
    public required IReadOnlyList<Finding> Reasons { get; init; }

    /// <summary>The policy for the new version, without what it no longer asks for; null where it needs review.</summary>
    public required PluginPolicy? Policy { get; init; }

    /// <summary>Whether an operator has to look first.</summary>
    public bool NeedsReview => Policy is null;
}
