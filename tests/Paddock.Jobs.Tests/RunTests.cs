using System.Text.Json;
using Paddock.Jobs.Running;
using Paddock.Jobs.Tests.Seam;

namespace Paddock.Jobs.Tests;

public sealed class RunTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_BeforeItBegins_IsRecordedAndAudited()
    {
        await using var host = new JobsFixture();
        host.Contribute(JobsFixture.Nightly);
        var ticket = await host.FireAsync();
        var call = await host.Calls.NextAsync();

        var run = await host.NewestAsync();
        Assert.Equal(ticket.Record, run);
        Assert.Equal((JobsFixture.Plugin, JobsFixture.Digest, "nightly", JobRunStart.ByTheClock), (run.Plugin, run.Digest, run.Job, run.Actor));
        Assert.Equal((JobOutcome.Running, SetClock.Start, SetClock.Start, null), (run.Outcome, run.ScheduledAt, run.StartedAt, run.EndedAt));
        var audit = Assert.Single((await host.Get<IAuditLog>().ListAsync(JobsFixture.Operator, cancellationToken: Ct)).Value, r => r.Action == "job.run");
        Assert.Equal(("plugin.ticket-stats.nightly", "plg_ticket-stats", true), (audit.Target, audit.PluginId, audit.Allowed));
        call.End();
        await ticket.Completion;
    }

    [Fact]
    public async Task Run_Call_IsByTheDoorOfJobs()
    {
        await using var host = new JobsFixture();
        host.Contribute(JobsFixture.Nightly with { Timeout = TimeSpan.FromSeconds(7), TimeZone = "Europe/Vienna" });
        var ticket = await host.FireAsync();
        var call = await host.Calls.NextAsync();

        Assert.Equal((JobsFixture.Plugin, "run_nightly", CallDoor.Job, TimeSpan.FromSeconds(7)), (call.Plugin, call.Call.Function, call.Call.Door, call.Call.Timeout));
        Assert.Equal((Principal.DefaultTenant, JobRunStart.ByTheClock), (call.Caller.Tenant, call.Caller.Owner));
        using var input = JsonDocument.Parse(call.Call.Input);
        Assert.Equal(
            $$"""{"job":"nightly","key":"plugin.ticket-stats.nightly","scheduled":"2030-01-01T00:00:00Z","run":{{ticket.Record!.Id}},"manual":false,"timeZone":"Europe/Vienna"}""",
            input.RootElement.GetRawText());
        call.End();
        await ticket.Completion;
    }

    [Fact]
    public async Task Run_ThatReturns_IsCompleted()
    {
        await using var host = new JobsFixture();
        host.Contribute(JobsFixture.Nightly);
        var ticket = await host.FireAsync();
        host.Clock.Advance(TimeSpan.FromSeconds(3));
        (await host.Calls.NextAsync()).End();
        await ticket.Completion;

        var run = await host.NewestAsync();
        Assert.Equal((JobOutcome.Completed, null, "exe_1", TimeSpan.FromSeconds(3)), (run.Outcome, run.Code, run.ExecutionId, run.Duration));
    }

    [Fact]
    public async Task Run_ThatFails_SaysWhy()
    {
        await using var host = new JobsFixture();
        host.Contribute(JobsFixture.Nightly);
        async Task<JobRunRecord> EndedWithAsync(Action<ScriptedCall> end)
        {
            var ticket = await host.FireAsync();
            end(await host.Calls.NextAsync());
            await ticket.Completion;
            return await host.NewestAsync();
        }

        var guest = await EndedWithAsync(call => call.End(ScriptedCalls.Failed(ErrorCodes.GuestError)));
        Assert.Equal((JobOutcome.Failed, ErrorCodes.GuestError, "exe_2"), (guest.Outcome, guest.Code, guest.ExecutionId));
        var refused = await EndedWithAsync(call => call.End(new ServiceError(ServiceErrorKind.Conflict, ServiceErrorCodes.PluginNotApproved, "No.")));
        Assert.Equal((JobOutcome.Failed, ServiceErrorCodes.PluginNotApproved, null), (refused.Outcome, refused.Code, refused.ExecutionId));
        var broken = await EndedWithAsync(call => call.Throw(new InvalidOperationException("a path of the host")));
        Assert.Equal((JobOutcome.Failed, ErrorCodes.HostError), (broken.Outcome, broken.Code));
        Assert.DoesNotContain("path of the host", broken.Message!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WhoseVersionWasReplacedBeforeItsCall_RunsInTheNextOne()
    {
        await using var host = new JobsFixture();
        host.Contribute(JobsFixture.Nightly);
        var ticket = await host.FireAsync();
        var old = await host.Calls.NextAsync();
        Assert.Equal(JobsFixture.Digest, old.Call.Digest);
        host.ContributeOf("d2", JobsFixture.Nightly with { Handler = "run_better" });
        old.End(ServiceErrorOf(ServiceErrorCodes.PluginChanged));
        var next = await host.Calls.NextAsync();
        Assert.Equal(("d2", "run_better"), (next.Call.Digest, next.Call.Function));
        next.End();
        await ticket.Completion;

        var runs = await host.HistoryAsync();
        Assert.Equal([("d2", JobOutcome.Completed, null), (JobsFixture.Digest, JobOutcome.Skipped, JobCodes.Removed)], runs.Select(run => (run.Digest, run.Outcome, run.Code)));
        Assert.Equal(runs[1].ScheduledAt, runs[0].ScheduledAt);
        Assert.Null(runs[1].StartedAt);
    }

    [Fact]
    public async Task Run_ReplacedTwice_IsSkipped()
    {
        await using var host = new JobsFixture();
        host.Contribute(JobsFixture.Nightly);
        var ticket = await host.FireAsync();
        foreach (string digest in new[] { "d2", "d3" })
        {
            var call = await host.Calls.NextAsync();
            host.ContributeOf(digest, JobsFixture.Nightly);
            call.End(ServiceErrorOf(ServiceErrorCodes.PluginChanged));
        }

        await ticket.Completion;
        Assert.True(host.Calls.IsQuiet);
        Assert.Equal([JobCodes.Removed, JobCodes.Removed], (await host.HistoryAsync()).Select(run => run.Code));
    }

    [Fact]
    public async Task Run_WhoseJobTheNextVersionHasNot_IsSkipped()
    {
        await using var host = new JobsFixture();
        host.Contribute(JobsFixture.Nightly);
        var ticket = await host.FireAsync();
        var call = await host.Calls.NextAsync();
        host.ContributeOf("d2", JobsFixture.Nightly with { Enabled = false });
        call.End(ServiceErrorOf(ServiceErrorCodes.PluginChanged));
        await ticket.Completion;
        Assert.True(host.Calls.IsQuiet);
        Assert.Equal([(JobOutcome.Skipped, JobCodes.Removed)], (await host.HistoryAsync()).Select(run => (run.Outcome, run.Code)));
    }

    [Fact]
    public async Task Run_BeyondItsTimeout_IsCancelledAndFailed()
    {
        await using var host = new JobsFixture();
        host.Contribute(JobsFixture.Nightly);
        var ticket = await host.FireAsync();
        var call = await host.Calls.NextAsync();
        host.Clock.Advance(TimeSpan.FromSeconds(299));
        Assert.False(call.Cancellation.IsCancellationRequested);
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        await ticket.Completion;

        var run = await host.NewestAsync();
        Assert.Equal((JobOutcome.Failed, ErrorCodes.TimeLimit, TimeSpan.FromSeconds(300)), (run.Outcome, run.Code, run.Duration));
    }

    [Fact]
    public async Task Overlap_Skip_RecordsThatItWasSkipped()
    {
        await using var host = new JobsFixture();
        host.Contribute(JobsFixture.Nightly);
        var first = await host.FireAsync();
        var call = await host.Calls.NextAsync();
        var second = await host.FireAsync();

        Assert.Equal((JobOutcome.Skipped, JobCodes.Overlap, null), (second.Record!.Outcome, second.Record.Code, second.Record.StartedAt));
        call.End();
        await first.Completion;
        Assert.True(host.Calls.IsQuiet);
        Assert.Equal([JobOutcome.Skipped, JobOutcome.Completed], (await host.HistoryAsync()).Select(run => run.Outcome));
    }

    [Fact]
    public async Task Overlap_Queue_HasOneWaitAndSkipsTheRest()
    {
        await using var host = new JobsFixture();
        host.Contribute(JobsFixture.Nightly with { Overlap = JobOverlap.Queue });
        var first = await host.FireAsync();
        var call = await host.Calls.NextAsync();
        var second = await host.FireAsync();
        var third = await host.FireAsync();

        Assert.Equal((JobOutcome.Running, null), (second.Record!.Outcome, second.Record.StartedAt));
        Assert.Equal(JobCodes.Overlap, third.Record!.Code);
        Assert.True(host.Calls.IsQuiet);
        host.Clock.Advance(TimeSpan.FromSeconds(9));
        call.End();
        (await host.Calls.NextAsync()).End();
        await first.Completion;
        var waited = (await host.HistoryAsync()).Single(run => run.Id == second.Record.Id);
        Assert.Equal((JobOutcome.Completed, SetClock.Start, SetClock.Start.AddSeconds(9)), (waited.Outcome, waited.ScheduledAt, waited.StartedAt));
    }

    [Fact]
    public async Task Overlap_Queue_OfAJobThatWasRemovedMeanwhile_DoesNotRun()
    {
        await using var host = new JobsFixture();
        host.Contribute(JobsFixture.Nightly with { Overlap = JobOverlap.Queue });
        var first = await host.FireAsync();
        var call = await host.Calls.NextAsync();
        await host.FireAsync();
        host.ContributeOf("d2", JobsFixture.Nightly);
        call.End();
        await first.Completion;

        Assert.True(host.Calls.IsQuiet);
        Assert.Equal((JobOutcome.Skipped, JobCodes.Removed), ((await host.NewestAsync()).Outcome, (await host.NewestAsync()).Code));
    }

    [Fact]
    public async Task Overlap_Allow_RunsBeside()
    {
        await using var host = new JobsFixture();
        host.Contribute(JobsFixture.Nightly with { Overlap = JobOverlap.Allow });
        var first = await host.FireAsync();
        var second = await host.FireAsync();
        (await host.Calls.NextAsync()).End();
        (await host.Calls.NextAsync()).End();
        await Task.WhenAll(first.Completion, second.Completion);

        Assert.All(await host.HistoryAsync(), run => Assert.Equal(JobOutcome.Completed, run.Outcome));
    }

    [Fact]
    public async Task Overlap_HoldsAcrossVersions()
    {
        await using var host = new JobsFixture();
        host.Contribute(JobsFixture.Nightly);
        var first = await host.FireAsync();
        var call = await host.Calls.NextAsync();
        host.ContributeOf("d2", JobsFixture.Nightly);
        var second = await host.FireAsync();

        Assert.Equal((JobCodes.Overlap, "d2"), (second.Record!.Code, second.Record.Digest));
        call.End();
        await first.Completion;
        Assert.Equal(JobOutcome.Completed, (await host.HistoryAsync()).Single(run => run.Digest == JobsFixture.Digest).Outcome);
    }

    [Fact]
    public async Task Run_OfAVersionThatWasReplaced_DoesNotBegin()
    {
        await using var host = new JobsFixture();
        host.Contribute(JobsFixture.Nightly);
        var old = host.Get<JobTable>().Find(new JobName(Principal.DefaultTenant, JobsFixture.Plugin, "nightly"))!;
        host.ContributeOf("d2", JobsFixture.Nightly);
        var ticket = await host.Runner.BeginAsync(JobFiring.ByTheClock(old, host.Clock.GetUtcNow()));

        Assert.Equal(JobCodes.Removed, ticket.Record!.Code);
        Assert.True(host.Calls.IsQuiet);
    }

    [Fact]
    public async Task Run_WhoseRecordCannotBeKept_DoesNotHappen()
    {
        await using var host = new JobsFixture();
        host.Contribute(JobsFixture.Nightly);
        host.Execute("CREATE TRIGGER full BEFORE INSERT ON job_runs BEGIN SELECT raise(ABORT, 'disk full'); END");
        await Assert.ThrowsAnyAsync<Exception>(() => host.FireAsync());
        Assert.True(host.Calls.IsQuiet);

        host.Execute("DROP TRIGGER full");
        host.Calls.Answer = ScriptedCalls.Completed;
        await (await host.FireAsync()).Completion;
        Assert.Equal(JobOutcome.Completed, (await host.NewestAsync()).Outcome);
    }

    [Fact]
    public async Task Run_OfAPluginThatIsGone_DoesNotHappen()
    {
        await using var host = new JobsFixture();
        host.Contribute(JobsFixture.Nightly);
        host.Execute("UPDATE plugins SET uninstalled_at = 1");
        var ticket = await host.FireAsync();
        await ticket.Completion;

        Assert.Null(ticket.Record);
        Assert.True(host.Calls.IsQuiet);
    }

    [Fact]
    public async Task Stop_RunThatDoesNotEnd_IsCancelledAndInterrupted()
    {
        await using var host = new JobsFixture();
        host.Contribute(JobsFixture.Nightly with { Overlap = JobOverlap.Queue });
        var ticket = await host.FireAsync();
        var call = await host.Calls.NextAsync();
        await host.FireAsync();
        await host.Runner.StopAsync(Ct);

        Assert.True(call.Cancellation.IsCancellationRequested);
        await ticket.Completion;
        Assert.All(await host.HistoryAsync(), run => Assert.Equal((JobOutcome.Interrupted, JobCodes.HostStopping), (run.Outcome, run.Code)));
        Assert.Null((await host.FireAsync()).Record);
    }

    [Fact]
    public async Task Stop_RunThatEndsInTime_IsCompleted()
    {
        await using var host = new JobsFixture(options => options.ShutdownTimeout = TimeSpan.FromSeconds(10));
        host.Contribute(JobsFixture.Nightly);
        await host.FireAsync();
        var call = await host.Calls.NextAsync();
        var stop = host.Runner.StopAsync(Ct);
        call.End();
        await stop;

        Assert.Equal(JobOutcome.Completed, (await host.NewestAsync()).Outcome);
    }

    private static ServiceError ServiceErrorOf(string code) => new(ServiceErrorKind.Conflict, code, "No.");
}
