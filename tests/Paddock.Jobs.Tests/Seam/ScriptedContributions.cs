using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Paddock.Jobs.Tests.Seam;

/// <summary>Contributions that a test sets.</summary>
internal sealed class ScriptedContributions : IContributions
{
    private ContributionSet _set = ContributionSet.Empty;
    private ConfigurationReloadToken _changed = new();

    public ContributionSet Current(string tenant) => tenant == Principal.DefaultTenant ? _set : ContributionSet.Empty;

    public IChangeToken Watch() => _changed;

    public void Set(params Contributed<JobRegistration>[] jobs)
    {
        _set = new ContributionSet { Version = _set.Version + 1, Jobs = jobs };
        Interlocked.Exchange(ref _changed, new ConfigurationReloadToken()).OnReload();
    }
}
