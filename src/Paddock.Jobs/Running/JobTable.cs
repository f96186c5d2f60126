using System.Collections.Concurrent;

namespace Paddock.Jobs.Running;

/// <summary>The jobs that running plugins contribute, as they were read last.</summary>
internal sealed class JobTable(IContributions contributions, JobsOptions options)
{
    private readonly ConcurrentDictionary<string, Entry> _tenants = new(StringComparer.Ordinal);

    /// <summary>The job as its plugin contributes it at this moment, or null.</summary>
    public ScheduledJob? Find(JobName name) => Of(name.Tenant).GetValueOrDefault(name);

    /// <summary>All jobs of a tenant at this moment.</summary>
    public IReadOnlyDictionary<JobName, ScheduledJob> Of(string tenant)
    {
        var set = contributions.Current(tenant);
        if (_tenants.TryGetValue(tenant, out var entry) && ReferenceEquals(entry.Set, set)) return entry.Jobs;
        var jobs = set.Jobs.Select(job => ScheduledJob.Of(tenant, job)).GroupBy(job => job.Name).ToDictionary(group => group.Key, group => group.First());
        _tenants[tenant] = new Entry(set, jobs);
        return jobs;
    }

    /// <summary>All jobs that are to run here.</summary>
    public IEnumerable<ScheduledJob> All() => options.Tenants.Distinct(StringComparer.Ordinal).SelectMany(tenant => Of(tenant).Values);

    private sealed record Entry(ContributionSet Set, IReadOnlyDictionary<JobName, ScheduledJob> Jobs);
}
