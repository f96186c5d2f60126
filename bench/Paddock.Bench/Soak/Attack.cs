using System.Net;

namespace Paddock.Bench.Soak;

/// <summary>Calls of hostile plugins, one act after the other.</summary>
internal sealed class Attack(SoakHost host, string plugin)
{
    internal long Calls { get; private set; }

    /// <summary>Acts that were answered as if they were allowed.</summary>
    internal long Escapes { get; private set; }

    internal async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var act = SoakPackages.Acts[Calls++ % SoakPackages.Acts.Length];
            if (await host.AskAsync($"/soak/{plugin}/{act}") is not var (status, text)) continue;
            if (text.Contains("escaped", StringComparison.Ordinal) || (status == HttpStatusCode.OK && act != "denied")) Escapes++;

            // It crashes often enough to be stopped; an operator lets it go on.
            if (text.Contains("QUARANTINED", StringComparison.Ordinal)) await host.AskAsync($"/control/enable/{plugin}/0");
        }
    }
}
