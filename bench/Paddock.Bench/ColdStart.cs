using System.Diagnostics;
using Paddock.Sandbox.Wasm.JavaScript;

namespace Paddock.Bench;

/// <summary>From the start of a process to the end of its first call.</summary>
internal static class ColdStart
{
    private const int Processes = 5;

    /// <summary>In a process of its own. Prints when its first call was complete, by the clock that all processes share, and how many milliseconds the engine's boot was of that.</summary>
    internal static async Task RunOnceAsync()
    {
        var start = Stopwatch.GetTimestamp();
        await using var runtime = new JavaScriptRuntime();
        await runtime.WarmAsync();
        var boot = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        await using var sandbox = await runtime.CreateAsync(Plugins.Spec(Plugins.Trivial));
        await Plugins.CallAsync(sandbox);
        ChildProcess.Print(Stopwatch.GetTimestamp(), boot);
    }

    /// <summary>Milliseconds of the median process, and how many of them the engine took to compile and boot.</summary>
    internal static (double Total, double Boot) Measure()
    {
        var runs = Enumerable.Range(0, Processes).Select(_ =>
        {
            var start = Stopwatch.GetTimestamp();
            var figures = ChildProcess.RunSelf("js-cold");
            return (Total: Stopwatch.GetElapsedTime(start, (long)figures[0]).TotalMilliseconds, Boot: figures[1]);
        });
        return runs.OrderBy(r => r.Total).ElementAt(Processes / 2);
    }
}
