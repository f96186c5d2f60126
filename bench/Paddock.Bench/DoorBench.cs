using System.Diagnostics;
using Paddock.HostApi.Door;

namespace Paddock.Bench;

/// <summary>What the host's door costs a host call beside the effect itself: decision and accounting, beside a delegate that is called and does nothing.</summary>
internal static class DoorBench
{
    private const int PerSample = 10_000, Rounds = 300, WarmUp = 30;

    internal static async Task RunAsync()
    {
        var report = new Report("The door", "./x bench door", "Medians; ten grants, one rate, no listener of traces or measurements.");
        Measure(report);
        await report.PublishAsync("door");
    }

    /// <summary>Adds its figures to a report.</summary>
    internal static void Measure(Report report)
    {
        using var probe = new DoorProbe();
        Func<bool> door = probe.Decide, bare = static () => true;
        Samples ours = new(Rounds), theirs = new(Rounds);
        for (var i = -WarmUp; i < Rounds; i++)
        {
            if (i == 0)
            {
                ours.Clear();
                theirs.Clear();
            }

            // In pairs, so that whatever else the machine does falls on both.
            Measure(door, ours);
            Measure(bare, theirs);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < PerSample; i++) door();
        var allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)PerSample;

        report.Row("decision and accounting of one host call", Nanoseconds(ours), "a bare delegate", Nanoseconds(theirs), "ns");
        report.Paragraph($"Allocated by the decision: {allocated:0.##} bytes. The goal is at most 300 ns and nothing allocated; reading the clocks (three times in all) is in it.");
    }

    private static void Measure(Func<bool> call, Samples samples)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < PerSample; i++)
        {
            if (!call()) throw new InvalidOperationException("The call was denied.");
        }

        samples.AddSince(start);
    }

    private static double Nanoseconds(Samples samples) => samples.Median * 1000 / PerSample;
}
