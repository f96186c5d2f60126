using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Quartz;

namespace Paddock.Jobs.Running;

/// <summary>Keeps the scheduler's jobs those that running plugins contribute, from the start of the host to its end.</summary>
internal sealed class JobScheduler(
    IContributions contributions, JobTable table, JobRunner runner, IJobRunStore runs, TimeProvider clock, JobsOptions options, ILoggerFactory loggers) : IHostedService, IAsyncDisposable
{
    private readonly ILogger _logger = loggers.CreateLogger<JobScheduler>();
    private readonly Dictionary<JobName, ScheduledJob> _scheduled = [];
    private readonly HashSet<JobName> _seen = [];
    private readonly Channel<Func<Task>> _work = Channel.CreateUnbounded<Func<Task>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _ended = new();
    private StandaloneSchedulerFactory? _factory;
    private IScheduler? _scheduler;
    private IDisposable? _watch;
    private Task _worker = Task.CompletedTask;
    private int _disposed;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        int lost = await runs.CloseLostAsync(clock.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        if (lost > 0) JobLog.Lost(_logger, lost);
        _factory = Build();
        _scheduler = await _factory.GetScheduler(cancellationToken).ConfigureAwait(false);
        _scheduler.ListenerManager.AddTriggerListener(new MisfireListener((key, due) => _work.Writer.TryWrite(() => MissAsync(ClockJob.NameOf(key), due))));
        _watch = ChangeToken.OnChange(contributions.Watch, () => _work.Writer.TryWrite(() => SynchroniseAsync(_ended.Token)));
        await SynchroniseAsync(cancellationToken).ConfigureAwait(false);
        await _scheduler.Start(cancellationToken).ConfigureAwait(false);
        _worker = Task.Run(WorkAsync, CancellationToken.None);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _watch?.Dispose();
        _work.Writer.TryComplete();
        await _ended.CancelAsync().ConfigureAwait(false);
        await _worker.ConfigureAwait(false);
        if (_scheduler is { Status: not (SchedulerStatus.Shutdown or SchedulerStatus.ShuttingDown) }) await _scheduler.Standby(CancellationToken.None).ConfigureAwait(false);
        await runner.StopAsync(cancellationToken).ConfigureAwait(false);
        if (_factory is not null) await _factory.DisposeAsync().ConfigureAwait(false);
        _factory = null;
    }

    // A container disposes a service once for each way in which it was registered.
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await StopAsync(CancellationToken.None).ConfigureAwait(false);
        _ended.Dispose();
    }

    /// <summary>Completes when all that has happened until now is taken into account.</summary>
    internal async Task SettledAsync()
    {
        var settled = new TaskCompletionSource();
        if (!_work.Writer.TryWrite(() => { settled.SetResult(); return Task.CompletedTask; })) settled.SetResult();
        await settled.Task.ConfigureAwait(false);
    }

    /// <summary>Brings the scheduler's jobs up to date. One at a time.</summary>
    private async Task SynchroniseAsync(CancellationToken cancellationToken)
    {
        var wanted = table.All().Where(job => job.IsScheduled).ToDictionary(job => job.Name);
        foreach (var gone in _scheduled.Keys.Where(name => !wanted.ContainsKey(name)).ToList())
        {
            await _scheduler!.DeleteJob(ClockJob.KeyOf(gone), cancellationToken).ConfigureAwait(false);
            _scheduled.Remove(gone);
        }

        foreach (var job in wanted.Values)
        {
            // A new version that is due at the same times goes on with the same trigger: nothing is missed, nothing runs twice.
            if (!_scheduled.TryGetValue(job.Name, out var before) || !before.IsDueLike(job)) await ScheduleAsync(job, cancellationToken).ConfigureAwait(false);
            _scheduled[job.Name] = job;
            if (_seen.Add(job.Name)) await CatchUpAsync(job, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ScheduleAsync(ScheduledJob job, CancellationToken cancellationToken)
    {
        var key = ClockJob.KeyOf(job.Name);
        await _scheduler!.DeleteJob(key, cancellationToken).ConfigureAwait(false);
        if (job.Schedule!.Next(clock.GetUtcNow()) is null) return;
        var detail = JobBuilder.Create<ClockJob>().WithIdentity(key).StoreDurably(true).Build();
        await _scheduler.ScheduleJob(detail, job.Schedule.Trigger(new TriggerKey(key.Name, key.Group), key, clock), ScheduleJobOptions.Replacing, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A job that is seen for the first time since the host started, and was due after what is recorded of it: the host was down.</summary>
    private async Task CatchUpAsync(ScheduledJob job, CancellationToken cancellationToken)
    {
        if (!job.Registration.CatchUp || runs.LastScheduled(job.Name.Tenant, job.Name.Plugin, job.Name.Id) is not { } recorded) return;
        if (job.Schedule!.Last(clock.GetUtcNow()) is { } due && due > recorded) await MakeUpAsync(job, due, cancellationToken).ConfigureAwait(false);
    }

    private ValueTask MakeUpAsync(ScheduledJob job, DateTimeOffset due, CancellationToken cancellationToken) =>
        _scheduler!.TriggerJob(ClockJob.KeyOf(job.Name), new JobDataMap { [ClockJob.ScheduledAt] = due }, cancellationToken);

    private async Task WorkAsync()
    {
        await foreach (var work in _work.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            try
            {
                await work().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_ended.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                JobLog.NotSynchronised(_logger, e);
            }
        }
    }

    private async Task MissAsync(JobName name, DateTimeOffset due)
    {
        if (table.Find(name) is not { IsScheduled: true } job) return;
        if (job.Registration.CatchUp) await MakeUpAsync(job, due, _ended.Token).ConfigureAwait(false);
        else await runner.SkipAsync(JobFiring.ByTheClock(job, due), JobCodes.Misfired, "Its time had passed before it could begin.").ConfigureAwait(false);
    }

    // A container of its own: an application that uses the same scheduler for itself keeps its own jobs, names and settings.
    private StandaloneSchedulerFactory Build() => QuartzSchedulerBuilder.Create(builder =>
    {
        builder.Services.AddSingleton(loggers);
        builder.ConfigureScheduler(scheduler => scheduler.InstanceName = "paddock-" + Guid.NewGuid().ToString("N"));
        builder.UseTimeProvider(clock);
        builder.UseDefaultThreadPool(options.Concurrency);
        builder.UseInMemoryStore(store => store.MisfireThreshold = options.MisfireThreshold);
        builder.UseJobFactory(new ClockJob(runner, table, _logger));
    }).Build();
}
