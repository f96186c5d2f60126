using Quartz;

namespace Paddock.Jobs.Schedules;

/// <summary>Every so often, counted from 1970 UTC: neither a restart of the host nor a new version of the plugin shifts it.</summary>
internal sealed class IntervalSchedule(TimeSpan interval) : Schedule
{
    public override DateTimeOffset? Next(DateTimeOffset time) => Last(time) + interval;

    public override DateTimeOffset? Last(DateTimeOffset time)
    {
        long since = (time - DateTimeOffset.UnixEpoch).Ticks;
        long past = ((since % interval.Ticks) + interval.Ticks) % interval.Ticks;
        return DateTimeOffset.UnixEpoch.AddTicks(since - past);
    }

    public override ITrigger Trigger(TriggerKey key, JobKey job, TimeProvider clock) => TriggerBuilder.Create(clock)
        .WithIdentity(key)
        .ForJob(job)
        .StartAt(Next(clock.GetUtcNow())!.Value)
        .WithSchedule(SimpleScheduleBuilder.Create().WithInterval(interval).RepeatForever()
            .WithMisfireInstruction(SimpleTriggerMisfireInstruction.NextWithRemainingCount))
        .Build();
}
