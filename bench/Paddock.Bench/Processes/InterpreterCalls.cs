using System.Diagnostics;
using System.Text;
using Paddock.Sandbox.Process;

namespace Paddock.Bench.Processes;

/// <summary>A call of a warm Python, Node or .NET plugin, beside the same bytes over a bare pair of pipes to the same interpreter in the same sandbox.</summary>
internal sealed class InterpreterCalls(IProcessLauncher launcher)
{
    private const int Rounds = 4000, WarmUp = 1000, Starts = 15;

    // What an interpreter costs that reads and writes, and does nothing else.
    private const string PythonEcho = "import os\nwhile True:\n    data = os.read(0, 65536)\n    if not data: break\n    os.write(1, data)\n";
    private const string NodeEcho = "process.stdin.on('data', (data) => require('fs').writeSync(1, data));";

    private static readonly byte[] s_input = Encoding.UTF8.GetBytes($$"""{"text":"{{new string('x', 245)}}"}""");

    private static readonly Limits s_limits = new() { MemoryBytes = 256 << 20, Processes = 64 };

    internal async Task MeasureAsync(Report report)
    {
        await CompareAsync(report, "Python", new PythonRuntime(launcher), Script(PluginRuntime.Python, "plugin.py", "def run(**kwargs): return kwargs"), Echo("/usr/bin/python3", SyscallProfile.Python, "-I", "-B", "-c", PythonEcho));
        await CompareAsync(report, "Node", new NodeRuntime(launcher), Script(PluginRuntime.Node, "main.js", "module.exports = (ctx) => ctx.input"), Echo("/usr/bin/node", SyscallProfile.Node, "-e", NodeEcho));
        var program = Files(Path.Combine(Repository.Root, "tests/Paddock.Plugin.Probe/bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0"));
        var spec = new SandboxSpec { Digest = ".NET", Runtime = PluginRuntime.Dotnet, Files = program, Entry = "main.dll", Limits = s_limits };
        await CompareAsync(report, ".NET", new DotnetRuntime(launcher), spec, DotnetEcho(program));
    }

    private async Task CompareAsync(Report report, string name, ISandboxRuntime runtime, SandboxSpec spec, ProcessSpec echo)
    {
        Samples ours = new(Rounds), theirs = new(Rounds), ourStarts = new(Starts), theirStarts = new(Starts);
        await using (var sandbox = await runtime.CreateAsync(spec))
        await using (var bare = await launcher.StartAsync(echo))
        {
            var buffer = new byte[1024];
            for (var i = -WarmUp; i < Rounds; i++)
            {
                if (i == 0)
                {
                    ours.Clear();
                    theirs.Clear();
                }

                // In turns, so that whatever else the machine does falls on both.
                var start = Stopwatch.GetTimestamp();
                await CallAsync(sandbox);
                ours.AddSince(start);
                start = Stopwatch.GetTimestamp();
                await EchoAsync(bare, buffer);
                theirs.AddSince(start);
            }
        }

        for (var i = 0; i < Starts; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await using var sandbox = await runtime.CreateAsync(spec);
            await CallAsync(sandbox);
            ourStarts.AddSince(start);
            start = Stopwatch.GetTimestamp();
            await using var bare = await launcher.StartAsync(echo);
            await EchoAsync(bare, new byte[1024]);
            theirStarts.AddSince(start);
        }

        report.Row($"{name}: warm call, 256 B", ours.Median, "bare pipes", theirs.Median, "µs");
        report.Row($"{name}: warm call, 256 B, p99", ours.Percentile(99), "bare pipes", theirs.Percentile(99), "µs");
        report.Row($"{name}: start, load and first call", ourStarts.Median / 1000, "the same of the bare interpreter", theirStarts.Median / 1000, "ms");
    }

    private static SandboxSpec Script(PluginRuntime kind, string entry, string code) =>
        new() { Digest = entry, Runtime = kind, Files = new Dictionary<string, ReadOnlyMemory<byte>> { [entry] = Encoding.UTF8.GetBytes(code) }, Entry = entry, Limits = s_limits };

    private static Dictionary<string, ReadOnlyMemory<byte>> Files(string folder) =>
        Directory.GetFiles(folder).ToDictionary(path => Path.GetFileName(path), path => (ReadOnlyMemory<byte>)File.ReadAllBytes(path), StringComparer.Ordinal);

    /// <summary>The same program, as one that only reads and writes.</summary>
    private static ProcessSpec DotnetEcho(Dictionary<string, ReadOnlyMemory<byte>> program)
    {
        var root = new DirectoryInfo(Path.GetDirectoryName(typeof(object).Assembly.Location)!).Parent!.Parent!.Parent!.FullName;
        return Echo(root + "/dotnet", SyscallProfile.Dotnet, "exec", ProcessSpec.FilesRoot + "/main.dll", "echo") with
        {
            Files = program,
            Mounts = root.StartsWith("/usr/", StringComparison.Ordinal) ? [] : [new ProcessMount(root, root)],
            Environment = new Dictionary<string, string> { ["DOTNET_EnableDiagnostics"] = "0", ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1", ["DOTNET_TieredPGO"] = "0", ["DOTNET_GCHeapHardLimit"] = "8000000" },
        };
    }

    private static async Task CallAsync(ISandbox sandbox)
    {
        var result = await sandbox.CallAsync(new SandboxCall { Input = s_input }, RefusingHostChannel.Instance);
        if (result.Value.Length != s_input.Length) throw new InvalidOperationException($"{result.Error?.Code} {result.Error?.Message}");
    }

    private static async Task EchoAsync(IGuestProcess process, byte[] buffer)
    {
        await process.Input.WriteAsync(s_input);
        var read = 0;
        while (read < s_input.Length)
        {
            var more = await process.Output.ReadAsync(buffer);
            read += more > 0 ? more : throw new InvalidOperationException("The interpreter ended.");
        }
    }

    private static ProcessSpec Echo(string program, SyscallProfile profile, params string[] arguments) => new() { Program = program, Arguments = arguments, Profile = profile, Limits = s_limits };
}
