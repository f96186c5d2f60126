namespace Paddock.Packaging;

/// <summary>What came of verifying: a package, or the errors that stand against it. Warnings may come with a package.</summary>
/// <param name="Package">The package; null when any finding is an error.</param>
/// <param name="Findings">Everything that was found, errors and warnings, all at once.</param>
public sealed record PackageVerification(VerifiedPackage? Package, IReadOnlyList<Finding> Findings);
