using System.Text;
using Paddock.Sandbox.Wasm.Tests;

namespace Paddock.Worker.Tests;

public sealed class WorkerTests(WorkerFixture workers, RuntimeFixture js)
{
    private const string Guest = """
        exports.sum = (c) => c.input.reduce((a, b) => a + b, 0);
        exports.told = (c) => [c.input, c.config, c.context];
        exports.fail = () => { console.warn('before'); throw new RangeError('too far') };
        exports.host = async (c) => { const [a, b] = await Promise.all([c.host.kv.get('a'), c.host.kv.get('b').catch((e) => e.code)]); return [a, b]; };
        exports.nest = async (c) => c.input === 0 ? 0 : 1 + await c.host.plugin.call('self', 'nest', c.input - 1);
        exports.wait = (c) => c.host.kv.get('never');
        exports.seeds = () => [Date.now(), Math.random()];
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sum", "[1,2,3]")]
    [InlineData("sum", "{}")]
    [InlineData("told", "\"ä\"")]
    [InlineData("fail", "null")]
    [InlineData("no_such", "null")]
    public async Task SamePackage_InProcessAndInAWorker_HasTheSameResult(string function, string input)
    {
        var call = new SandboxCall { Function = function, Input = Encoding.UTF8.GetBytes(input), Config = "{\"k\":1}"u8.ToArray(), Context = "[2]"u8.ToArray() };
        await using var inside = await js.Runtime.CreateAsync(RuntimeFixture.Spec(Guest), Stop);
        await using var outside = await workers.CreateAsync(RuntimeFixture.Spec(Guest), Stop);
        CallResult here = await inside.CallAsync(call, RefusingHostChannel.Instance, Stop), there = await outside.CallAsync(call, RefusingHostChannel.Instance, Stop);
        Assert.Equal((here.Status, Encoding.UTF8.GetString(here.Value.Span), here.Error), (there.Status, Encoding.UTF8.GetString(there.Value.Span), there.Error));
        Assert.Equal(here.Logs.Select(l => (l.Severity, l.Message)), there.Logs.Select(l => (l.Severity, l.Message)));
    }

    [Fact]
    public async Task HostCalls_AtOnce_AreAnsweredThroughTheOneChannel()
    {
        await using var sandbox = await workers.CreateAsync(RuntimeFixture.Spec(Guest), Stop);
        var channel = new ChannelOf((function, arguments, _) => Task.FromResult(
            (function, arguments.Contains("\"a\"", StringComparison.Ordinal)) == ("kv.get", true) ? ChannelOf.Json("{\"v\":1}") : HostReply.Fail(ErrorCodes.PermissionDenied, "no")));
        var result = await sandbox.CallAsync(RuntimeFixture.Call(function: "host"), channel, Stop);
        Assert.Equal(("[{\"v\":1},\"PERMISSION_DENIED\"]", 2), (Encoding.UTF8.GetString(result.Value.Span), result.HostCalls));
    }

    [Fact]
    public async Task NestedCalls_OfThePluginItself_DoNotWaitForEachOther()
    {
        await using var sandbox = await workers.CreateAsync(RuntimeFixture.Spec(Guest), Stop);
        var chains = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => NestAsync(sandbox, 9, 0)));
        Assert.All(chains, value => Assert.Equal("9", value));
    }

    [Fact]
    public async Task Worker_Killed_EndsItsCallsAndTheNextStartsAnother()
    {
        var (sandbox, worker) = await workers.CreateWatchedAsync(RuntimeFixture.Spec(Guest), Stop);
        await using var disposed = sandbox;
        var asked = new TaskCompletionSource();
        var waiting = sandbox.CallAsync(RuntimeFixture.Call(function: "wait"), new ChannelOf(async (_, _, over) =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, over);
            return default;
        }), Stop);
        await asked.Task;
        await worker.KillAsync();
        Assert.Equal((CallStatus.GuestFault, ErrorCodes.ProcessEnded), (await waiting) is var ended ? (ended.Status, ended.Error?.Code) : default);
        var next = await sandbox.CallAsync(RuntimeFixture.Call("[4]", "sum"), RefusingHostChannel.Instance, Stop);
        Assert.Equal("4", Encoding.UTF8.GetString(next.Value.Span));
    }

    [Fact]
    public async Task Sources_OfTheHost_AreThoseOfTheGuest()
    {
        await using var sandbox = await workers.CreateAsync(RuntimeFixture.Spec(Guest), Stop);
        var seen = new List<string>();
        for (int i = 0; i < 2; i++)
        {
            var result = await sandbox.CallAsync(RuntimeFixture.Call(function: "seeds") with { Sources = new FixedSources() }, RefusingHostChannel.Instance, Stop);
            seen.Add(Encoding.UTF8.GetString(result.Value.Span));
        }

        Assert.StartsWith("[1700000000000,", seen[0], StringComparison.Ordinal);
        Assert.Equal(seen[0], seen[1]);
        var free = await sandbox.CallAsync(RuntimeFixture.Call(function: "seeds"), RefusingHostChannel.Instance, Stop);
        Assert.NotEqual(seen[0], Encoding.UTF8.GetString(free.Value.Span));
    }

    [Fact]
    public async Task Register_AndLoad_SayWhatIsWrong()
    {
        var e = await Assert.ThrowsAsync<SandboxLoadException>(async () => await workers.CreateAsync(RuntimeFixture.Spec("this is no code"), Stop));
        Assert.Equal(ErrorCodes.CompileError, e.Error.Code);
        await using var sandbox = await workers.CreateAsync(RuntimeFixture.Spec("exports.register = () => ({ name: 'stats' }); exports.default = () => 1"), Stop);
        await using var inside = await js.Runtime.CreateAsync(RuntimeFixture.Spec("exports.register = () => ({ name: 'stats' }); exports.default = () => 1"), Stop);
        Assert.Equal(Text(await inside.RegisterAsync(Stop)), Text(await sandbox.RegisterAsync(Stop)));
    }

    [Fact]
    public async Task T38_Worker_HoldsNoSocketNoFileAndNoVariableOfTheHost()
    {
        Environment.SetEnvironmentVariable("PADDOCK_CANARY", "canary");
        await using var sandbox = await workers.CreateAsync(RuntimeFixture.Spec(Guest), Stop);
        Assert.Equal("3", Encoding.UTF8.GetString((await sandbox.CallAsync(RuntimeFixture.Call("[3]", "sum"), RefusingHostChannel.Instance, Stop)).Value.Span));
        var seen = ProcessView.Of(ProcessView.Workers().Max());
        Assert.DoesNotContain(seen.Descriptors, d => d.StartsWith("socket:", StringComparison.Ordinal));
        Assert.DoesNotContain(seen.Descriptors, d => d.StartsWith('/') && !d.StartsWith("/plugin/", StringComparison.Ordinal) && !d.StartsWith("/usr/", StringComparison.Ordinal) && !d.StartsWith("/dev/", StringComparison.Ordinal) && !d.StartsWith("/proc/", StringComparison.Ordinal) && !d.StartsWith("/memfd:", StringComparison.Ordinal));
        Assert.DoesNotContain("canary", seen.Environment, StringComparison.Ordinal);
        Assert.NotEqual("0", seen.UserId);

        // Control: the host itself, looked at in the same way.
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        Assert.Contains(ProcessView.Of(Environment.ProcessId).Descriptors, d => d.StartsWith("socket:", StringComparison.Ordinal));
    }

    private static string? Text(ReadOnlyMemory<byte>? json) => json is { } some ? Encoding.UTF8.GetString(some.Span) : null;

    private static async Task<string> NestAsync(ISandbox sandbox, int left, int depth)
    {
        var channel = new ChannelOf(async (_, arguments, _) =>
        {
            using var asked = System.Text.Json.JsonDocument.Parse(arguments);
            return ChannelOf.Json(await NestAsync(sandbox, asked.RootElement.GetProperty("args").GetInt32(), depth + 1));
        });
        var result = await sandbox.CallAsync(RuntimeFixture.Call(left.ToString(System.Globalization.CultureInfo.InvariantCulture), "nest") with { Depth = depth }, channel, Stop);
        return result.Error is null ? Encoding.UTF8.GetString(result.Value.Span) : result.Error.ToString();
    }

    private sealed class FixedSources : ICallSources
    {
        public long UtcNowMilliseconds() => 1_700_000_000_000;

        public long ElapsedNanoseconds() => 1000;

        public void Fill(Span<byte> buffer) => buffer.Fill(42);

        public int SettleNext(IReadOnlyList<int> completed) => completed[0];
    }
}
