using Paddock.Packaging;
using Paddock.Policy;

namespace Paddock.Packages;

/// <summary>Asks policy about packages, under what this host allows at most.</summary>
internal sealed class PackagePolicy(PaddockOptions options, TimeProvider clock)
{
    public PolicyContext Context => new() { HostCeiling = options.Limits, ProgramCeiling = options.ProgramLimits, Now = clock.GetUtcNow(), GoatKitDefaults = options.GoatKitDefaults, Isolation = options.Isolation };

    public Admission Decide(VerifiedPackage package, PluginPolicy? policy) => PolicyEngine.Decide(package, policy, Context);
}
