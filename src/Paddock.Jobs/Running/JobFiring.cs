namespace Paddock.Jobs.Running;

/// <summary>A job that is due, or that an operator wants.</summary>
/// <param name="Job">The job.</param>
/// <param name="ScheduledAt">When it was due.</param>
/// <param name="Caller">On whose behalf.</param>
/// <param name="IsManual">Whether an operator asked.</param>
internal sealed record JobFiring(ScheduledJob Job, DateTimeOffset ScheduledAt, Principal Caller, bool IsManual)
{
    private readonly TaskCompletionSource<JobRunRecord?> _recorded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Its record while it waits; null if it could not be kept: it may not run then.</summary>
    public Task<JobRunRecord?> Recorded => _recorded.Task;

    public JobRunStart Start => new(Job.Name.Tenant, Job.Name.Plugin, Job.Digest, Job.Name.Id, IsManual ? Caller.Owner : JobRunStart.ByTheClock, ScheduledAt);

    /// <summary>A run that nobody asked for: on behalf of the host, which sees all plugins of the tenant.</summary>
    public static JobFiring ByTheClock(ScheduledJob job, DateTimeOffset scheduledAt) =>
        new(job, scheduledAt, new Principal(job.Name.Tenant, JobRunStart.ByTheClock, PrincipalRole.Operator), IsManual: false);

    public void SetRecorded(JobRunRecord? record) => _recorded.TrySetResult(record);
}

/// <summary>A firing that was taken up.</summary>
/// <param name="Record">What was kept of it; null where its plugin is gone, or the host is stopping.</param>
/// <param name="Completion">Completes when it has ended; at once where it waits or was skipped.</param>
internal sealed record JobTicket(JobRunRecord? Record, Task Completion);
