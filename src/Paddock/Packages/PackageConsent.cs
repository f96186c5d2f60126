using Paddock.Lifecycle;
using Paddock.Packaging;
using Paddock.Policy;
using Paddock.Store;

namespace Paddock.Packages;

/// <summary>Whether a version that comes in may serve without anybody looking at it first.</summary>
internal sealed class PackageConsent(PackagePolicy policy, Database database)
{
    public static Finding TakenBack { get; } = Reason(ServiceErrorCodes.VersionTakenBack, "It served before and was taken back: an operator brings it back.");

    /// <summary>Nobody consented to a name that is new. An upgrade is covered by the consent to what serves, where the same trusted key signed it, it is newer, and it asks for no more.</summary>
    public Consent To(InstalledPlugin? live, bool isNew, StoredPackage version)
    {
        if (isNew || live?.State is not { Active: { } active, Policy: { } terms })
            // SECURITY: what runs unreviewed does so while nobody has decided; a plugin that was blocked stays blocked.
            return new Consent(live?.State.Policy is null && policy.Decide(version.Package, null).MayRun, null, [Reason(PolicyCodes.PendingReview, "Nobody has reviewed this package yet.")]);
        // SECURITY: permissions or code changed under the same version.
        if (VersionOrder.Compare(version.Package.Manifest.Version, active.Manifest.Version) <= 0)
            return Consent.Missing(Reason(ServiceErrorCodes.VersionNotNewer, $"Its version {version.Package.Manifest.Version} is not above {active.Manifest.Version}, which serves."));
        var decision = PolicyEngine.AsksForMore(active.Subject, ActiveVersion.Of(version, version.Registration).Subject, terms);
        return new Consent(!decision.NeedsReview, decision.Policy, decision.Reasons);
    }

    // SECURITY: a rollback undone by whoever may install. A version that served and does no longer comes back by an operator.
    public bool WasTakenBack(string id, string digest) => database.Read(connection => PackageStore.Versions(connection, id))
        .Any(v => v.Digest == digest && v.State is (int)VersionState.Former or (int)VersionState.Failed);

    /// <summary>What stands against a version below one that was accepted from the same publisher; null for nothing.</summary>
    public ServiceError? Downgrade(string tenant, string name, string publisher, string version)
    {
        string? accepted = database.Read(connection => PackageWrites.AcceptedVersion(connection, tenant, name, publisher));
        return accepted is not null && VersionOrder.Compare(version, accepted) < 0 ? ServiceError.DowngradeRefused(accepted) : null;
    }

    private static Finding Reason(string code, string message) => new(code, message) { Severity = FindingSeverity.Warning };
}

/// <summary>Whether consent covers a version, under which policy (null for the one that is there), and what an operator should look at.</summary>
internal readonly record struct Consent(bool Covered, PluginPolicy? Terms, IReadOnlyList<Finding> Reasons)
{
    public static Consent Missing(Finding reason) => new(false, null, [reason]);
}
