namespace Paddock.Bench.Platform;

/// <summary>A plugin's route over HTTP, beside an endpoint of Kestrel that answers with the same bytes.</summary>
internal static class RouteRequests
{
    private const int Rounds = 9, Connections = 16;
    private const double Seconds = 2, WarmUpSeconds = 10;

    /// <param name="Plugin">Requests a second of the plugin's route.</param>
    /// <param name="Bare">Requests a second of the bare endpoint.</param>
    /// <param name="Ratio">Median of the ratios of the rounds.</param>
    /// <param name="PluginCost">Microseconds of the server's processor time that a request of the plugin's route takes.</param>
    /// <param name="BareCost">And one of the bare endpoint.</param>
    internal sealed record Figures(double Plugin, double Bare, double Ratio, double PluginCost, double BareCost);

    internal static async Task<Figures> MeasureAsync()
    {
        await using var host = await BenchHost.StartAsync();
        using var package = BenchPackage.InC();
        await host.InstallAsync(package);
        var answer = (await host.CallAsync("bench", "answer")).Value.ToArray();
        await using var bare = await BenchHost.StartBareAsync(answer);
        using var clients = new LoadProcess();
        Uri route = new(host.Address, "/bench"), endpoint = new(bare.Address, "/bench");

        // Until all that is on the way is compiled as well as it will be; a busy machine gets to that late.
        await AskAsync(clients, route, WarmUpSeconds);
        await AskAsync(clients, endpoint, Seconds);
        List<(double PerSecond, double Cost)> ours = [], theirs = [];
        for (var i = 0; i < Rounds; i++)
        {
            ours.Add(await AskAsync(clients, route, Seconds));
            theirs.Add(await AskAsync(clients, endpoint, Seconds));
        }

        return new(
            Median(ours.Select(o => o.PerSecond)), Median(theirs.Select(t => t.PerSecond)), Median(ours.Zip(theirs, (o, t) => o.PerSecond / t.PerSecond)),
            Median(ours.Select(o => o.Cost)), Median(theirs.Select(t => t.Cost)));
    }

    internal static double Median(IEnumerable<double> values) => values.Order().ToArray() is var sorted ? sorted[sorted.Length / 2] : 0;

    private static async Task<(double PerSecond, double Cost)> AskAsync(LoadProcess clients, Uri address, double seconds)
    {
        var start = Environment.CpuUsage.TotalTime;
        var outcome = await clients.RunAsync(address, Connections, long.MaxValue, seconds);
        var cost = (Environment.CpuUsage.TotalTime - start).TotalMicroseconds / outcome.Requests;
        return outcome.Failures == 0 ? (outcome.PerSecond, cost) : throw new InvalidOperationException($"{outcome.Failures} of {outcome.Requests} requests failed.");
    }
}
