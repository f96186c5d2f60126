using Quartz;

namespace Paddock.Jobs.Schedules;

/// <summary>When a job is due.</summary>
internal abstract class Schedule
{
    /// <summary>The first time it is due after <paramref name="time"/>; null for never again.</summary>
    public abstract DateTimeOffset? Next(DateTimeOffset time);

    /// <summary>The last time it was due at or before <paramref name="time"/>; null for never.</summary>
    public abstract DateTimeOffset? Last(DateTimeOffset time);

    /// <summary>The same for the scheduler; what was missed is left out, and told to its listener.</summary>
    public abstract ITrigger Trigger(TriggerKey key, JobKey job, TimeProvider clock);
}
