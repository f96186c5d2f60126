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

    /// <summary>Processes of Paddock and of node in turn, so that whatever else the machine does falls on both. Milliseconds, of Paddock in ascending order, and of node at the median.</summary>
    internal static ((double Total, double Boot)[] Paddock, double Node) Measure()
    {
        var paddock = new (double Total, double Boot)[Processes];
        var node = new double[Processes];
        for (var i = 0; i < Processes; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var figures = ChildProcess.RunSelf("js-cold");
            paddock[i] = (Stopwatch.GetElapsedTime(start, (long)figures[0]).TotalMilliseconds, figures[1]);
            node[i] = Node.ColdQuickJs();
        }

        return ([.. paddock.OrderBy(r => r.Total)], node.Order().ElementAt(Processes / 2));
    }
}
