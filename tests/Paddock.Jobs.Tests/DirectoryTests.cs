using Paddock.Jobs.Tests.Seam;

namespace Paddock.Jobs.Tests;

public sealed class DirectoryTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_ShowsWhenJobsRunNextAndWhatCameOfTheLastRun()
    {
        await using var host = new JobsFixture();
        host.Contribute(JobsFixture.Nightly, JobsFixture.Nightly with { Id = "broken", Schedule = "never" });
        host.Calls.Answer = ScriptedCalls.Completed;
        await (await host.FireAsync()).Completion;

        var jobs = (await host.Jobs.ListAsync(JobsFixture.Operator, cancellationToken: Ct)).Value;
        Assert.Equal(["plugin.ticket-stats.broken", "plugin.ticket-stats.nightly"], jobs.Select(job => job.Key));
        Assert.Null(jobs[0].Next);
        Assert.Equal((SetClock.Start.AddHours(2.5), JobOutcome.Completed), (jobs[1].Next, jobs[1].Last!.Outcome));
        Assert.Empty((await host.Jobs.ListAsync(JobsFixture.Operator, "another", Ct)).Value);
    }

    [Fact]
    public async Task RunNow_ByAnOperator_BeginsAtOnce()
    {
        await using var host = new JobsFixture();
        host.Contribute(JobsFixture.Nightly with { Enabled = false });
        var run = (await host.Jobs.RunNowAsync(JobsFixture.Operator, JobsFixture.Plugin, "nightly", Ct)).Value;
        var call = await host.Calls.NextAsync();

        Assert.Equal((JobOutcome.Running, "olga"), (run.Outcome, run.Actor));
        Assert.Equal((JobsFixture.Operator, CallDoor.Job), (call.Caller, call.Call.Door));
        Assert.Null(host.Runs.LastScheduled(Principal.DefaultTenant, JobsFixture.Plugin, "nightly"));
        call.End();
    }

    [Fact]
    public async Task RunNow_WhileARunIsUnderWay_KeepsToTheOverlapPolicy()
    {
        await using var host = new JobsFixture();
        host.Contribute(JobsFixture.Nightly);
        var ticket = await host.FireAsync();
        var call = await host.Calls.NextAsync();
        Assert.Equal(JobCodes.Overlap, (await host.Jobs.RunNowAsync(JobsFixture.Operator, JobsFixture.Plugin, "nightly", Ct)).Value.Code);
        call.End();
        await ticket.Completion;
    }

    [Fact]
    public async Task Everything_ByOthersThanOperators_IsForbidden()
    {
        await using var host = new JobsFixture();
        host.Contribute(JobsFixture.Nightly);
        Assert.Equal(ServiceErrorCodes.Forbidden, (await host.Jobs.ListAsync(JobsFixture.Author, cancellationToken: Ct)).Error!.Code);
        Assert.Equal(ServiceErrorCodes.Forbidden, (await host.Jobs.RunNowAsync(JobsFixture.Author, JobsFixture.Plugin, "nightly", Ct)).Error!.Code);
        Assert.Equal(ServiceErrorCodes.Forbidden, (await host.Jobs.HistoryAsync(JobsFixture.Author, cancellationToken: Ct)).Error!.Code);
        Assert.True(host.Calls.IsQuiet);
    }

    [Fact]
    public async Task OperatorOfAnotherTenant_SeesNothing()
    {
        await using var host = new JobsFixture();
        host.Contribute(JobsFixture.Nightly);
        host.Calls.Answer = ScriptedCalls.Completed;
        await (await host.FireAsync()).Completion;

        Assert.Empty((await host.Jobs.ListAsync(JobsFixture.OtherTenant, cancellationToken: Ct)).Value);
        Assert.Empty((await host.Jobs.HistoryAsync(JobsFixture.OtherTenant, cancellationToken: Ct)).Value);
        Assert.Equal(ServiceErrorCodes.JobNotFound, (await host.Jobs.RunNowAsync(JobsFixture.OtherTenant, JobsFixture.Plugin, "nightly", Ct)).Error!.Code);
    }

    [Fact]
    public async Task History_IsNewestFirstAndWithinItsLimit()
    {
        await using var host = new JobsFixture();
        host.Contribute(JobsFixture.Nightly, JobsFixture.Nightly with { Id = "other" });
        host.Calls.Answer = ScriptedCalls.Completed;
        foreach (string job in new[] { "nightly", "other", "nightly" }) await (await host.FireAsync(job)).Completion;

        Assert.Equal(["nightly", "other"], (await host.Jobs.HistoryAsync(JobsFixture.Operator, limit: 2, cancellationToken: Ct)).Value.Select(run => run.Job));
        Assert.Single((await host.Jobs.HistoryAsync(JobsFixture.Operator, JobsFixture.Plugin, "other", cancellationToken: Ct)).Value);
        Assert.Equal(ServiceErrorCodes.LimitInvalid, (await host.Jobs.HistoryAsync(JobsFixture.Operator, limit: 201, cancellationToken: Ct)).Error!.Code);
    }

    [Fact]
    public async Task History_OfAJobThatRunsForEver_HasAnEnd()
    {
        await using var host = new JobsFixture();
        var start = new JobRunStart(Principal.DefaultTenant, JobsFixture.Plugin, JobsFixture.Digest, "nightly", JobRunStart.ByTheClock, SetClock.Start);
        var first = await host.Runs.BeginAsync(start, SetClock.Start, Ct);
        await Task.WhenAll(Enumerable.Range(0, 1100).Select(_ => host.Runs.SkipAsync(start, JobCodes.Overlap, "", SetClock.Start, Ct).AsTask()));
        await host.Runs.EndAsync(Principal.DefaultTenant, first!.Id, new JobRunEnd(JobOutcome.Completed), SetClock.Start, Ct);
        var last = await host.Runs.SkipAsync(start, JobCodes.Overlap, new string('x', 9999), SetClock.Start, Ct);

        Assert.Equal(512, last!.Message!.Length);
        Assert.Equal(1000, host.Count("SELECT count(*) FROM job_runs"));
    }
}
