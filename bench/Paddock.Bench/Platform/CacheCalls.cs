using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Caching.Distributed;
using Paddock.HostApi;
using Paddock.Sandbox.Wasm.Abi;

namespace Paddock.Bench.Platform;

/// <summary>What one read of the cache costs a WebAssembly plugin, whole and in its parts.</summary>
internal sealed class CacheCalls : IAsyncDisposable
{
    private const int PerSample = 5_000, Rounds = 200, WarmUp = 80;
    private static readonly byte[] Arguments = "{\"key\":\"figures:today\"}"u8.ToArray();

    private readonly BenchHost _host;
    private readonly WebAssemblyRuntime _runtime;
    private readonly ISandbox _sandbox;
    private readonly IHostChannel _door;
    private readonly IHostChannel _doorWithoutAudit;

    private CacheCalls(BenchHost host, WebAssemblyRuntime runtime, ISandbox sandbox, string pluginId, string digest)
    {
        _host = host;
        _runtime = runtime;
        _sandbox = sandbox;
        var scope = new HostCallScope(Principal.DefaultTenant, BenchHost.Operator.Owner, pluginId, digest, "exe_bench") { PluginName = "bench" };
        _door = host.Get<HostDoor>().Open(scope);
        _doorWithoutAudit = new HostDoor(host.Get<IGrantSource>(), host.Get<IKeyValueStore>(), new NoAudit(), groups: [HostFunctions.Cache(host.Get<IDistributedCache>())]).Open(scope);
    }

    /// <summary>Nanoseconds each, medians of rounds in which all took turns.</summary>
    /// <param name="Whole">From the guest's call to its having the reply in its memory.</param>
    /// <param name="Crossing">Out of the guest and in again, with the interface's JSON: the channel answers at once.</param>
    /// <param name="Door">The door with the cache behind it.</param>
    /// <param name="DoorWithoutAudit">The same without the audit's record.</param>
    /// <param name="Cache">The application's cache alone.</param>
    /// <param name="Bytes">That a whole call allocates.</param>
    internal sealed record Figures(double Whole, double Crossing, double Door, double DoorWithoutAudit, double Cache, double Bytes);

    internal static async Task<Figures> MeasureAsync()
    {
        await using var bench = await StartAsync();
        return await bench.RunAsync(Rounds);
    }

    public async ValueTask DisposeAsync()
    {
        await _sandbox.DisposeAsync();
        await _runtime.DisposeAsync();
        await _host.DisposeAsync();
    }

    private static async Task<CacheCalls> StartAsync()
    {
        var host = await BenchHost.StartAsync();
        using var package = BenchPackage.InC();
        await host.InstallAsync(package);
        await host.CallAsync("bench", "fill_cache");
        var record = BenchHost.Value(await host.Packages.GetAsync(BenchHost.Operator, "bench"));
        var runtime = new WebAssemblyRuntime();
        return new CacheCalls(host, runtime, await runtime.CreateAsync(Spec()), record.Id, record.Active!.Digest);
    }

    /// <summary>The bench's plugin for a sandbox without a platform around it.</summary>
    internal static SandboxSpec Spec() => new()
    {
        Digest = "bench",
        Runtime = PluginRuntime.Wasm,
        Files = new Dictionary<string, ReadOnlyMemory<byte>> { ["bench.wasm"] = BenchPackage.Wasm },
        Entry = "bench.wasm",
        Limits = new Limits { HostCalls = 100_000 },
    };

    private async Task<Figures> RunAsync(int rounds)
    {
        Samples whole = new(rounds), crossing = new(rounds), door = new(rounds), withoutAudit = new(rounds), cache = new(rounds);
        long allocated = 0;
        for (var i = -WarmUp; i < rounds; i++)
        {
            if (i == 0) foreach (var samples in (Samples[])[whole, crossing, door, withoutAudit, cache]) samples.Clear();
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await WholeAsync(whole);
            allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
            await CrossingAsync(crossing);
            Ask(_door, door);
            Ask(_doorWithoutAudit, withoutAudit);
            Read(cache);
        }

        return new(Nanoseconds(whole), Nanoseconds(crossing), Nanoseconds(door), Nanoseconds(withoutAudit), Nanoseconds(cache), allocated / (double)PerSample);
    }

    private async Task WholeAsync(Samples samples)
    {
        var start = Stopwatch.GetTimestamp();
        var result = await _host.CallAsync("bench", "read_cache", $"{{\"calls\":{PerSample}}}");
        samples.AddSince(start);
        Expect(result);
    }

    private async Task CrossingAsync(Samples samples)
    {
        var call = new SandboxCall { Function = "read_cache", Input = System.Text.Encoding.UTF8.GetBytes($"{{\"calls\":{PerSample}}}") };
        var start = Stopwatch.GetTimestamp();
        var result = await _sandbox.CallAsync(call, AnswersAtOnce.Instance);
        samples.AddSince(start);
        Expect(result);
    }

    private static void Ask(IHostChannel channel, Samples samples)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < PerSample; i++)
        {
            var reply = channel.InvokeAsync("cache.get", Arguments, CancellationToken.None);
            if (!reply.IsCompletedSuccessfully || reply.Result.Error is not null) throw new InvalidOperationException("The door refused, or did not answer at once.");
        }

        samples.AddSince(start);
    }

    private void Read(Samples samples)
    {
        var cache = _host.Get<IDistributedCache>();
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < PerSample; i++)
            if (cache.GetAsync("plugin:bench:figures:today").Result is null) throw new InvalidOperationException("The value is not in the cache.");
        samples.AddSince(start);
    }

    private static void Expect(CallResult result)
    {
        var found = System.Text.Encoding.UTF8.GetString(result.Value.Span);
        if (result.Status != CallStatus.Completed || int.Parse(found, CultureInfo.InvariantCulture) != PerSample) throw new InvalidOperationException($"{result.Error?.Code}: {found}");
    }

    private static double Nanoseconds(Samples samples) => samples.Median * 1000 / PerSample;

    private sealed class AnswersAtOnce : IHostChannel
    {
        private static readonly HostReply Reply = HostReply.Ok("{\"value\":{\"open\":17,\"closed\":4},\"found\":true}"u8.ToArray());

        internal static AnswersAtOnce Instance { get; } = new();

        public ValueTask<HostReply> InvokeAsync(string function, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken) => ValueTask.FromResult(Reply);
    }

    private sealed class NoAudit : IAuditSink
    {
        public ValueTask WriteAsync(AuditRecord record, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public void Post(AuditRecord record)
        {
        }
    }
}
