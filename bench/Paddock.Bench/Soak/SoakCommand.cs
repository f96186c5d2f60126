using System.Globalization;
using System.Text;

namespace Paddock.Bench.Soak;

/// <summary><c>soak [--minutes N | --seconds N]</c>: two hosts under load and attack, one that lives and one that is killed again and again. Ends with 0 where nothing was lost.</summary>
internal static class SoakCommand
{
    // Shorter, and what is compiled and cached in the beginning is most of the memory.
    private static readonly TimeSpan ForMemory = TimeSpan.FromMinutes(5);

    // What a collector may leave about, on top of a tenth.
    private const double SlackMegabytes = 20;

    internal static async Task<int> RunAsync(string[] options)
    {
        var duration = options switch
        {
            [] => TimeSpan.FromMinutes(30),
            ["--minutes", var minutes] when double.TryParse(minutes, CultureInfo.InvariantCulture, out var n) && n > 0 => TimeSpan.FromMinutes(n),
            ["--seconds", var seconds] when double.TryParse(seconds, CultureInfo.InvariantCulture, out var n) && n > 0 => TimeSpan.FromSeconds(n),
            _ => TimeSpan.Zero,
        };
        if (duration == TimeSpan.Zero)
        {
            await Console.Error.WriteLineAsync("soak [--minutes N | --seconds N]");
            return 2;
        }

        var folder = Directory.CreateTempSubdirectory("paddock-soak-");
        try
        {
            Steady steady = new(folder.CreateSubdirectory("living").FullName, duration);
            Killed killed = new(folder.CreateSubdirectory("killed").FullName, duration);
            await Task.WhenAll(steady.RunAsync(), killed.RunAsync());
            return await ReportAsync(duration, steady.Result, killed.Result);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<int> ReportAsync(TimeSpan duration, params SoakResult[] results)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Soak\n\n`./x soak`, {duration.TotalMinutes:0.#} minutes{Machine.Load().Replace(" before the run", " in the last of them", StringComparison.Ordinal)}.\n\n");
        text.Append("| host | acknowledged writes | lost | other failures | attacks | escapes | upgrades | policy changes | kills | audits verified | broken |\n|---|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (var r in results)
            text.Append(CultureInfo.InvariantCulture, $"| {r.Name} | {r.Written:N0} | {r.Lost} | {r.Failed} | {r.Attacks:N0} | {r.Escapes} | {r.Upgrades:N0} | {r.PolicyChanges:N0} | {r.Kills} | {r.Verifications} | {r.BrokenAudits} |\n");
        var memory = results[0].Memory!.Value;
        text.Append(CultureInfo.InvariantCulture, $"\nMemory of the living host, median of the second quarter and of the last one, in MB: process {memory.Set:F0} and {memory.LaterSet:F0}, managed heap after a collection {memory.Heap:F1} and {memory.LaterHeap:F1}.\n");
        foreach (var r in results.Where(r => r.FirstFailure is not null)) text.Append(CultureInfo.InvariantCulture, $"\nFirst failure of the {r.Name} host: {r.FirstFailure}\n");
        Console.WriteLine(text);
        if (duration < ForMemory) return results.All(r => r.IsFine) ? 0 : 1;
        await File.WriteAllTextAsync(Path.Combine(Repository.Root, "bench", "results", "soak.md"), text.ToString());
        return results.All(r => r.IsFine) && IsFlat(memory.Set, memory.LaterSet) && IsFlat(memory.Heap, memory.LaterHeap) ? 0 : 1;
    }

    private static bool IsFlat(double before, double after) => after <= (before * 1.1) + SlackMegabytes;
}
