using Microsoft.Extensions.Logging;
using Quartz;
using Quartz.Extensibility;

namespace Paddock.Jobs.Running;

/// <summary>What the scheduler runs: the job of that key as its plugin contributes it at that moment. It holds its place among the concurrent runs until it has ended.</summary>
internal sealed class ClockJob(JobRunner runner, JobTable table, ILogger logger) : IJob, IJobFactory
{
    /// <summary>Where a firing that makes up for a missed one says when that was due.</summary>
    public const string ScheduledAt = "scheduledAt";

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var name = NameOf(context.JobDetail.Key);
        if (table.Find(name) is not { IsScheduled: true } job) return;
        var due = context.MergedJobDataMap.TryGetValue(ScheduledAt, out var value) && value is DateTimeOffset missed ? missed : context.ScheduledFireTimeUtc ?? context.FireTimeUtc;
        try
        {
            var ticket = await runner.BeginAsync(JobFiring.ByTheClock(job, due)).ConfigureAwait(false);
            await ticket.Completion.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Nothing ran. The scheduler must not take its trigger away for it.
            JobLog.NotBegun(logger, name.Plugin, name.Id, e);
        }
    }

    public static JobKey KeyOf(JobName name) => new(name.Plugin + "." + name.Id, name.Tenant);

    /// <summary>The name of a plugin has no dot.</summary>
    public static JobName NameOf(JobKey key)
    {
        int dot = key.Name.IndexOf('.', StringComparison.Ordinal);
        return new JobName(key.Group, key.Name[..dot], key.Name[(dot + 1)..]);
    }

    public ValueTask<JobScope> CreateJob(TriggerFiredBundle bundle, IScheduler scheduler, CancellationToken cancellationToken) => ValueTask.FromResult(new JobScope(this));

    public ValueTask ReturnJob(JobScope scope, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
