using System.Diagnostics;
using System.Globalization;
using System.Text;
using Paddock.Sandbox.Wasm.JavaScript;
using Paddock.Sandbox.Wasm.Threads;
using Paddock.Wasm;

namespace Paddock.Bench;

/// <summary>What a call of a JavaScript plugin costs, beside what the same costs elsewhere in the same run.</summary>
internal static class JavaScriptBench
{
    internal static async Task RunAsync(string? reportPath)
    {
        var report = new StringBuilder("# JavaScript\n\n`./x bench js`. Ratios hold from machine to machine, the figures beside them only for the one they were taken on.\n\n| what | Paddock | beside it | ratio |\n|---|---|---|---|\n");
        await using var runtime = new JavaScriptRuntime();
        var (p50, p99) = await WarmCallsAsync(runtime);
        var node = Node.Run(Node.NewContext);
        Row(report, "warm call, fresh state, p50", $"{p50:F0} µs", $"node vm.runInNewContext {node[0]:F0} µs", p50 / node[0]);
        Row(report, "warm call, fresh state, p99", $"{p99:F0} µs", $"node vm.runInNewContext {node[1]:F0} µs", p99 / node[1]);
        var (with, without) = await RestoreAsync();
        Row(report, "call with restore, on the guest's thread", $"{with:F1} µs", $"the same without restore {without:F1} µs", with / without);
        Row(report, "restore and reset, page faults included", $"{with - without:F1} µs", "goal 80 µs", (with - without) / 80);
        Row(report, "first call of a cold process, median of 5", $"{ColdStart.Measure():F0} ms", "goal 1,000 ms", ColdStart.Measure() / 1000);
        var (perPlugin, resident) = await ManyPluginsAsync(runtime);
        Row(report, "1,000 plugins of 5–50 kB, each called once, memory a plugin", $"{perPlugin:F0} kB ({resident:F0} kB of it image)", "goal 1,000 kB", perPlugin / 1000);
        var (ours, v8) = await HeavyAsync(runtime);
        Row(report, "interpreter-heavy script (sort, objects, recursion)", $"{ours:F0} ms", $"the same QuickJS on V8 {v8:F0} ms", ours / v8);
        report.Append("\nThe engine module is compiled once a process, however many plugins there are.\n");
        Console.WriteLine(report);
        if (reportPath is not null) await File.WriteAllTextAsync(reportPath, report.ToString());
    }

    private static void Row(StringBuilder report, string what, string paddock, string beside, double ratio) =>
        report.Append(CultureInfo.InvariantCulture, $"| {what} | {paddock} | {beside} | {ratio:F2} |\n");

    private static async Task<(double P50, double P99)> WarmCallsAsync(JavaScriptRuntime runtime)
    {
        await using var sandbox = await runtime.CreateAsync(Plugins.Spec(Plugins.Trivial));
        var times = new double[3000];
        for (var i = -2000; i < times.Length; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var result = await sandbox.CallAsync(Plugins.Call, RefusingHostChannel.Instance);
            if (result.Status != CallStatus.Completed) throw new InvalidOperationException(result.Error?.Code);
            if (i >= 0) times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        Array.Sort(times);
        return (times[times.Length / 2], times[times.Length * 99 / 100]);
    }

    /// <summary>The guest's part of a call alone, on one guest thread: with the restore before it, and without.</summary>
    private static async Task<(double With, double Without)> RestoreAsync()
    {
        using var threads = new GuestThreads(1, 16 << 20);
        return await threads.RunAsync(() =>
        {
            var engine = EngineImage.Create(TimeProvider.System);
            using var guest = new QuickJs(engine.Module);
            var spec = Plugins.Spec(Plugins.Trivial);
            var image = PluginLoader.Load(guest, engine, spec, new CallSession(spec, spec.Limits, TimeProvider.System));
            var with = Median(guest, engine, image, spec, restoreEach: true);
            var without = Median(guest, engine, image, spec, restoreEach: false);
            return (with, without);
        });
    }

    private static double Median(QuickJs guest, EngineImage engine, InstanceImage image, SandboxSpec spec, bool restoreEach)
    {
        guest.Begin(image, new CallSession(spec, spec.Limits, TimeProvider.System), spec.Limits);
        var times = new double[2000];
        for (var i = -2000; i < times.Length; i++)
        {
            var session = new CallSession(spec, spec.Limits, TimeProvider.System);
            var start = Stopwatch.GetTimestamp();
            if (restoreEach) guest.Begin(image, session, spec.Limits);
            else guest.Attach(session, spec.Limits);
            int[] arguments = [guest.NewString("call"u8), guest.NewString(""u8), guest.NewString(Plugins.Call.Input.Span), guest.NewString("null"u8), guest.NewString("null"u8), guest.NewNumber(1), guest.NewNumber(2), guest.NewNumber(3), guest.NewNumber(4)];
            guest.Apply(engine.Bridge, arguments);
            guest.RunJobs(() => session.Outcome is not null);
            if (i >= 0) times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        Array.Sort(times);
        return times[times.Length / 2];
    }

    private static async Task<(double PerPlugin, double Image)> ManyPluginsAsync(JavaScriptRuntime runtime)
    {
        var before = Resident();
        var sandboxes = new List<ISandbox>();
        long images = 0;
        for (var i = 0; i < 1000; i++)
        {
            var sandbox = await runtime.CreateAsync(Plugins.Spec(Plugins.Generated(i)));
            var result = await sandbox.CallAsync(Plugins.Call, RefusingHostChannel.Instance);
            if (result.Status != CallStatus.Completed) throw new InvalidOperationException(result.Error?.Code);
            images += ((JavaScriptSandbox)sandbox).ResidentBytes;
            sandboxes.Add(sandbox);
        }

        var after = Resident();
        GC.KeepAlive(sandboxes);
        return ((after - before) / 1000.0 / 1000, images / 1000.0 / 1000);
    }

    private static long Resident()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var me = Process.GetCurrentProcess();
        return me.WorkingSet64;
    }

    private static async Task<(double Ours, double V8)> HeavyAsync(JavaScriptRuntime runtime)
    {
        await using var sandbox = await runtime.CreateAsync(Plugins.Spec(Plugins.Heavy + "module.exports = work"));
        var times = new double[5];
        for (var i = -2; i < times.Length; i++)
        {
            var result = await sandbox.CallAsync(Plugins.Call, RefusingHostChannel.Instance);
            if (result.Status != CallStatus.Completed) throw new InvalidOperationException(result.Error?.Code);
            if (i >= 0) times[i] = result.Duration.TotalMilliseconds;
        }

        Array.Sort(times);
        return (times[2], Node.Run(Node.QuickJsOnV8, Path.GetFullPath("guest/javascript/node_modules/quickjs-wasi"), Plugins.Heavy)[0]);
    }
}
