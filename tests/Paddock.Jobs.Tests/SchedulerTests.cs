using Paddock.Jobs.Running;
using Paddock.Jobs.Tests.Seam;

namespace Paddock.Jobs.Tests;

public sealed class SchedulerTests
{
    private static readonly JobRegistration Minutely = new("minutely", "tick", "* * * * *");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Job_WhenDue_Runs()
    {
        await using var host = new JobsFixture(Patient);
        host.Contribute(Minutely);
        await host.Scheduler.StartAsync(Ct);
        var begun = host.Calls.NextAsync();
        await host.Clock.PassAsync(TimeSpan.FromSeconds(5), begun);

        var run = await host.NewestAsync();
        Assert.Equal(SetClock.Start.AddMinutes(1), run.ScheduledAt);
        (await begun).End();
        await host.Scheduler.StopAsync(Ct);
    }

    [Fact]
    public async Task Job_ThatAppearsWhileTheHostRuns_Runs()
    {
        await using var host = new JobsFixture(Patient);
        await host.Scheduler.StartAsync(Ct);
        host.Contribute(Minutely with { Schedule = "@every 1m" });
        var begun = host.Calls.NextAsync();
        await host.Clock.PassAsync(TimeSpan.FromSeconds(5), begun);

        Assert.Equal("tick", (await begun).Call.Function);
        (await begun).End();
    }

    [Fact]
    public async Task Job_ThatDisappeared_RunsNoMore()
    {
        await using var host = new JobsFixture(Patient);
        host.Contribute(Minutely);
        await host.Scheduler.StartAsync(Ct);
        // Another job, of the same minute, tells that the minute has come.
        host.Contribute(Minutely with { Id = "other", Handler = "other" });
        await host.Scheduler.SettledAsync();
        var begun = host.Calls.NextAsync();
        await host.Clock.PassAsync(TimeSpan.FromSeconds(5), begun);
        (await begun).End();
        await host.Scheduler.StopAsync(Ct);

        Assert.All(await host.HistoryAsync(), run => Assert.Equal("other", run.Job));
    }

    [Fact]
    public async Task Job_NotEnabled_IsListedAndDoesNotRun()
    {
        await using var host = new JobsFixture(Patient);
        host.Contribute(Minutely with { Enabled = false }, Minutely with { Id = "other", Handler = "other" });
        await host.Scheduler.StartAsync(Ct);
        var begun = host.Calls.NextAsync();
        await host.Clock.PassAsync(TimeSpan.FromSeconds(5), begun);
        (await begun).End();
        await host.Scheduler.StopAsync(Ct);

        Assert.All(await host.HistoryAsync(), run => Assert.Equal("other", run.Job));
        var jobs = (await host.Jobs.ListAsync(JobsFixture.Operator, cancellationToken: Ct)).Value;
        Assert.Equal([("minutely", false), ("other", true)], jobs.Select(job => (job.Registration.Id, job.Next is not null)));
    }

    [Fact]
    public async Task Job_OfANewVersionDueAtTheSameTimes_RunsOnceAndInTheNewVersion()
    {
        await using var host = new JobsFixture(Patient);
        host.Contribute(Minutely);
        await host.Scheduler.StartAsync(Ct);
        host.ContributeOf("d2", Minutely with { Handler = "tock" });
        await host.Scheduler.SettledAsync();
        var begun = host.Calls.NextAsync();
        await host.Clock.PassAsync(TimeSpan.FromSeconds(5), begun);
        (await begun).End();
        await host.Scheduler.StopAsync(Ct);

        Assert.Equal("tock", (await begun).Call.Function);
        Assert.Equal("d2", (await host.NewestAsync()).Digest);
    }

    [Fact]
    public async Task Misfire_OfAJobThatDoesNotCatchUp_IsRecordedAsSkipped()
    {
        await using var host = new JobsFixture();
        host.Contribute(JobsFixture.Nightly, Minutely with { Id = "other", Schedule = "0 6 * * *" });
        await host.Scheduler.StartAsync(Ct);
        // The machine slept through the night.
        host.Clock.Set(SetClock.Start.AddHours(5));
        host.Calls.Answer = ScriptedCalls.Completed;
        var begun = host.Calls.NextAsync();
        await host.Clock.PassAsync(TimeSpan.FromSeconds(20), begun);
        await host.Scheduler.StopAsync(Ct);

        var missed = (await host.HistoryAsync()).Single(run => run.Job == "nightly");
        Assert.Equal((JobOutcome.Skipped, JobCodes.Misfired, SetClock.Start.AddHours(2.5)), (missed.Outcome, missed.Code, missed.ScheduledAt));
    }

    [Fact]
    public async Task Misfire_OfAJobThatCatchesUp_RunsOnce()
    {
        await using var host = new JobsFixture();
        host.Contribute(JobsFixture.Nightly with { CatchUp = true });
        await host.Scheduler.StartAsync(Ct);
        host.Clock.Set(SetClock.Start.AddHours(5));
        var begun = host.Calls.NextAsync();
        await host.Clock.PassAsync(TimeSpan.FromSeconds(20), begun);
        (await begun).End();
        await host.Scheduler.StopAsync(Ct);

        Assert.Equal(SetClock.Start.AddHours(2.5), Assert.Single(await host.HistoryAsync()).ScheduledAt);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task Start_AfterRunsWereMissed_CatchesUpOnceWhereTheJobSaysSo(bool catchUp, int runs)
    {
        await using var host = new JobsFixture();
        host.Contribute(JobsFixture.Nightly with { CatchUp = catchUp });
        host.Calls.Answer = ScriptedCalls.Completed;
        await (await host.FireAsync()).Completion;
        await host.RestartAsync();
        host.Clock.Set(SetClock.Start.AddDays(5));
        host.Calls.Answer = ScriptedCalls.Completed;
        await host.Scheduler.StartAsync(Ct);
        if (catchUp) await host.Calls.NextAsync();
        await host.Scheduler.StopAsync(Ct);

        var caught = (await host.HistoryAsync()).Where(run => run.ScheduledAt > SetClock.Start).ToList();
        Assert.Equal(runs, caught.Count);
        Assert.All(caught, run => Assert.Equal(SetClock.Start.AddDays(4).AddHours(2.5), run.ScheduledAt));
    }

    [Fact]
    public async Task Start_OfAJobThatNeverRan_CatchesNothingUp()
    {
        await using var host = new JobsFixture();
        host.Contribute(JobsFixture.Nightly with { CatchUp = true });
        await host.Scheduler.StartAsync(Ct);
        await host.Scheduler.StopAsync(Ct);

        Assert.Empty(await host.HistoryAsync());
    }

    [Fact]
    public async Task Start_AfterTheHostDied_MarksRunsAsLost()
    {
        await using var host = new JobsFixture();
        host.Contribute(JobsFixture.Nightly);
        // What a host leaves behind that is killed within a run.
        await host.Runs.BeginAsync(new JobRunStart(Principal.DefaultTenant, JobsFixture.Plugin, JobsFixture.Digest, "nightly", JobRunStart.ByTheClock, SetClock.Start), SetClock.Start, Ct);
        await host.RestartAsync();
        await host.Scheduler.StartAsync(Ct);

        Assert.Equal((JobOutcome.Interrupted, JobCodes.Lost), ((await host.NewestAsync()).Outcome, (await host.NewestAsync()).Code));
    }

    [Fact]
    public async Task Stop_Twice_AndWithoutAStart_Ends()
    {
        await using var host = new JobsFixture();
        await host.Scheduler.StopAsync(Ct);
        await host.Scheduler.StopAsync(Ct);
    }

    // Time passes in steps while the scheduler's thread looks; that alone must not make anything late.
    private static void Patient(JobsOptions options) => options.MisfireThreshold = TimeSpan.FromHours(1);
}
