using Paddock.Packaging;

namespace Paddock.Packages;

/// <summary>A version of a package, verified again from what is stored, with what it contributes.</summary>
internal sealed record StoredPackage(VerifiedPackage Package, Registration Registration, IReadOnlyList<Finding> Findings);
