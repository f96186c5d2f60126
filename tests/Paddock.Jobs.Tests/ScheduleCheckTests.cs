using Microsoft.Extensions.DependencyInjection;
using Paddock.Jobs.Tests.Seam;

namespace Paddock.Jobs.Tests;

public sealed class ScheduleCheckTests
{
    [Fact]
    public async Task Check_JobThatCanRun_FindsNothing()
    {
        await using var host = new JobsFixture();
        Assert.Empty(host.Get<IScheduleCheck>().Check(JobsFixture.Nightly with { TimeZone = "America/Argentina/Buenos_Aires" }, "jobs[0]"));
    }

    [Fact]
    public async Task Check_JobWithEverythingWrong_FindsAllAtOnce()
    {
        await using var host = new JobsFixture();
        var findings = host.Get<IScheduleCheck>().Check(JobsFixture.Nightly with { Schedule = "daily", TimeZone = "Vienna", Timeout = TimeSpan.Zero }, "jobs[3]");
        Assert.Equal(
            [(JobCodes.TimeZoneUnknown, "jobs[3].timeZone"), (JobCodes.ScheduleInvalid, "jobs[3].schedule"), (JobCodes.TimeoutInvalid, "jobs[3].timeout")],
            findings.Select(f => (f.Code, f.Path!)));
        Assert.All(findings, f => Assert.Equal(FindingSeverity.Error, f.Severity));
    }

    [Fact]
    public async Task Check_ScheduleWithoutATime_IsFound()
    {
        await using var host = new JobsFixture();
        var finding = Assert.Single(host.Get<IScheduleCheck>().Check(JobsFixture.Nightly with { Schedule = "0 0 30 2 *" }, "jobs[0]"));
        Assert.Equal(JobCodes.ScheduleEmpty, finding.Code);
    }

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("../../../etc/passwd")]
    [InlineData("Europe/../Europe/Vienna")]
    [InlineData("posix/Europe/Vienna")]
    [InlineData("right/Europe/Vienna")]
    [InlineData("localtime")]
    [InlineData("zone.tab")]
    [InlineData("Europe")]
    [InlineData("Europe/Vienna\n")]
    [InlineData("")]
    public async Task Check_TimeZoneThatIsNoName_IsFoundWithoutAFileRead(string zone)
    {
        await using var host = new JobsFixture();
        Assert.Contains(host.Get<IScheduleCheck>().Check(JobsFixture.Nightly with { TimeZone = zone }, "jobs[0]"), f => f.Code == JobCodes.TimeZoneUnknown);
    }

    [Fact]
    public async Task Check_TextsOfThePlugin_ReachNoTerminalWithControls()
    {
        await using var host = new JobsFixture();
        var findings = host.Get<IScheduleCheck>().Check(JobsFixture.Nightly with { Schedule = "\u001b[2J * * * *", TimeZone = "\u001b[2J" }, "jobs[0]");
        Assert.Equal(2, findings.Count);
        Assert.All(findings, f => Assert.DoesNotContain(f.Message, char.IsControl));
    }

    [Fact]
    public async Task Host_WithoutAScheduler_SaysSo()
    {
        string root = Directory.CreateTempSubdirectory("paddock-test-").FullName;
        var services = new ServiceCollection();
        services.AddPaddock(options => options.DataDirectory = root);
        await using (var provider = services.BuildServiceProvider())
        {
            var finding = Assert.Single(provider.GetRequiredService<IScheduleCheck>().Check(JobsFixture.Nightly, "jobs[0]"));
            Assert.Equal((JobCodes.NoScheduler, FindingSeverity.Warning), (finding.Code, finding.Severity));
            var run = await provider.GetRequiredService<IJobs>().RunNowAsync(JobsFixture.Operator, "p", "j", TestContext.Current.CancellationToken);
            Assert.Equal(ServiceErrorCodes.SchedulerUnavailable, run.Error!.Code);
        }

        Directory.Delete(root, recursive: true);
    }
}
