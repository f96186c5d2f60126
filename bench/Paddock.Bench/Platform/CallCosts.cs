using System.Diagnostics;
using System.Text;
using Paddock.Sandbox.Wasm.Abi;

namespace Paddock.Bench.Platform;

/// <summary>What the call of a WebAssembly plugin costs before there is any HTTP, in processor time: what else the machine does is not in it.</summary>
internal static class CallCosts
{
    private const int Callers = 16, PerCaller = 1000, Rounds = 7;

    /// <summary>Microseconds of processor time a call.</summary>
    /// <param name="Sandbox">The sandbox alone.</param>
    /// <param name="Plugin">Through the platform: who may call, rates, turns, accounting, audit.</param>
    /// <param name="PluginBytes">What such a call allocates.</param>
    internal sealed record Figures(double Sandbox, double Plugin, double PluginBytes);

    internal static async Task<Figures> MeasureAsync(int rounds = Rounds)
    {
        await using var host = await BenchHost.StartAsync();
        using var package = BenchPackage.InC();
        await host.InstallAsync(package);
        await using var runtime = new WebAssemblyRuntime();
        await using var sandbox = await runtime.CreateAsync(CacheCalls.Spec());
        var sandboxCall = new SandboxCall { Function = "answer", Input = Encoding.UTF8.GetBytes("{\"_method\":\"GET\"}") };
        List<double> alone = [], plugin = [];
        double bytes = 0;
        for (var i = -3; i < rounds; i++)
        {
            var (sandboxCost, _) = await CostAsync(async () => Expect(await sandbox.CallAsync(sandboxCall, RefusingHostChannel.Instance)));
            var (pluginCost, allocated) = await CostAsync(async () => await host.CallAsync("bench", "answer", "{\"_method\":\"GET\"}"));
            if (i < 0) continue;
            alone.Add(sandboxCost);
            plugin.Add(pluginCost);
            bytes = allocated;
        }

        return new(RouteRequests.Median(alone), RouteRequests.Median(plugin), bytes);
    }

    private static async Task<(double Microseconds, double Bytes)> CostAsync(Func<Task> call)
    {
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var start = Environment.CpuUsage.TotalTime;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < PerCaller; i++) await call();
        })));
        return ((Environment.CpuUsage.TotalTime - start).TotalMicroseconds / (Callers * PerCaller), (GC.GetTotalAllocatedBytes(precise: true) - bytes) / (double)(Callers * PerCaller));
    }

    private static void Expect(CallResult result)
    {
        if (result.Status != CallStatus.Completed) throw new InvalidOperationException(result.Error?.Code);
    }
}
