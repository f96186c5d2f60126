using System.Diagnostics;
using System.Globalization;

namespace Paddock.Bench.Platform;

/// <summary>A host with a thousand enabled plugins, half of them in JavaScript and half in C: how long it takes to start, and what memory they take.</summary>
internal static class ThousandPlugins
{
    internal const string Command = "platform-many";
    private const int Count = 1000;

    // Beyond the measured ones: what the first calls cost for good is no plugin's memory.
    private const int Others = 20;

    /// <param name="Start">Milliseconds until the host has started.</param>
    /// <param name="EmptyStart">The same without any plugin.</param>
    /// <param name="Idle">Kilobytes of the process that an enabled plugin takes which was not called.</param>
    /// <param name="Loaded">And one more of them when it is loaded by a call.</param>
    internal sealed record Figures(double Start, double EmptyStart, double Idle, double Loaded)
    {
        /// <summary>Kilobytes a plugin when half of them are loaded.</summary>
        internal double HalfLoaded => Idle + (Loaded / 2);
    }

    /// <param name="kept">A folder in which an earlier run has installed them, or this one shall; null for one that goes. Installing takes minutes.</param>
    internal static Figures Measure(string? kept)
    {
        var folder = Directory.CreateTempSubdirectory("paddock-bench-many-");
        try
        {
            string full = kept ?? Path.Combine(folder.FullName, "full"), empty = Path.Combine(folder.FullName, "empty");
            if (!Directory.Exists(full)) ChildProcess.RunSelf(Command, "install", full);
            var without = ChildProcess.RunSelf(Command, "start", empty, "0");
            var with = ChildProcess.RunSelf(Command, "start", full, Count.ToString(CultureInfo.InvariantCulture));
            return new(with[0], without[0], (with[1] - without[1]) / Count, (with[3] - with[2]) / (Count / 2));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>In a process of its own: installs and approves them.</summary>
    internal static async Task InstallAsync(string folder)
    {
        await using var host = await BenchHost.StartAsync(folder);
        for (var i = 0; i < Count + Others; i++)
        {
            using var package = i % 2 == 0 ? BenchPackage.InJavaScript(Name(i), Plugins.Generated(i)) : BenchPackage.InC(Name(i), plain: true);
            await host.InstallAsync(package);
        }
    }

    /// <summary>In a process of its own: starts the host. Prints milliseconds, then kilobytes of the process after the start, after the first calls, and after the calls of half of them.</summary>
    internal static async Task StartAsync(string folder, int count)
    {
        var start = Stopwatch.GetTimestamp();
        await using var host = await BenchHost.StartAsync(folder);
        var milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;

        // The engine of JavaScript compiles in the background, in either host.
        await host.Get<IJavaScriptAnalyzer>().AnalyzeAsync("1"u8.ToArray(), CancellationToken.None);
        var started = Memory();
        if (count == 0)
        {
            ChildProcess.Print(milliseconds, started);
            return;
        }

        for (var i = Count; i < Count + Others; i++) await CallAsync(host, i);
        var warm = Memory();
        for (var i = 0; i < count / 2; i++) await CallAsync(host, i);
        ChildProcess.Print(milliseconds, started, warm, Memory());
    }

    private static Task<CallResult> CallAsync(BenchHost host, int i) =>
        i % 2 == 0 ? host.CallAsync(Name(i), "default", "{\"a\":41}") : host.CallAsync(Name(i), "answer");

    private static string Name(int i) => string.Create(CultureInfo.InvariantCulture, $"plugin-{i}");

    private static double Memory()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var me = Process.GetCurrentProcess();
        return me.WorkingSet64 / 1000.0;
    }
}
