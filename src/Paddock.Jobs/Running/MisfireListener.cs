using Quartz;

namespace Paddock.Jobs.Running;

/// <summary>Hears of firings that were missed while the host ran (no place was free, the machine slept), and has them recorded or made up for.</summary>
internal sealed class MisfireListener(Action<JobKey, DateTimeOffset> missed) : ITriggerListener
{
    public string Name => nameof(MisfireListener);

    public ValueTask TriggerMisfired(ITrigger trigger, IScheduler scheduler, CancellationToken cancellationToken)
    {
        if (trigger.NextFireTimeUtc is { } due) missed(trigger.JobKey, due);
        return ValueTask.CompletedTask;
    }
}
