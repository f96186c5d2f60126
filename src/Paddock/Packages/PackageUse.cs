using Paddock.HostApi;
using Paddock.Lifecycle;
using Paddock.Policy;

namespace Paddock.Packages;

/// <summary>What plugins really used while they were observed.</summary>
internal sealed class PackageUse(PluginLedgers ledgers)
{
    /// <summary>Forgets what was observed before.</summary>
    public void Begin(InstalledPlugin live) => ledgers.Of(live.Identity.Tenant, live.Identity.Id).ForgetObserved();

    /// <summary>The policy in force, with the grants replaced by the least that cover what was used.</summary>
    public PluginPolicy Propose(InstalledPlugin live, PluginPolicy terms) =>
        PolicyProposal.From(ledgers.Of(live.Identity.Tenant, live.Identity.Id).Observed, terms);
}
