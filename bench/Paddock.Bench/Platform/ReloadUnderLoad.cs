using Paddock.Packaging;

namespace Paddock.Bench.Platform;

/// <summary>A plugin that is replaced by signed upgrades while its route is asked.</summary>
internal static class ReloadUnderLoad
{
    private const int Connections = 16;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <param name="Requests">Answered while versions followed each other.</param>
    /// <param name="Failures">How many of them not with 200.</param>
    /// <param name="Versions">How many versions took the place of the one before.</param>
    /// <param name="Seconds">How long it all took.</param>
    internal sealed record Figures(long Requests, long Failures, int Versions, double Seconds);

    internal static async Task<Figures> MeasureAsync(long requests)
    {
        await using var host = await BenchHost.StartAsync();
        var key = PackageKeys.Generate();
        BenchHost.Value(await host.Get<ITrustService>().TrustAsync(BenchHost.Operator, PackageKeys.ExportPublicPem(PackageKeys.PublicKeyOf(key)), "the bench"));
        await UpgradeAsync(host, key, 0);
        using var clients = new LoadProcess();
        var route = new Uri(host.Address, "/bench");
        await clients.RunAsync(route, Connections, long.MaxValue, 1);
        var load = clients.RunAsync(route, Connections, requests, double.MaxValue);
        var versions = 0;
        while (!load.IsCompleted)
        {
            await UpgradeAsync(host, key, ++versions);
            await Task.WhenAny(load, Task.Delay(Pause));
        }

        var outcome = await load;
        var record = BenchHost.Value(await host.Packages.GetAsync(BenchHost.Operator, "bench"));
        if (record.Active!.Version != $"1.{versions}.0") throw new InvalidOperationException($"Version {record.Active.Version} serves, not the last one.");
        return new(outcome.Requests, outcome.Failures, versions, outcome.Seconds);
    }

    private static async Task UpgradeAsync(BenchHost host, byte[] key, int number)
    {
        using var package = BenchPackage.InC(version: $"1.{number}.0");
        await package.SignAsync(host.Get<IJavaScriptAnalyzer>(), key);
        await host.InstallAsync(package);
    }
}
