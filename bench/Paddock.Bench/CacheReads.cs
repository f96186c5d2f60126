using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Caching.Distributed;
using Paddock.HostApi;
using Paddock.Sandbox.Wasm.Abi;

namespace Paddock.Bench;

/// <summary>A host call from wasm that reads the cache, whole: interface, door, function, cache in memory, reply in the guest's memory. Beside it the same read without a guest.</summary>
internal sealed class CacheReads : IGrantSource, IAuditSink, IDistributedCache
{
    private const int PerSample = 2000, Rounds = 200, WarmUp = 40;

    private static readonly byte[] Value = "{\"value\":\"some value of some length\",\"found\":true}"u8.ToArray();

    private readonly ConcurrentDictionary<string, byte[]> _values = new(StringComparer.Ordinal);
    private readonly GrantSet _grants = new([new Grant("g", "p", "d", new Permission(PermissionType.Cache, Access.Read, ["*"]), DateTimeOffset.MaxValue)]);

    internal static async Task RunAsync()
    {
        var bench = new CacheReads();
        var door = new HostDoor(bench, new NoValues(), bench, groups: [HostFunctions.Cache(bench)]);
        var channel = door.Open(new HostCallScope("t", "a", "p", "d", "e") { PluginName = "p" });
        await using var runtime = new WebAssemblyRuntime();
        await using var sandbox = await runtime.CreateAsync(await SpecAsync());
        var call = new SandboxCall { Function = "read", Input = Encoding.UTF8.GetBytes(PerSample.ToString(CultureInfo.InvariantCulture)) };
        Samples whole = new(Rounds), constant = new(Rounds), direct = new(Rounds);
        for (var i = -WarmUp; i < Rounds; i++)
        {
            if (i == 0) Array.ForEach([whole, constant, direct], s => s.Clear());
            await MeasureAsync(sandbox, call, channel, whole);
            await MeasureAsync(sandbox, call, new Constant(), constant);
            await MeasureAsync(channel, direct);
        }

        var report = new Report("A cache read from wasm", "./x bench wasm-cache", "Medians; a plugin in C on the gk interface, 2,000 reads a call, everything in one process.");
        report.Row("cache.get, whole", PerRead(whole), "the same through the door without a guest", PerRead(direct), "ns");
        report.Row("the interface alone, the host answering a constant", PerRead(constant), "the whole", PerRead(whole), "ns");
        report.Paragraph("The goal is at most 2,000 ns whole.");
        await report.PublishAsync("wasm-cache");
    }

    private static double PerRead(Samples samples) => samples.Median * 1000 / PerSample;

    private static async Task MeasureAsync(ISandbox sandbox, SandboxCall call, IHostChannel channel, Samples samples)
    {
        var start = Stopwatch.GetTimestamp();
        var result = await sandbox.CallAsync(call, channel);
        samples.AddSince(start);
        if (!result.Value.Span.SequenceEqual("1"u8)) throw new InvalidOperationException($"The reads failed: {result.Error?.Code} {(result.Logs.Count > 0 ? result.Logs[0].Message : "")}");
    }

    private static async Task MeasureAsync(IHostChannel channel, Samples samples)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < PerSample; i++) await channel.InvokeAsync("cache.get", "{\"key\":\"k\"}"u8.ToArray(), CancellationToken.None);
        samples.AddSince(start);
    }

    private static async Task<SandboxSpec> SpecAsync()
    {
        var output = Path.Combine(Path.GetTempPath(), $"paddock-bench-{Guid.NewGuid():N}.wasm");
        using (var clang = Process.Start("clang", ["--target=wasm32-wasi", "-mexec-model=reactor", "-O2", "-I", Path.Combine(Repository.Root, "guest/c"), Path.Combine(Repository.Root, "bench/Paddock.Bench/Guests/cache.c"), "-o", output]))
        {
            await clang.WaitForExitAsync();
            if (clang.ExitCode != 0) throw new InvalidOperationException("clang failed.");
        }

        var module = await File.ReadAllBytesAsync(output);
        File.Delete(output);
        return new SandboxSpec
        {
            Digest = "bench",
            Runtime = PluginRuntime.Wasm,
            Files = new Dictionary<string, ReadOnlyMemory<byte>> { ["cache.wasm"] = module },
            Entry = "cache.wasm",
            Limits = new Limits { HostCalls = int.MaxValue },
        };
    }

    GrantSet IGrantSource.ActiveGrants(string tenant, string pluginId, string digest) => _grants;

    ValueTask IAuditSink.WriteAsync(AuditRecord record, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    void IAuditSink.Post(AuditRecord record)
    {
    }

    byte[]? IDistributedCache.Get(string key) => _values.GetOrAdd(key, Value);

    Task<byte[]?> IDistributedCache.GetAsync(string key, CancellationToken token) => Task.FromResult<byte[]?>(_values.GetOrAdd(key, Value));

    void IDistributedCache.Refresh(string key)
    {
    }

    Task IDistributedCache.RefreshAsync(string key, CancellationToken token) => Task.CompletedTask;

    void IDistributedCache.Remove(string key) => _values.TryRemove(key, out _);

    Task IDistributedCache.RemoveAsync(string key, CancellationToken token) => Task.CompletedTask;

    void IDistributedCache.Set(string key, byte[] value, DistributedCacheEntryOptions options) => _values[key] = value;

    Task IDistributedCache.SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token) => Task.CompletedTask;

    private sealed class Constant : IHostChannel
    {
        public ValueTask<HostReply> InvokeAsync(string function, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken) => ValueTask.FromResult(HostReply.Ok(Value));
    }

    private sealed class NoValues : IKeyValueStore
    {
        public ValueTask<byte[]?> GetAsync(string tenant, string pluginId, string key, CancellationToken cancellationToken) => ValueTask.FromResult<byte[]?>(null);

        public ValueTask<bool> SetAsync(string tenant, string pluginId, string key, ReadOnlyMemory<byte> value, long quotaBytes, int quotaKeys, CancellationToken cancellationToken) => ValueTask.FromResult(false);

        public ValueTask<bool> DeleteAsync(string tenant, string pluginId, string key, CancellationToken cancellationToken) => ValueTask.FromResult(false);

        public ValueTask<IReadOnlyList<string>> ListAsync(string tenant, string pluginId, string prefix, int limit, CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyList<string>>([]);
    }
}
