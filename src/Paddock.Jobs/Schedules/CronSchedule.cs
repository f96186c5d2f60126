using Quartz;

namespace Paddock.Jobs.Schedules;

/// <summary>
/// Five fields in a time zone. Where clocks are put forward, readings that do not exist are made up for by one run at the first moment
/// after them. Where clocks are put back, a fixed time of day is due at its first occurrence only; a schedule whose minute or hour is
/// <c>*</c>, a range or a step is due at both.
/// </summary>
internal sealed class CronSchedule(CronExpression expression) : Schedule
{
    public override DateTimeOffset? Next(DateTimeOffset time) => expression.GetNextValidTimeAfter(time);

    public override DateTimeOffset? Last(DateTimeOffset time)
    {
        // Before the first full second after it; the scheduler's own search is for times strictly before.
        var whole = new DateTimeOffset(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
        return expression.GetPreviousValidTimeBefore(whole.AddSeconds(1));
    }

    public override ITrigger Trigger(TriggerKey key, JobKey job, TimeProvider clock) => TriggerBuilder.Create(clock)
        .WithIdentity(key)
        .ForJob(job)
        // Not now: a version put in place within the second of a run would run again.
        .StartAt(Next(clock.GetUtcNow()) ?? DateTimeOffset.MaxValue)
        .WithSchedule(CronScheduleBuilder.Create(expression).WithMisfireInstruction(CronTriggerMisfireInstruction.DoNothing))
        .Build();
}
