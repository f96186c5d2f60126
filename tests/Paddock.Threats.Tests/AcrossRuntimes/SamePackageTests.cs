namespace Paddock.Threats.Tests.AcrossRuntimes;

public sealed class SamePackageTests
{
    [Fact]
    public async Task JavaScript_InTheProcessAndInAWorker_RunsTheSame()
    {
        await using var host = await WholeHost.StartAsync(o => (o.RollBackAfter, o.QuarantineAfter) = (0, 0), b => b.AddWorkers());
        await SamePackage.RunsTheSameAsync(host, "javascript", IsolationLevel.InProcess, IsolationLevel.Process);
    }
}
