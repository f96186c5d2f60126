using System.Diagnostics;
using System.Text;
using Paddock.Sandbox.Wasm.JavaScript;

namespace Paddock.Bench;

/// <summary>What a call of a JavaScript plugin costs, beside what the same costs elsewhere in the same run.</summary>
internal static class JavaScriptBench
{
    private const int WarmUp = 2000, Calls = 4000, HeavyCalls = 5;

    internal static async Task RunAsync()
    {
        var report = new Report("JavaScript", "./x bench js", $"Ratios hold from machine to machine, the figures beside them only for the one they were taken on ({Environment.ProcessorCount} processors, .NET {Environment.Version}, node {Node.Version()}{Machine.Load()}).");
        await using (var runtime = new JavaScriptRuntime())
        {
            await WarmCallsAsync(report, runtime);
            await HeavyAsync(report, runtime);
        }

        await RestoresAsync(report);
        Cold(report);
        Many(report);
        await report.PublishAsync("js");
    }

    private static async Task WarmCallsAsync(Report report, JavaScriptRuntime runtime)
    {
        await using var sandbox = await runtime.CreateAsync(Plugins.Spec(Plugins.Trivial));
        var samples = new Samples(Calls);
        for (var i = -WarmUp; i < Calls; i++)
        {
            if (i == 0) samples.Clear();
            var start = Stopwatch.GetTimestamp();
            await Plugins.CallAsync(sandbox);
            samples.AddSince(start);
        }

        var node = Node.NewContext();
        report.Row("warm call of a trivial function, fresh state, p50", samples.Median, "node `vm.runInNewContext`", node[0], "µs");
        report.Row("the same, p99", samples.Percentile(99), "node `vm.runInNewContext`", node[1], "µs");
        report.Row("the same, p50, beside the goal", samples.Median, "goal", 300, "µs");
    }

    private static async Task RestoresAsync(Report report)
    {
        var trivial = await Restores.MeasureAsync(Plugins.Trivial);
        Restored(report, "trivial function", trivial);
        report.Row("restore and reset of that, page faults included, beside the goal", trivial.OfFreshState, "goal", 80, "µs");
        Restored(report, "trivial function after a call of a 50 kB plugin in the same instance", await Restores.MeasureAsync(Plugins.Trivial, Plugins.Generated(999)));
        Restored(report, "50 kB plugin with module state", await Restores.MeasureAsync(Plugins.Generated(999)));
        Restored(report, "function that fills 4 MiB", await Restores.MeasureAsync(Plugins.Filling));
    }

    private static void Restored(Report report, string what, Restores.Cost cost) =>
        report.Row($"{what}: call with restore (of it {cost.RestoreAlone:F1} µs copying and clearing)", cost.With, "without restore", cost.Without, "µs");

    private static void Cold(Report report)
    {
        var (runs, node) = ColdStart.Measure();
        var (total, boot) = runs[runs.Length / 2];
        report.Row($"first call of a cold process, median of {runs.Length} (of it {boot:F0} ms compiling and booting QuickJS)", total, "node starting the same QuickJS", node, "ms");
        report.Row($"the same, beside the goal (fastest {runs[0].Total:F0} ms, slowest {runs[^1].Total:F0} ms)", total, "goal", 1000, "ms");
    }

    private static void Many(Report report)
    {
        var (workingSet, heap, image, compiled) = ManyPlugins.Measure();
        report.Row($"memory a plugin, of 1,000 of 5–50 kB each called once: working set (managed heap {heap:F0} kB, of it image {image:F0} kB)", workingSet, "goal", 1000, "kB");
        report.Paragraph($"WebAssembly modules compiled in the process of the 1,000 plugins: {compiled}.");
    }

    private static async Task HeavyAsync(Report report, JavaScriptRuntime runtime)
    {
        await using var sandbox = await runtime.CreateAsync(Plugins.Spec(Plugins.Heavy + "module.exports = work"));
        var samples = new Samples(HeavyCalls);
        var value = "";
        for (var i = -2; i < HeavyCalls; i++)
        {
            if (i == 0) samples.Clear();
            var result = await Plugins.CallAsync(sandbox);
            samples.Add(result.Duration);
            value = Encoding.UTF8.GetString(result.Value.Span);
        }

        report.Row("interpreter-heavy script (sort, properties, recursion)", samples.Median / 1000, "the same QuickJS on V8's WebAssembly", Node.QuickJsOnV8(Plugins.Heavy, value), "ms");
    }
}
