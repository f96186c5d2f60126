using Microsoft.Extensions.Logging;

namespace Paddock.Jobs.Running;

/// <summary>Calls a job's function, and says how that ended. Never throws.</summary>
internal sealed class JobCall(IPluginCalls calls, TimeProvider clock, ILogger<JobCall> logger)
{
    /// <summary>How a run ends that the host's stop ended.</summary>
    public static JobRunEnd Stopped { get; } = new(JobOutcome.Interrupted, JobCodes.HostStopping, "The host was stopped.");

    /// <summary>How a run ends whose version was replaced before its function was called.</summary>
    public static JobRunEnd Replaced { get; } = new(JobOutcome.Skipped, JobCodes.Removed, "Another version of the plugin serves by now.");

    public async Task<JobRunEnd> RunAsync(JobFiring firing, JobRunRecord record, CancellationToken stopping)
    {
        var job = firing.Job;
        using var late = new CancellationTokenSource(job.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping);
        try
        {
            var call = new NamedCall { Function = job.Registration.Handler, Input = JobInput.Of(firing, record), Timeout = job.Timeout, Digest = job.Digest, Door = CallDoor.Job };
            var end = EndOf(await calls.CallAsync(firing.Caller, job.Name.Plugin, call, either.Token).ConfigureAwait(false));
            return end.Code == ErrorCodes.Cancelled ? Cancelled(late, end.ExecutionId, stopping) : end;
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return Cancelled(late, executionId: null, stopping);
        }
        catch (Exception e)
        {
            JobLog.Failed(logger, job.Name.Plugin, job.Name.Id, e);
            return new JobRunEnd(JobOutcome.Failed, ErrorCodes.HostError, "The host could not call the function.");
        }
    }

    private static JobRunEnd EndOf(Result<ExecutionOutcome> result)
    {
        if (!result.TryGetValue(out var outcome, out var error))
            return error.Code == ServiceErrorCodes.PluginChanged ? Replaced : new JobRunEnd(JobOutcome.Failed, error.Code, error.Message);
        return outcome.Result.Status == CallStatus.Completed
            ? new JobRunEnd(JobOutcome.Completed, ExecutionId: outcome.ExecutionId)
            : new JobRunEnd(JobOutcome.Failed, outcome.Result.Error?.Code ?? ErrorCodes.HostError, outcome.Result.Error?.Message, outcome.ExecutionId);
    }

    private static JobRunEnd Cancelled(CancellationTokenSource late, string? executionId, CancellationToken stopping) => (stopping.IsCancellationRequested, late.IsCancellationRequested) switch
    {
        (true, _) => Stopped with { ExecutionId = executionId },
        (_, true) => new JobRunEnd(JobOutcome.Failed, ErrorCodes.TimeLimit, "The job's time was over.", executionId),
        _ => new JobRunEnd(JobOutcome.Failed, ErrorCodes.Cancelled, "The call was cancelled.", executionId),
    };
}
