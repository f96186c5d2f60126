using System.Diagnostics;
using System.Text;
using Paddock.Sandbox.Process;

namespace Paddock.Bench.Processes;

/// <summary>Fifty warm Python plugins of which one does its worst, beside the same without it: what the others wait for.</summary>
internal sealed class HostileNeighbour(IProcessLauncher launcher)
{
    private const int Neighbours = 49, Rounds = 400, Turns = 4;

    private static readonly (string Name, string Code)[] s_acts =
    [
        ("a fork bomb", "import os\ndef run(**k):\n  while True:\n    try: os.fork()\n    except OSError: pass\n"),
        ("a memory bomb", "def run(**k):\n  all = []\n  while True: all.append(bytearray(1 << 20))\n"),
        ("a spinning loop", "def run(**k):\n  while True: pass\n"),
        ("a log flood", "def run(**k):\n  while True: print('x' * 1000)\n"),
    ];

    // A fifth of a processor: the machine is shared by fifty.
    private static readonly Limits s_limits = new() { MemoryBytes = 64 << 20, Processes = 16, Cpu = 0.2, Timeout = TimeSpan.FromSeconds(5) };

    internal async Task MeasureAsync(Report report)
    {
        await using var runtime = new PythonRuntime(launcher);
        var neighbours = new List<ISandbox>();
        try
        {
            for (var i = 0; i < Neighbours; i++) neighbours.Add(await runtime.CreateAsync(Spec($"neighbour-{i}", "def run(**k): return k")));
            await RoundsAsync(neighbours, new Samples(Rounds * Neighbours));
            foreach (var (name, code) in s_acts) await CompareAsync(report, runtime, neighbours, name, code);
        }
        finally
        {
            foreach (var neighbour in neighbours) await neighbour.DisposeAsync();
        }
    }

    private static async Task CompareAsync(Report report, PythonRuntime runtime, List<ISandbox> neighbours, string name, string code)
    {
        Samples alone = new(Turns * Rounds * Neighbours), beside = new(Turns * Rounds * Neighbours);
        await using var hostile = await runtime.CreateAsync(Spec("hostile", code));
        // In turns: what else the machine does falls on both.
        for (var turn = 0; turn < Turns; turn++)
        {
            await RoundsAsync(neighbours, alone);
            using var stop = new CancellationTokenSource();
            var attack = AttackAsync(hostile, stop.Token);
            await RoundsAsync(neighbours, beside);
            await stop.CancelAsync();
            await attack;
        }

        report.Row($"50 plugins: p99 of the others beside {name} (goal 2)", beside.Percentile(99), "the same without it", alone.Percentile(99), "µs");
    }

    // Again and again: each act is ended by a limit.
    private static async Task AttackAsync(ISandbox hostile, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested) await hostile.CallAsync(new SandboxCall { Input = "{}"u8.ToArray() }, RefusingHostChannel.Instance, stop);
    }

    private static async Task RoundsAsync(List<ISandbox> neighbours, Samples samples)
    {
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var neighbour in neighbours)
            {
                var start = Stopwatch.GetTimestamp();
                var result = await neighbour.CallAsync(new SandboxCall { Input = "{\"a\":1}"u8.ToArray() }, RefusingHostChannel.Instance);
                samples.AddSince(start);
                if (result.Status != CallStatus.Completed) throw new InvalidOperationException($"{result.Error?.Code} {result.Error?.Message}");
            }
        }
    }

    private static SandboxSpec Spec(string name, string code) => new()
    {
        Digest = name,
        Runtime = PluginRuntime.Python,
        Files = new Dictionary<string, ReadOnlyMemory<byte>> { ["plugin.py"] = Encoding.UTF8.GetBytes(code) },
        Entry = "plugin.py",
        Limits = s_limits,
    };
}
