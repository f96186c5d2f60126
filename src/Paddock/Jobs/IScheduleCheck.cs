namespace Paddock;

/// <summary>Says before a plugin is activated whether its jobs can be scheduled.</summary>
public interface IScheduleCheck
{
    /// <summary>Everything that is wrong with a job's schedule, time zone and timeout; empty when it can be scheduled. An error refuses the plugin. A host without a scheduler answers the warning <see cref="JobCodes.NoScheduler"/>.</summary>
    /// <param name="job">The job.</param>
    /// <param name="path">Where it stands (<c>jobs[2]</c>); findings name fields beneath it.</param>
    IReadOnlyList<Finding> Check(JobRegistration job, string path);
}
