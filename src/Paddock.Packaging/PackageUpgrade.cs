namespace Paddock.Packaging;

/// <summary>What the host knows of a package that is, or was, installed under a name.</summary>
/// <param name="Name">The plugin's name.</param>
/// <param name="Version">The highest version that was ever active, which is not always the one that is: a rollback does not lower it.</param>
/// <param name="Digest">Digest of the package with that version.</param>
/// <param name="PublisherKeyId">Id of the key that signed what is installed; null where it was not signed by a trusted one.</param>
public sealed record InstalledPackage(string Name, string Version, string Digest, string? PublisherKeyId);

/// <summary>What an operator lets pass when one package takes another's place. Nothing by default.</summary>
public sealed record UpgradeAllowances
{
    /// <summary>Allows nothing.</summary>
    public static UpgradeAllowances None { get; } = new();

    /// <summary>Whether a lower version may replace a higher one.</summary>
    public bool Downgrade { get; init; }

    /// <summary>Whether the same version may come with another content, as it does while a plugin is being written.</summary>
    public bool SameVersion { get; init; }

    /// <summary>Whether another publisher, or none, may follow the installed one.</summary>
    public bool Publisher { get; init; }
}

/// <summary>Whether a package may take the place of one with the same name. What it may then do is for policy to say.</summary>
public static class PackageUpgrade
{
    /// <summary>Everything that stands against <paramref name="candidate"/> following <paramref name="installed"/>; empty when nothing does.</summary>
    // SECURITY: an old version with a known hole installed again with its still valid signature; a version that was reviewed
    // exchanged for another of the same number; a plugin taken over by whoever signs with another key.
    public static IReadOnlyList<Finding> Check(InstalledPackage installed, VerifiedPackage candidate, UpgradeAllowances allowances)
    {
        ArgumentNullException.ThrowIfNull(installed);
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(allowances);
        var findings = new List<Finding>();
        var manifest = candidate.Manifest;
        if (manifest.Name != installed.Name)
            Report(PackageCodes.OtherPlugin, $"The package is of {manifest.Name}, not of {installed.Name}.", "Install it under its own name.");
        if (candidate.Digest == installed.Digest) return findings;
        int order = Compare(manifest.Version, installed.Version);
        if (order < 0 && !allowances.Downgrade)
            Report(PackageCodes.Downgrade, $"Version {manifest.Version} is lower than {installed.Version}, which was installed.", "Roll back to a version that was installed, or allow the downgrade.");
        if (order == 0 && !allowances.SameVersion)
            Report(PackageCodes.SameVersion, $"Version {manifest.Version} was installed with another content.", "Raise the version.");
        if (installed.PublisherKeyId is { } publisher && candidate.Publisher?.KeyId != publisher && !allowances.Publisher)
            Report(PackageCodes.PublisherChanged, candidate.Publisher is null ? "The installed package was signed by a trusted key; this one was not." : "Another key signed the installed package.", "Get it from the same publisher, or allow the change.");
        return findings;

        void Report(string code, string message, string mend) => findings.Add(new Finding(code, message) { Mend = mend });
    }

    // Versions that cannot be compared are equal only when they are the same text, and else count as lower.
    private static int Compare(string candidate, string installed) =>
        SemanticVersion.Parse(candidate) is { } a && SemanticVersion.Parse(installed) is { } b ? a.CompareTo(b) : candidate == installed ? 0 : -1;
}
