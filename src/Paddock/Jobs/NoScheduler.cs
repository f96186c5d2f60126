namespace Paddock.Jobs;

/// <summary>Stands in where no scheduler was added: no job runs, and plugins that have some are told so.</summary>
internal sealed class NoScheduler(IJobRunStore runs) : IJobs, IScheduleCheck
{
    private static readonly ServiceError Unavailable =
        new(ServiceErrorKind.Conflict, ServiceErrorCodes.SchedulerUnavailable, "This host runs no jobs. Add the scheduler to it (AddJobs).");

    public IReadOnlyList<Finding> Check(JobRegistration job, string path) =>
    [
        new(JobCodes.NoScheduler, "This host runs no jobs: the job will never run.")
        {
            Severity = FindingSeverity.Warning,
            Path = path,
            Mend = "Add the scheduler to the host (AddJobs).",
        },
    ];

    public ValueTask<Result<IReadOnlyList<JobRecord>>> ListAsync(Principal principal, string? plugin, CancellationToken cancellationToken) =>
        ValueTask.FromResult<Result<IReadOnlyList<JobRecord>>>(Refuse(principal));

    public ValueTask<Result<JobRunRecord>> RunNowAsync(Principal principal, string plugin, string job, CancellationToken cancellationToken) =>
        ValueTask.FromResult<Result<JobRunRecord>>(Refuse(principal));

    public ValueTask<Result<IReadOnlyList<JobRunRecord>>> HistoryAsync(Principal principal, string? plugin, string? job, int limit, CancellationToken cancellationToken) =>
        ValueTask.FromResult(runs.List(principal, plugin, job, limit));

    private static ServiceError Refuse(Principal principal)
    {
        ArgumentNullException.ThrowIfNull(principal);
        return principal.Role == PrincipalRole.Operator ? Unavailable : ServiceError.OperatorOnly;
    }
}
