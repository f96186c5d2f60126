namespace Paddock.Jobs.Running;

/// <summary>What of one job is under way, in whichever version, and what waits for it.</summary>
internal sealed class JobLane
{
    private readonly Lock _lock = new();
    private int _running;
    private JobFiring? _waiting;

    /// <summary>What becomes of a firing that is due now.</summary>
    public JobPlace Enter(JobFiring firing)
    {
        lock (_lock)
        {
            var overlap = firing.Job.Registration.Overlap;
            if (_running == 0 || overlap == JobOverlap.Allow)
            {
                _running++;
                return JobPlace.Go;
            }

            if (overlap != JobOverlap.Queue || _waiting is not null) return JobPlace.Skip;
            _waiting = firing;
            return JobPlace.Wait;
        }
    }

    /// <summary>A run has ended; answers the firing that takes its place, if one does.</summary>
    public JobFiring? Leave()
    {
        lock (_lock)
        {
            if (--_running > 0 || _waiting is not { } next) return null;
            _waiting = null;
            _running++;
            return next;
        }
    }
}

/// <summary>What becomes of a firing.</summary>
internal enum JobPlace
{
    /// <summary>It runs.</summary>
    Go,

    /// <summary>It waits for the run that is under way.</summary>
    Wait,

    /// <summary>It is left out.</summary>
    Skip,
}
