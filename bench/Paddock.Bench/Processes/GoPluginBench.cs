using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Paddock.Sandbox.GoPlugin;
using Paddock.Sandbox.GoPlugin.Processes;
using Paddock.Sandbox.GoPlugin.Tests;
using Paddock.Sandbox.Process;

namespace Paddock.Bench.Processes;

/// <summary>A call of a native plugin, beside the same bytes over a bare Unix socket between the same two processes, and beside HashiCorp's own host.</summary>
internal static class GoPluginBench
{
    private const int Calls = 20_000, WarmUp = 4_000;
    private const string NetRpc = "tests/Paddock.Sandbox.GoPlugin.Tests/Programs/goatkit", Grpc = "tests/Paddock.Sandbox.GoPlugin.Tests/Programs/grpc";
    private static readonly byte[] s_input = Encoding.ASCII.GetBytes($"\"{new string('x', 254)}\"");

    internal static async Task RunAsync()
    {
        var report = new Report("Native plugins", "./x bench go-plugin", "Medians of 256 bytes there and back, one call at a time, in microseconds; the plugin is in its sandbox.");
        var launcher = new BubblewrapLauncher();
        double bare;
        await using (var process = await GoPluginProcess.StartAsync(Spec("bare", NetRpc), launcher, new GoPluginRuntimeOptions(), CancellationToken.None))
        {
            bare = await BareAsync(process);
            var wire = await MedianAsync(async () => await process.Wire.CallAsync("echo", s_input, CancellationToken.None));
            report.Row("net/rpc, the protocol alone", wire, "bare Unix socket", bare, "µs");
        }

        var ours = await SandboxAsync(launcher, Spec("plugin", NetRpc));
        report.Row("net/rpc, a sandbox's call", ours, "bare Unix socket", bare, "µs");
        report.Row("net/rpc, a sandbox's call", ours, "HashiCorp's host, no sandbox", await OtherHostAsync(), "µs");
        report.Row("gRPC, a sandbox's call", await SandboxAsync(launcher, Spec("plugin", Grpc)), "bare Unix socket", bare, "µs");
        await report.PublishAsync("go-plugin");
    }

    private static SandboxSpec Spec(string name, string folder) => new()
    {
        Digest = name,
        Runtime = PluginRuntime.GoPlugin,
        Files = new Dictionary<string, ReadOnlyMemory<byte>> { [name] = GoPrograms.Build(folder) },
        Entry = name,
        Limits = new Limits { MemoryBytes = 128 << 20, Cpu = 2 },
    };

    private static async Task<double> SandboxAsync(BubblewrapLauncher launcher, SandboxSpec spec)
    {
        await using var runtime = new GoPluginRuntime(launcher);
        await using var sandbox = await runtime.CreateAsync(spec);
        var call = new SandboxCall { Function = "echo", Input = s_input };
        return await MedianAsync(async () =>
        {
            var result = await sandbox.CallAsync(call, RefusingHostChannel.Instance);
            if (result.Status != CallStatus.Completed) throw new InvalidOperationException(result.Error?.Code);
        });
    }

    private static async Task<double> BareAsync(GoPluginProcess process)
    {
        await using var stream = await process.Sockets.ConnectAsync("/sockets/bare", CancellationToken.None);
        var frame = new byte[4 + s_input.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, s_input.Length);
        s_input.CopyTo(frame, 4);
        var answer = new byte[frame.Length];
        return await MedianAsync(async () =>
        {
            await stream.WriteAsync(frame);
            await stream.ReadExactlyAsync(answer);
        });
    }

    private static async Task<double> OtherHostAsync()
    {
        var folder = Directory.CreateTempSubdirectory("paddock-bench-").FullName;
        var (host, plugin) = (Path.Combine(folder, "host"), Path.Combine(folder, "plugin"));
        await File.WriteAllBytesAsync(host, GoPrograms.Build("bench/Paddock.Bench/Guests/go-host"));
        await File.WriteAllBytesAsync(plugin, GoPrograms.Build(NetRpc));
        const UnixFileMode executable = UnixFileMode.UserRead | UnixFileMode.UserExecute;
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(host, executable);
            File.SetUnixFileMode(plugin, executable);
        }

        using var process = System.Diagnostics.Process.Start(new ProcessStartInfo(host, [plugin, Calls.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true })!;
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Directory.Delete(folder, recursive: true);
        return double.Parse(text, CultureInfo.InvariantCulture) / 1000;
    }

    private static async Task<double> MedianAsync(Func<Task> call)
    {
        var times = new double[Calls];
        for (var i = -WarmUp; i < Calls; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await call();
            if (i >= 0) times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        Array.Sort(times);
        return times[Calls / 2];
    }
}
