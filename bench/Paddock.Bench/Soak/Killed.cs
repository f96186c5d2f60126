using System.Diagnostics;

namespace Paddock.Bench.Soak;

/// <summary>A host that is killed again and again under load, and each time holds what it acknowledged.</summary>
internal sealed class Killed(string folder, TimeSpan duration)
{
    internal SoakResult Result { get; } = new("killed");

    internal async Task RunAsync()
    {
        await using var host = new SoakHost(folder);
        await host.StartAsync();
        await host.InstallAllAsync();
        Ledger[] ledgers = [.. SoakPackages.Ledgers.Select(p => new Ledger(host, p))];
        Attack[] attacks = [.. SoakPackages.Hostile.Select(p => new Attack(host, p))];
        var life = TimeSpan.FromSeconds(Math.Clamp(duration.TotalSeconds / 6, 2, 20));
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            using var stop = new CancellationTokenSource();
            var clients = Task.WhenAll([.. ledgers.Select(l => l.WriteAsync(stop.Token)), .. attacks.Select(a => a.RunAsync(stop.Token)), UpgradeAsync(host, stop.Token)]);
            await Task.WhenAny(Task.Delay(life), clients);
            var killing = host.KillAsync();
            await stop.CancelAsync();
            await killing;
            await clients;
            Result.Kills++;
            await host.StartAsync();
            foreach (var ledger in ledgers) await Result.VerifyAsync(ledger);
            await Result.VerifyAuditAsync(host);
        }

        Result.Add(ledgers, attacks);
    }

    private async Task UpgradeAsync(SoakHost host, CancellationToken stop)
    {
        // The host may go away in the middle of it: what is asked for then has happened or has not.
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            if (await host.AskAsync($"/control/install/{SoakPackages.Ledgers[i % 2]}/{++Result.Upgrades}") is null) return;
            await Task.Delay(200, CancellationToken.None);
        }
    }
}
