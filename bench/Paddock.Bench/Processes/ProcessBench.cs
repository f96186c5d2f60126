using Paddock.Sandbox.Process;

namespace Paddock.Bench.Processes;

/// <summary>Plugins in processes of their own, each beside the least that its way could cost.</summary>
internal static class ProcessBench
{
    internal static async Task RunAsync()
    {
        var report = new Report("Plugins in processes", "./x bench process", "Medians, taken in turns with what stands beside them.");
        var launcher = new BubblewrapLauncher();
        await new InterpreterCalls(launcher).MeasureAsync(report);
        await new WorkerCalls(launcher).MeasureAsync(report);
        await new HostileNeighbour(launcher).MeasureAsync(report);
        await ContainerCalls.MeasureAsync(report);
        await report.PublishAsync("process");
    }

    /// <summary>One part of it, told and not kept.</summary>
    internal static async Task NeighboursAsync()
    {
        var report = new Report("Beside a hostile plugin", "./x bench process neighbours", "");
        await new HostileNeighbour(new BubblewrapLauncher()).MeasureAsync(report);
        report.Print();
    }

    /// <summary>The rows of containers alone, printed and not kept.</summary>
    internal static async Task ContainersAsync()
    {
        var report = new Report("Plugins in containers", "./x bench process containers", "Medians, taken in turns with what stands beside them.");
        await ContainerCalls.MeasureAsync(report);
        report.Print();
    }
}
