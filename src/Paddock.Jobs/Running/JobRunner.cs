using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Paddock.Jobs.Running;

/// <summary>Runs jobs: one lane for each, a record before and after.</summary>
internal sealed class JobRunner(JobCall call, IJobRunStore runs, JobTable table, TimeProvider clock, JobsOptions options, ILogger<JobRunner> logger) : IDisposable
{
    // What runs still get, once they were cancelled, to write down that they were.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<JobName, JobLane> _lanes = new();
    private readonly ConcurrentDictionary<Task, bool> _underWay = new();
    private readonly CancellationTokenSource _cancelled = new();
    private int _stopping;

    /// <summary>Takes a firing up: begins it, lets it wait, or skips it; and has that recorded before it answers.</summary>
    public async Task<JobTicket> BeginAsync(JobFiring firing)
    {
        // Under way before it looks whether the host stops, so that a host that stops sees it.
        var begun = new TaskCompletionSource();
        Track(begun.Task);
        try
        {
            return await TakeUpAsync(firing).ConfigureAwait(false);
        }
        finally
        {
            begun.SetResult();
        }
    }

    private async Task<JobTicket> TakeUpAsync(JobFiring firing)
    {
        if (IsStopping) return new JobTicket(null, Task.CompletedTask);
        if (!IsCurrent(firing)) return await SkipAsync(firing, JobCodes.Removed, "The plugin does not contribute the job any more.").ConfigureAwait(false);
        var lane = _lanes.GetOrAdd(firing.Job.Name, _ => new JobLane());
        switch (lane.Enter(firing))
        {
            case JobPlace.Skip:
                return await SkipAsync(firing, JobCodes.Overlap, "Another run of the job is under way.").ConfigureAwait(false);
            case JobPlace.Wait:
                return await WaitAsync(firing).ConfigureAwait(false);
            default:
                return await GoAsync(lane, firing).ConfigureAwait(false);
        }
    }

    /// <summary>Keeps that a run did not begin.</summary>
    public async Task<JobTicket> SkipAsync(JobFiring firing, string code, string message)
    {
        var record = await runs.SkipAsync(firing.Start, code, message, clock.GetUtcNow()).ConfigureAwait(false);
        return new JobTicket(record, Task.CompletedTask);
    }

    /// <summary>Takes nothing up any more, waits for what is under way, and cancels what takes longer than the host will wait.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Interlocked.Exchange(ref _stopping, 1);
        if (await EndedAsync(options.ShutdownTimeout, cancellationToken).ConfigureAwait(false)) return;
        await _cancelled.CancelAsync().ConfigureAwait(false);
        if (!await EndedAsync(LastWords, CancellationToken.None).ConfigureAwait(false)) JobLog.Abandoned(logger, _underWay.Count);
    }

    public void Dispose() => _cancelled.Dispose();

    private async Task<JobTicket> WaitAsync(JobFiring firing)
    {
        JobRunRecord? record = null;
        try
        {
            record = await runs.BeginAsync(firing.Start, startedAt: null).ConfigureAwait(false);
        }
        finally
        {
            firing.SetRecorded(record);
        }

        return new JobTicket(record, Task.CompletedTask);
    }

    private async Task<JobTicket> GoAsync(JobLane lane, JobFiring firing)
    {
        JobRunRecord? record = null;
        try
        {
            // A run whose record cannot be kept does not happen.
            record = await runs.BeginAsync(firing.Start, clock.GetUtcNow()).ConfigureAwait(false);
        }
        finally
        {
            if (record is null && lane.Leave() is { } next) Track(Task.Run(() => ResumeAsync(lane, next), CancellationToken.None));
        }

        if (record is null) return new JobTicket(null, Task.CompletedTask);
        var completion = Task.Run(() => RunAsync(lane, firing, record), CancellationToken.None);
        Track(completion);
        return new JobTicket(record, completion);
    }

    private void Track(Task task)
    {
        _underWay[task] = true;
        _ = task.ContinueWith(ended => _underWay.TryRemove(ended, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task RunAsync(JobLane lane, JobFiring firing, JobRunRecord record)
    {
        await RunAsync(firing, record).ConfigureAwait(false);
        if (lane.Leave() is { } next) await ResumeAsync(lane, next).ConfigureAwait(false);
    }

    /// <summary>Runs what waited, and what waited for that, one after the other.</summary>
    private async Task ResumeAsync(JobLane lane, JobFiring waited)
    {
        for (JobFiring? next = waited; next is not null; next = lane.Leave())
        {
            if (await next.Recorded.ConfigureAwait(false) is { } record) await ResumeAsync(next, record).ConfigureAwait(false);
        }
    }

    private async Task ResumeAsync(JobFiring firing, JobRunRecord record)
    {
        try
        {
            var now = clock.GetUtcNow();
            JobRunEnd? end = IsStopping ? JobCall.Stopped : IsCurrent(firing) ? null : new JobRunEnd(JobOutcome.Skipped, JobCodes.Removed, "The plugin does not contribute the job any more.");
            if (end is not null) await runs.EndAsync(firing.Job.Name.Tenant, record.Id, end, now).ConfigureAwait(false);
            else if (await runs.StartAsync(firing.Job.Name.Tenant, record.Id, now).ConfigureAwait(false)) await RunAsync(firing, record).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            JobLog.NotRecorded(logger, firing.Job.Name.Plugin, firing.Job.Name.Id, e);
        }
    }

    private async Task RunAsync(JobFiring firing, JobRunRecord record)
    {
        // A version that was replaced after we looked leaves the run to the next one, once: no time that is due gets lost by an upgrade.
        if (await CallAsync(firing, record).ConfigureAwait(false) != JobCall.Replaced || Successor(firing) is not { } next) return;
        try
        {
            if (await runs.BeginAsync(next.Start, clock.GetUtcNow()).ConfigureAwait(false) is { } begun) await CallAsync(next, begun).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            JobLog.NotBegun(logger, firing.Job.Name.Plugin, firing.Job.Name.Id, e);
        }
    }

    private async Task<JobRunEnd> CallAsync(JobFiring firing, JobRunRecord record)
    {
        var end = await call.RunAsync(firing, record, _cancelled.Token).ConfigureAwait(false);
        try
        {
            await runs.EndAsync(firing.Job.Name.Tenant, record.Id, end, clock.GetUtcNow()).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // It stays without an end, and is found as lost at the next start.
            JobLog.NotRecorded(logger, firing.Job.Name.Plugin, firing.Job.Name.Id, e);
        }

        return end;
    }

    /// <summary>The same firing of the version that serves now; null where that has no such job.</summary>
    private JobFiring? Successor(JobFiring firing) =>
        !IsStopping && table.Find(firing.Job.Name) is { } job && job.Digest != firing.Job.Digest && (firing.IsManual || job.IsScheduled)
            ? new JobFiring(job, firing.ScheduledAt, firing.Caller, firing.IsManual)
            : null;

    private bool IsStopping => Volatile.Read(ref _stopping) != 0;

    // A firing of a version that was replaced meanwhile would call the new version with the old one's handler.
    private bool IsCurrent(JobFiring firing) => table.Find(firing.Job.Name) is { } job && job.Digest == firing.Job.Digest;

    private async Task<bool> EndedAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        try
        {
            while (!_underWay.IsEmpty) await Task.WhenAll(_underWay.Keys).WaitAsync(either.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return false;
        }
    }
}
