using System.Diagnostics;
using System.Text;
using Paddock.Engines;
using Paddock.Sandbox.Container;
using Paddock.Sandbox.Container.Engine;
using Paddock.Sandbox.Container.HostImages;
using Paddock.Sandbox.Container.Images;
using Paddock.Sandbox.Container.Running;
using Paddock.Sandbox.Protocol;

namespace Paddock.Bench.Processes;

/// <summary>Calls and starts of plugins in containers, beside the same engine left to itself: what <c>cat</c> echoes over an attached stream, and the engine's own create and start.</summary>
internal sealed class ContainerCalls(string name, OwnEngine own)
{
    private const int Rounds = 3000, WarmUp = 500, Starts = 15;

    private static readonly byte[] s_input = Encoding.UTF8.GetBytes($$"""{"text":"{{new string('x', 245)}}"}""");

    private readonly ContainerOptions _options = new() { StateDirectory = Path.Combine(own.Root, "bench"), Socket = own.Socket, Pool = new ProtocolOptions { Processes = 1 } };

    internal static async Task MeasureAsync(Report report)
    {
        foreach (var (name, podman) in ((string, bool)[])[("Docker", false), ("podman", true)])
        {
            await using var own = await OwnEngine.StartAsync(podman, Console.Error.WriteLine);
            if (own is null) report.Paragraph($"No {name} of its own can be run on this machine by this user.");
            else await new ContainerCalls(name, own).MeasureOneAsync(report);
        }
    }

    private async Task MeasureOneAsync(Report report)
    {
        await HostImageBuilder.BuildAsync(_options, "python3.11");
        await HostImageBuilder.BuildAsync(_options, "node20");
        await using var engine = new ContainerEngine(_options);
        await WarmAsync(report, engine, "Python", Spec(PluginRuntime.Python, "plugin.py", "def run(**kwargs): return kwargs"));
        await WarmAsync(report, engine, "Node", Spec(PluginRuntime.Node, "main.js", "module.exports = (ctx) => ctx.input"));
        await ColdAsync(report, engine, Spec(PluginRuntime.Container, "plugin.py", "pass"));
    }

    private async Task WarmAsync(Report report, ContainerEngine engine, string language, SandboxSpec spec)
    {
        Samples ours = new(Rounds), theirs = new(Rounds);
        var connected = await engine.RequireAsync(CancellationToken.None);
        string image = await connected.Images.EnsureAsync(spec, ContainerLanguage.Of(spec)!, CancellationToken.None);
        await using var runtime = new ContainerRuntime(engine, spec.Runtime);
        await using var sandbox = await runtime.CreateAsync(spec);
        string id = (await connected.Client.CreateAsync("paddock-bench-echo", Bare(image, "cat"), CancellationToken.None)).Id!;
        await using var bare = await AttachAsync(id);
        await connected.Client.StartAsync(id, CancellationToken.None);
        for (var i = -WarmUp; i < Rounds; i++)
        {
            if (i == 0)
            {
                ours.Clear();
                theirs.Clear();
            }

            // In turns, so that whatever else the machine does falls on both.
            var start = Stopwatch.GetTimestamp();
            var result = await sandbox.CallAsync(new SandboxCall { Input = s_input }, RefusingHostChannel.Instance);
            ours.AddSince(start);
            if (result.Value.Length != s_input.Length) throw new InvalidOperationException($"{result.Error?.Code} {result.Error?.Message}");
            start = Stopwatch.GetTimestamp();
            await EchoAsync(bare);
            theirs.AddSince(start);
        }

        await connected.Client.RemoveAsync(id, CancellationToken.None);
        report.Row($"{name}, {language}: warm call, 256 B (goal 3)", ours.Median, "attached cat", theirs.Median, "µs");
        report.Row($"{name}, {language}: warm call, 256 B, p99", ours.Percentile(99), "attached cat", theirs.Percentile(99), "µs");
    }

    private async Task ColdAsync(Report report, ContainerEngine engine, SandboxSpec spec)
    {
        Samples started = new(Starts), called = new(Starts), bare = new(Starts), ran = new(Starts);
        var connected = await engine.RequireAsync(CancellationToken.None);
        string image = await connected.Images.EnsureAsync(spec, ContainerLanguage.Of(spec)!, CancellationToken.None);
        await using var runtime = new ContainerRuntime(engine, spec.Runtime);
        await using var sandbox = await runtime.CreateAsync(spec);
        var run = new RunSpec { Image = image, Command = ["cat"], WorkingDirectory = "/", Limits = spec.Limits, Labels = connected.Lease.Labels("bench"), Input = true };
        for (var i = -2; i < Starts; i++)
        {
            if (i == 0) foreach (var samples in (Samples[])[started, called, bare, ran]) samples.Clear();
            var start = Stopwatch.GetTimestamp();
            await using (await connected.Starter.StartAsync(run, CancellationToken.None)) started.AddSince(start);
            await TimeBareAsync(connected.Client, Bare(image, "cat"), bare, wait: false);
            start = Stopwatch.GetTimestamp();
            var result = await sandbox.CallAsync(new SandboxCall { Input = s_input }, RefusingHostChannel.Instance);
            called.AddSince(start);
            if (result.Status != CallStatus.Completed) throw new InvalidOperationException($"{result.Error?.Code} {result.Error?.Message}");
            await TimeBareAsync(connected.Client, Bare(image, "python3", "/app/plugin.py"), ran, wait: true);
        }

        report.Row($"{name}: a container started, with every limit (goal: 20 ms more)", started.Median / 1000, "the engine's own create and start", bare.Median / 1000, "ms");
        report.Row($"{name}: a whole call in a container of its own", called.Median / 1000, "create, start, end of stream and removal alone", ran.Median / 1000, "ms");
    }

    private async Task TimeBareAsync(EngineClient client, ContainerBody body, Samples samples, bool wait)
    {
        var start = Stopwatch.GetTimestamp();
        string id = (await client.CreateAsync($"paddock-bench-{Guid.NewGuid():n}", body, CancellationToken.None)).Id!;
        await using var streams = wait ? await AttachAsync(id) : null;
        await client.StartAsync(id, CancellationToken.None);
        if (!wait) samples.AddSince(start);
        if (streams is not null)
        {
            // podman leaves the connection open for a program that said nothing.
            while ((await client.InspectAsync(id, CancellationToken.None)).State is { Running: true }) await Task.Delay(1);
        }

        await client.RemoveAsync(id, CancellationToken.None);
        if (wait) samples.AddSince(start);
    }

    /// <summary>The engine's streams over a socket, without anything of Paddock's.</summary>
    private async Task<Stream> AttachAsync(string id)
    {
        var stream = await EngineSocket.Find(own.Socket)!.ConnectAsync(CancellationToken.None);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /v1.40/containers/{id}/attach?stream=1&stdin=1&stdout=1&stderr=1 HTTP/1.1\r\nHost: engine\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"));
        byte[] one = new byte[1];
        for (var head = ""; !head.EndsWith("\r\n\r\n", StringComparison.Ordinal); head += (char)one[0]) await stream.ReadExactlyAsync(one);
        return stream;
    }

    private static async Task EchoAsync(Stream bare)
    {
        byte[] buffer = new byte[4096];
        await bare.WriteAsync(s_input);
        // Each frame has eight bytes of a head; cat writes what it read at once.
        for (var read = 0; read < s_input.Length + 8;) read += await bare.ReadAsync(buffer);
    }

    private static ContainerBody Bare(string image, params string[] command) => new()
    {
        Image = image,
        Entrypoint = [command[0]],
        Cmd = command[1..],
        Env = ["PATH=/usr/bin:/bin"],
        User = "65534:65534",
        WorkingDir = "/",
        AttachStdin = true,
        OpenStdin = true,
        HostConfig = new HostConfigBody
        {
            ReadonlyRootfs = false,
            CapDrop = [],
            SecurityOpt = [],
            Memory = 0,
            MemorySwap = 0,
            NanoCpus = 0,
            PidsLimit = 0,
            // podman's own defaults are more than an unprivileged service may set.
            Ulimits = [new("nofile", 1024, 1024), new("nproc", 32768, 32768)],
            Tmpfs = new Dictionary<string, string>(),
        },
    };

    private static SandboxSpec Spec(PluginRuntime runtime, string entry, string code) => new()
    {
        Digest = $"{runtime}",
        Runtime = runtime,
        Approved = true,
        Files = new Dictionary<string, ReadOnlyMemory<byte>> { [entry] = Encoding.UTF8.GetBytes(code) },
        Entry = entry,
        Limits = new Limits { MemoryBytes = 256 << 20, Processes = 64 },
    };
}
