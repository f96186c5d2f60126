using Dapper;
using Microsoft.Extensions.Hosting;
using Paddock.Hosting;
using Paddock.Tests.Seam;

namespace Paddock.Tests.Store;

public sealed class RetentionTimerTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Timer_WhoseHostEnds_StoppedOrOnlyDisposed_EndsWithoutAFailure(bool stopped)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var host = new HostFixture();
        await host.ExecuteAsync((await host.CreateAsync("log old")).Id);
        host.Clock.Advance(TimeSpan.FromDays(31));
        var timer = host.Get<IEnumerable<IHostedService>>().OfType<RetentionTimer>().Single();
        await timer.StartAsync(ct);
        // It is under way once it has removed something.
        while (host.Database.Read(c => c.ExecuteScalar<int>("SELECT count(*) FROM executions")) > 0) await Task.Delay(1, ct);
        if (stopped) await timer.StopAsync(ct);
        else timer.Dispose();
        await timer.ExecuteTask!;
        Assert.Equal(TaskStatus.RanToCompletion, timer.ExecuteTask.Status);
    }
}
