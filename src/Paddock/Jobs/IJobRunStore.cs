namespace Paddock;

/// <summary>Runs of jobs in the store. Whatever a method has answered is on disk.</summary>
public interface IJobRunStore
{
    /// <summary>Keeps a run and its audit record (<c>job.run</c>) before any of it happens; the two stand or fall together. Null when there is no such plugin any more: nothing may run then.</summary>
    /// <param name="start">What is to run.</param>
    /// <param name="startedAt">When it begins; null while it waits for another run.</param>
    /// <param name="cancellationToken">Takes it back while it is not kept.</param>
    ValueTask<JobRunRecord?> BeginAsync(JobRunStart start, DateTimeOffset? startedAt, CancellationToken cancellationToken = default);

    /// <summary>Says that a run which waited begins now; false when it is not there any more: it may not run then.</summary>
    ValueTask<bool> StartAsync(string tenant, long id, DateTimeOffset startedAt, CancellationToken cancellationToken = default);

    /// <summary>Keeps how a run ended. One that has ended already stays as it is; one that is skipped after all never began.</summary>
    ValueTask EndAsync(string tenant, long id, JobRunEnd end, DateTimeOffset endedAt, CancellationToken cancellationToken = default);

    /// <summary>Keeps a run that did not begin. Null when there is no such plugin any more.</summary>
    ValueTask<JobRunRecord?> SkipAsync(JobRunStart start, string code, string message, DateTimeOffset at, CancellationToken cancellationToken = default);

    /// <summary>Marks every run without an end as interrupted (<see cref="JobCodes.Lost"/>), of all tenants, and answers how many there were. Only at a start, before anything runs.</summary>
    ValueTask<int> CloseLostAsync(DateTimeOffset at, CancellationToken cancellationToken = default);

    /// <summary>When a job was last due by the clock, as far as is recorded; null for never.</summary>
    DateTimeOffset? LastScheduled(string tenant, string plugin, string job);

    /// <summary>The newest run of each job of the tenant's plugins.</summary>
    IReadOnlyList<JobRunRecord> Newest(string tenant);

    /// <summary>The newest runs, newest first. Operators only. At most <paramref name="limit"/>, 1 to 200.</summary>
    Result<IReadOnlyList<JobRunRecord>> List(Principal principal, string? plugin, string? job, int limit);
}
