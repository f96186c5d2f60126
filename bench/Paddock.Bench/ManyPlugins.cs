using System.Diagnostics;
using Paddock.Sandbox.Wasm.JavaScript;

namespace Paddock.Bench;

/// <summary>What memory a thousand loaded plugins take.</summary>
internal static class ManyPlugins
{
    private const int Count = 1000;

    /// <summary>In a process of its own, so that no other bench's garbage counts. Prints kilobytes a plugin — working set, managed heap, image — and the modules compiled.</summary>
    internal static async Task RunAsync()
    {
        var compiled = 0;
        AppDomain.CurrentDomain.AssemblyLoad += (_, e) =>
        {
            if (e.LoadedAssembly.GetName().Name == "Paddock.Wasm.Guest") Interlocked.Increment(ref compiled);
        };
        await using var runtime = new JavaScriptRuntime();
        // Numbers beyond the measured ones: what the first loads and calls cost for good is no plugin's memory.
        for (var i = Count; i < Count + 20; i++) await LoadAndCallAsync(runtime, i);
        var (workingSet, heap) = Memory();
        var kept = new List<JavaScriptSandbox>(Count);
        for (var i = 0; i < Count; i++) kept.Add(await LoadAndCallAsync(runtime, i));
        var (workingSetAfter, heapAfter) = Memory();
        ChildProcess.Print(PerPlugin(workingSetAfter - workingSet), PerPlugin(heapAfter - heap), PerPlugin(kept.Sum(s => s.ResidentBytes)), compiled);
    }

    internal static (double WorkingSet, double Heap, double Image, int Compiled) Measure()
    {
        var figures = ChildProcess.RunSelf("js-plugins");
        return (figures[0], figures[1], figures[2], (int)figures[3]);
    }

    private static async Task<JavaScriptSandbox> LoadAndCallAsync(JavaScriptRuntime runtime, int number)
    {
        var sandbox = await runtime.CreateAsync(Plugins.Spec(Plugins.Generated(number)));
        await Plugins.CallAsync(sandbox);
        return (JavaScriptSandbox)sandbox;
    }

    private static double PerPlugin(long bytes) => bytes / 1000.0 / Count;

    private static (long WorkingSet, long Heap) Memory()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var me = Process.GetCurrentProcess();
        return (me.WorkingSet64, GC.GetTotalMemory(forceFullCollection: false));
    }
}
