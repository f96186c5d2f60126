using System.Globalization;

namespace Paddock.Bench.Platform;

/// <summary>What the platform around the sandboxes costs.</summary>
internal static class PlatformBench
{
    /// <param name="kept">Where the thousand plugins are kept for the next run; null for nowhere.</param>
    internal static async Task RunAsync(string? kept)
    {
        var report = new Report("The platform", "./x bench platform", $"Medians of pairs that took turns ({Environment.ProcessorCount} processors, .NET {Environment.Version}{Machine.Load()}). Ratios hold from machine to machine better than the figures beside them.");
        DoorBench.Measure(report);
        await CacheAsync(report);
        await RoutesAsync(report);
        await ReloadsAsync(report);
        Many(report, kept);
        await report.PublishAsync("platform");
    }

    private static async Task CacheAsync(Report report)
    {
        var cost = await CacheCalls.MeasureAsync();
        report.Row("host call from WebAssembly that reads the cache, whole", cost.Whole, "goal", 2000, "ns");
        report.Row("of it the crossing: out of the guest and in again, the interface's JSON, three calls of the guest's allocator", cost.Crossing, "whole", cost.Whole, "ns");
        report.Row("of it the door with the cache behind it", cost.Door, "whole", cost.Whole, "ns");
        report.Row("of that the audit's record", cost.Door - cost.DoorWithoutAudit, "whole", cost.Whole, "ns");
        report.Row("of that the application's cache alone", cost.Cache, "whole", cost.Whole, "ns");
        report.Paragraph($"A host call that reads the cache allocates {cost.Bytes.ToString("N0", CultureInfo.InvariantCulture)} bytes in all.");
    }

    private static async Task RoutesAsync(Report report)
    {
        var figures = await RouteRequests.MeasureAsync();
        report.Row("requests a second of a WebAssembly plugin's route (higher is better; goal 0.80)", figures.Plugin, "bare Kestrel, same bytes", figures.Bare, "/s");
        report.Paragraph($"Median of the rounds' own ratios for the route: {figures.Ratio.ToString("F2", CultureInfo.InvariantCulture)}.");
    }

    private static async Task ReloadsAsync(Report report)
    {
        var figures = await ReloadUnderLoad.MeasureAsync(100_000);
        report.Paragraph(string.Create(CultureInfo.InvariantCulture, $"Reload under load: {figures.Failures} of {figures.Requests:N0} requests failed while {figures.Versions} signed versions replaced each other in {figures.Seconds:N0} s. The goal is 0."));
    }

    private static void Many(Report report, string? kept)
    {
        var figures = ThousandPlugins.Measure(kept);
        report.Row("start of a host with 1,000 enabled plugins, half JavaScript, half C", figures.Start, "an empty host", figures.EmptyStart, "ms");
        report.Row("the same, beside the goal", figures.Start, "goal", 5000, "ms");
        report.Row("memory of an enabled plugin that was not called", figures.Idle, "goal", 500, "kB");
        report.Row("memory a plugin, half of them loaded by a call", figures.HalfLoaded, "goal", 500, "kB");
        report.Row("memory that a call adds to a plugin", figures.Loaded, "goal", 500, "kB");
    }
}
