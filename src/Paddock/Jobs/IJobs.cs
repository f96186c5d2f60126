namespace Paddock;

/// <summary>What plugins run by the clock.</summary>
public interface IJobs
{
    /// <summary>The jobs of all running plugins, or of one, by plugin and id. Operators only.</summary>
    ValueTask<Result<IReadOnlyList<JobRecord>>> ListAsync(Principal principal, string? plugin = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Begins a run at once, also of a job that is not enabled, and answers its record as soon as it has begun: what came of it is in
    /// the history. Its overlap policy holds: the record may say that the run waits (no start yet) or was skipped. Operators only.
    /// Codes: <c>JOB_NOT_FOUND</c>, <c>SCHEDULER_UNAVAILABLE</c>.
    /// </summary>
    ValueTask<Result<JobRunRecord>> RunNowAsync(Principal principal, string plugin, string job, CancellationToken cancellationToken = default);

    /// <summary>The newest runs, newest first; of one plugin, one of its jobs, or all. Operators only. At most <paramref name="limit"/>, 1 to 200.</summary>
    ValueTask<Result<IReadOnlyList<JobRunRecord>>> HistoryAsync(Principal principal, string? plugin = null, string? job = null, int limit = 50, CancellationToken cancellationToken = default);
}
