using System.Diagnostics;
using Paddock.Sandbox.Wasm.JavaScript;

namespace Paddock.Bench;

/// <summary>From the start of a process to the end of its first call.</summary>
internal static class ColdStart
{
    internal static async Task RunOnceAsync()
    {
        await using var runtime = new JavaScriptRuntime();
        await using var sandbox = await runtime.CreateAsync(Plugins.Spec(Plugins.Trivial));
        var result = await sandbox.CallAsync(Plugins.Call, RefusingHostChannel.Instance);
        if (result.Status != CallStatus.Completed) throw new InvalidOperationException(result.Error?.Code);
        Console.WriteLine((TimeProvider.System.GetLocalNow().DateTime - Process.GetCurrentProcess().StartTime).TotalMilliseconds);
    }

    /// <summary>Median milliseconds of five processes.</summary>
    internal static double Measure()
    {
        var times = Enumerable.Range(0, 5).Select(_ =>
        {
            using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["js-cold"]) { RedirectStandardOutput = true })!;
            var text = child.StandardOutput.ReadToEnd();
            child.WaitForExit();
            return double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        }).Order().ToArray();
        return times[2];
    }
}
