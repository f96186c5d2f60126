namespace Paddock.Jobs.Running;

/// <summary>What operators see of jobs, and have them do.</summary>
internal sealed class JobDirectory(JobTable table, JobRunner runner, IJobRunStore runs, TimeProvider clock) : IJobs
{
    private static readonly ServiceError OperatorOnly = new(ServiceErrorKind.Forbidden, ServiceErrorCodes.Forbidden, "This needs an operator.");
    private static readonly ServiceError NotFound = new(ServiceErrorKind.NotFound, ServiceErrorCodes.JobNotFound, "No running plugin has such a job.");
    private static readonly ServiceError Gone = new(ServiceErrorKind.Conflict, ServiceErrorCodes.SchedulerUnavailable, "The host is stopping, or the plugin was just removed.");

    public ValueTask<Result<IReadOnlyList<JobRecord>>> ListAsync(Principal principal, string? plugin, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        if (principal.Role != PrincipalRole.Operator) return ValueTask.FromResult<Result<IReadOnlyList<JobRecord>>>(OperatorOnly);
        var now = clock.GetUtcNow();
        var last = runs.Newest(principal.Tenant).ToDictionary(run => (run.Plugin, run.Job));
        IReadOnlyList<JobRecord> jobs =
        [
            .. table.Of(principal.Tenant).Values
                .Where(job => plugin is null || job.Name.Plugin == plugin)
                .OrderBy(job => job.Name.Plugin, StringComparer.Ordinal).ThenBy(job => job.Name.Id, StringComparer.Ordinal)
                .Select(job => new JobRecord(job.Name.Plugin, job.Digest, job.Registration)
                {
                    Next = job.IsScheduled ? job.Schedule!.Next(now) : null,
                    Last = last.GetValueOrDefault((job.Name.Plugin, job.Name.Id)),
                }),
        ];
        return ValueTask.FromResult(Result.Ok(jobs));
    }

    public async ValueTask<Result<JobRunRecord>> RunNowAsync(Principal principal, string plugin, string job, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        if (principal.Role != PrincipalRole.Operator) return OperatorOnly;
        cancellationToken.ThrowIfCancellationRequested();
        if (table.Find(new JobName(principal.Tenant, plugin, job)) is not { } found) return NotFound;
        var ticket = await runner.BeginAsync(new JobFiring(found, clock.GetUtcNow(), principal, IsManual: true)).ConfigureAwait(false);
        return ticket.Record is { } record ? record : Gone;
    }

    public ValueTask<Result<IReadOnlyList<JobRunRecord>>> HistoryAsync(Principal principal, string? plugin, string? job, int limit, CancellationToken cancellationToken) =>
        ValueTask.FromResult(runs.List(principal, plugin, job, limit));
}
