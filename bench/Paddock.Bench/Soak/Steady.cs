using System.Diagnostics;
using System.Globalization;

namespace Paddock.Bench.Soak;

/// <summary>A host that lives as long as the soak: load, attacks, upgrades, changes of policy; its memory is watched.</summary>
internal sealed class Steady(string folder, TimeSpan duration)
{
    private const int Samples = 80;
    private readonly List<(double WorkingSet, double Heap)> _memory = [];
    private int _version;

    internal SoakResult Result { get; } = new("living");

    internal async Task RunAsync()
    {
        await using var host = new SoakHost(folder);
        await host.StartAsync();
        await host.InstallAllAsync();
        using var stop = new CancellationTokenSource();
        Ledger[] ledgers = [.. SoakPackages.Ledgers.Select(p => new Ledger(host, p))];
        Attack[] attacks = [.. SoakPackages.Hostile.Select(p => new Attack(host, p))];
        Task[] clients = [.. ledgers.Select(l => l.WriteAsync(stop.Token)), .. attacks.Select(a => a.RunAsync(stop.Token)), OperateAsync(host, stop.Token)];
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            await Task.WhenAny([Task.Delay(duration / Samples), .. clients]);
            if (clients.FirstOrDefault(c => c.IsCompleted) is { } ended) await ended;
            _memory.Add(Read(await host.ControlAsync("memory", "-", 0)));
        }

        await stop.CancelAsync();
        await Task.WhenAll(clients);
        foreach (var ledger in ledgers) await Result.VerifyAsync(ledger);
        await Result.VerifyAuditAsync(host);
        Result.Add(ledgers, attacks);
        Result.Memory = (Middle(1, m => m.WorkingSet), Middle(3, m => m.WorkingSet), Middle(1, m => m.Heap), Middle(3, m => m.Heap));
    }

    /// <summary>Replaces the ledgers by signed versions and changes what hostile plugins may, again and again.</summary>
    private async Task OperateAsync(SoakHost host, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            await host.ControlAsync("install", SoakPackages.Ledgers[i % 2], ++_version);
            await host.ControlAsync("policy", SoakPackages.Hostile[i % 2], i / 2 % 2);
            Result.Upgrades++;
            Result.PolicyChanges++;
            await Task.WhenAny(Task.Delay(300, CancellationToken.None), Task.Delay(Timeout.Infinite, stop));
        }
    }

    private double Middle(int quarter, Func<(double WorkingSet, double Heap), double> of)
    {
        var size = Math.Max(1, _memory.Count / 4);
        var values = _memory.Skip(quarter * size).Take(size).Select(of).Order().ToArray();
        return values[values.Length / 2];
    }

    private static (double WorkingSet, double Heap) Read(string text) =>
        text.Split(' ') is [var set, var heap] ? (double.Parse(set, CultureInfo.InvariantCulture) / 1e6, double.Parse(heap, CultureInfo.InvariantCulture) / 1e6) : default;
}
