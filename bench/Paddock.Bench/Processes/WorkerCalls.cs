using System.Diagnostics;
using System.Text;
using Paddock.Sandbox.Protocol.Workers;
using Paddock.Sandbox.Wasm.JavaScript;

namespace Paddock.Bench.Processes;

/// <summary>A call of JavaScript in a jailed worker, beside the same call of the same plugin in this process.</summary>
internal sealed class WorkerCalls(IProcessLauncher launcher)
{
    private const int Rounds = 4000, WarmUp = 1500, Starts = 5;

    private static readonly byte[] s_input = Encoding.UTF8.GetBytes($$"""{"text":"{{new string('x', 245)}}"}""");

    private static readonly SandboxSpec s_spec = new()
    {
        Digest = "worker",
        Runtime = PluginRuntime.JavaScript,
        Files = new Dictionary<string, ReadOnlyMemory<byte>> { ["main.js"] = "module.exports = (ctx) => ctx.input"u8.ToArray() },
        Entry = "main.js",
        Limits = new Limits(),
    };

    internal async Task MeasureAsync(Report report)
    {
        var workers = new WorkerRuntime(PluginRuntime.JavaScript, new WorkerStarter(launcher, new WorkerOptions()).StartAsync);
        Samples ours = new(Rounds), theirs = new(Rounds), starts = new(Starts);
        await using var runtime = new JavaScriptRuntime();
        await using (var worker = await workers.CreateAsync(s_spec))
        await using (var inside = await runtime.CreateAsync(s_spec))
        {
            for (var i = -WarmUp; i < Rounds; i++)
            {
                if (i == 0)
                {
                    ours.Clear();
                    theirs.Clear();
                }

                await TimeAsync(worker, ours);
                await TimeAsync(inside, theirs);
            }
        }

        for (var i = 0; i < Starts; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await using var worker = await workers.CreateAsync(s_spec);
            starts.AddSince(start);
        }

        report.Row("JavaScript in a worker: warm call, 256 B", ours.Median, "the same in this process", theirs.Median, "µs");
        report.Row("JavaScript in a worker: warm call less 30 µs (goal 1.5)", Math.Max(ours.Median - 30, 0), "the same in this process", theirs.Median, "µs");
        report.Row("JavaScript in a worker: start and load", starts.Median / 1000, "goal of a first call in a cold process", 1000, "ms");
    }

    private static async Task TimeAsync(ISandbox sandbox, Samples samples)
    {
        var start = Stopwatch.GetTimestamp();
        var result = await sandbox.CallAsync(new SandboxCall { Input = s_input }, RefusingHostChannel.Instance);
        samples.AddSince(start);
        if (result.Value.Length != s_input.Length) throw new InvalidOperationException($"{result.Error?.Code} {result.Error?.Message}");
    }
}
