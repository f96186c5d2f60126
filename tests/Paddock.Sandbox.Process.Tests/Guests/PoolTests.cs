using System.Collections.Concurrent;
using System.Text;
using Paddock.Sandbox.Protocol;

namespace Paddock.Sandbox.Process.Tests.Guests;

/// <summary>Processes that are kept, checked, ended and replaced.</summary>
public sealed class PoolTests(ProcessFixture processes)
{
    private const string Counter = """
        import os, time
        from paddock import host
        calls = 0
        # The pid inside says nothing: every process is the same one there. This does.
        mark = os.urandom(8).hex()
        def run():
            global calls
            calls += 1
            return calls
        def which(): return mark
        def loop():
            while True: pass
        def die(): os._exit(1)
        def fail(): raise ValueError('no')
        def nested(depth): return host.call('plugin.call', {'depth': depth})
        def children():
            if os.fork() == 0:
                os.close(0); os.close(1); os.close(2)
                time.sleep(3600)
            return 'left one'
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_OneAfterAnother_HaveTheSameProcess()
    {
        await using var sandbox = await processes.CreateAsync(Plugins.Python(Counter), cancellationToken: Stop);
        Assert.Equal(["1", "2", "3"], [await ProcessFixture.Value(sandbox), await ProcessFixture.Value(sandbox), await ProcessFixture.Value(sandbox)]);
    }

    [Theory]
    [InlineData("python")]
    [InlineData("node")]
    [InlineData("command")]
    public async Task Call_WithLessMemory_HasLess_AndTheWarmProcessStays(string runtime)
    {
        const string take = "100 << 20";
        var spec = runtime switch
        {
            "python" => Plugins.Python($"import os\nmark = os.urandom(8).hex()\ndef take(): return len(bytes(b'1') * ({take}))\ndef which(): return mark"),
            "node" => Plugins.Node($"const mark = require('crypto').randomUUID(); exports.take = () => Buffer.alloc({take}, 1).length; exports.which = () => mark;"),
            _ => Plugins.Command($"#!/usr/bin/python3\nprint(len(b'1' * ({take})))\n"),
        };
        spec = spec with { Limits = spec.Limits with { MemoryBytes = 300 << 20 } };
        await using var sandbox = await processes.CreateAsync(spec, cancellationToken: Stop);
        var which = runtime == "command" ? "take" : "which";
        var mark = await ProcessFixture.Value(sandbox, function: which);
        var less = spec.Limits with { MemoryBytes = 90 << 20 };
        var result = await sandbox.CallAsync(Plugins.Call(function: "take") with { Limits = less }, RefusingHostChannel.Instance, Stop);
        Assert.True(runtime == "command" ? result.Error is not null : result.Error?.Code == ErrorCodes.MemoryLimit, $"{result.Status} {result.Error?.Code}");

        // Control: the same call within the plugin's own limits; and more than those is not to be had.
        Assert.Equal("104857600", (await ProcessFixture.Value(sandbox, function: "take")).Trim());
        Assert.Equal("104857600", Encoding.UTF8.GetString((await sandbox.CallAsync(Plugins.Call(function: "take") with { Limits = spec.Limits with { Cpu = 0.9 } }, RefusingHostChannel.Instance, Stop)).Value.Span).Trim());
        Assert.Equal(mark, await ProcessFixture.Value(sandbox, function: which));
    }

    [Fact]
    public async Task Call_WithLessMemory_OfAStatefulPlugin_IsRefused()
    {
        var spec = Plugins.Python(Counter) with { Stateful = true };
        await using var sandbox = await processes.CreateAsync(spec, cancellationToken: Stop);
        Assert.Equal("1", await ProcessFixture.Value(sandbox));
        var result = await sandbox.CallAsync(Plugins.Call() with { Limits = spec.Limits with { MemoryBytes = 90 << 20 } }, RefusingHostChannel.Instance, Stop);
        Assert.Equal((CallStatus.Denied, ErrorCodes.SandboxUnavailable), (result.Status, result.Error?.Code));
        Assert.Equal("2", await ProcessFixture.Value(sandbox));
    }

    [Fact]
    public async Task Calls_WithFreshProcesses_ShareNothing()
    {
        await using var sandbox = await processes.CreateAsync(Plugins.Python(Counter), fresh: true, Stop);
        string[] marks = [.. await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ProcessFixture.Value(sandbox, function: "which"))), await ProcessFixture.Value(sandbox, function: "which")];
        Assert.Equal(marks.Length, marks.Distinct().Count());
        Assert.Equal("1", await ProcessFixture.Value(sandbox));
    }

    [Fact]
    public async Task Calls_AtOnce_HaveNoMoreProcessesThanAllowed()
    {
        await using var sandbox = await processes.CreateAsync(Plugins.Python(Counter), new ProtocolOptions { Processes = 2 }, Stop);
        var marks = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => ProcessFixture.Value(sandbox, function: "which")));
        Assert.InRange(marks.Distinct().Count(), 1, 2);
    }

    [Theory]
    [InlineData("fail", ErrorCodes.GuestError, true)]
    [InlineData("no_such", ErrorCodes.EntryPointNotFound, true)]
    [InlineData("die", ErrorCodes.ProcessEnded, false)]
    [InlineData("loop", ErrorCodes.TimeLimit, false)]
    public async Task Call_ThatFails_ReplacesItsProcessWhereItMust(string function, string code, bool kept)
    {
        var spec = Plugins.Python(Counter);
        await using var sandbox = await processes.CreateAsync(spec with { Limits = spec.Limits with { Timeout = TimeSpan.FromSeconds(1) } }, cancellationToken: Stop);
        string before = await ProcessFixture.Value(sandbox, function: "which");
        Assert.Equal(code, (await sandbox.CallAsync(Plugins.Call(function: function), RefusingHostChannel.Instance, Stop)).Error?.Code);
        Assert.Equal(kept, before == await ProcessFixture.Value(sandbox, function: "which"));
    }

    [Fact]
    public async Task Call_Cancelled_KillsTheProcessWithItsChildren()
    {
        var recorder = new RecordingLauncher(processes.Launcher);
        await using var sandbox = await new PythonRuntime(recorder).CreateAsync(Plugins.Python(Counter), Stop);
        await ProcessFixture.Value(sandbox, function: "children");
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var call = sandbox.CallAsync(Plugins.Call(function: "loop"), RefusingHostChannel.Instance, cancel.Token);
        await cancel.CancelAsync();
        Assert.Equal(CallStatus.Cancelled, (await call).Status);

        // Completes only when the process and all that it started are gone.
        await Assert.Single(recorder.Started).Exited.WaitAsync(TimeSpan.FromSeconds(30), Stop);
    }

    [Fact]
    public async Task Dispose_EndsEveryProcess()
    {
        var recorder = new RecordingLauncher(processes.Launcher);
        var sandbox = await new PythonRuntime(recorder).CreateAsync(Plugins.Python(Counter), Stop);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ProcessFixture.Value(sandbox)));
        await sandbox.DisposeAsync();
        Assert.All(recorder.Started, p => Assert.True(p.Exited.IsCompleted));
    }

    [Fact]
    public async Task Call_AfterItsProcessDiedUnseen_HasAnother()
    {
        var recorder = new RecordingLauncher(processes.Launcher);
        await using var sandbox = await new PythonRuntime(recorder).CreateAsync(Plugins.Python(Counter), Stop);
        await ProcessFixture.Value(sandbox);
        await Assert.Single(recorder.Started).KillAsync();
        Assert.Equal("1", await ProcessFixture.Value(sandbox));
    }

    [Fact]
    public async Task Call_ToAProcessThatIsIdleForLongAndDoesNotAnswer_HasAnother()
    {
        // Asked before every call; this one answers nothing between its calls.
        const string Deaf = Counter + "\ndef deaf():\n    import gc\n    wire = next(g for g in gc.get_objects() if isinstance(g, dict) and '_send' in g and '_dispatch' in g)\n    serve = wire['_serve']\n    wire['_serve'] = lambda m: serve(m) if m['method'] != 'ping' else None\n    return mark\n";
        await using var sandbox = await processes.CreateAsync(Plugins.Python(Deaf), new ProtocolOptions { CheckAfter = TimeSpan.Zero }, Stop);
        string before = await ProcessFixture.Value(sandbox, function: "which");
        Assert.Equal(before, await ProcessFixture.Value(sandbox, function: "deaf"));
        Assert.NotEqual(before, await ProcessFixture.Value(sandbox, function: "which"));
    }

    [Fact]
    public async Task Calls_InARing_DoNotWaitForEachOther()
    {
        // Eight chains at once, each of depth 10, through two plugins of two processes each.
        var options = new ProtocolOptions { Processes = 2 };
        await using var a = await processes.CreateAsync(Plugins.Python(Counter), options, Stop);
        await using var b = await processes.CreateAsync(Plugins.Python(Counter), options, Stop);
        ISandbox[] both = [a, b];
        async Task<HostReply> AnswerAsync(string arguments, int depth, CancellationToken token)
        {
            if (depth == 10) return ChannelOf.Json("10");
            var call = Plugins.Call($$"""{"depth":{{depth + 1}}}""", "nested") with { Depth = depth };
            var result = await both[depth % 2].CallAsync(call, new ChannelOf((_, given, t) => AnswerAsync(given, depth + 1, t)), token);
            return result.Error is { } error ? HostReply.Fail(error) : HostReply.Ok(result.Value);
        }

        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AnswerAsync("", 0, Stop)));
        Assert.All(replies, r => Assert.Equal("10", r.Error?.Code ?? Encoding.UTF8.GetString(r.Value.Span)));
    }

    [Fact]
    public async Task Call_OfAStatefulPluginByItselfWithNobodyToRefuseIt_EndsWithItsTime()
    {
        var spec = Plugins.Python(Counter) with { Stateful = true };
        spec = spec with { Limits = spec.Limits with { Timeout = TimeSpan.FromSeconds(60) } };
        await using var sandbox = await processes.CreateAsync(spec, cancellationToken: Stop);
        var shorter = spec.Limits with { Timeout = TimeSpan.FromMilliseconds(200) };
        var channel = new ChannelOf(async (_, _, token) =>
        {
            var inner = await sandbox.CallAsync(Plugins.Call() with { Depth = 1, Limits = shorter }, RefusingHostChannel.Instance, token);
            return inner.Error is { } error ? HostReply.Fail(error) : HostReply.Ok(inner.Value);
        });
        var result = await sandbox.CallAsync(Plugins.Call("""{"depth":1}""", "nested"), channel, Stop);
        Assert.Equal(ErrorCodes.TurnLimit, result.Error?.Code);
    }

    [Fact]
    public async Task Call_StatefulAfterAFailure_BeginsAnew()
    {
        await using var sandbox = await processes.CreateAsync(Plugins.Python(Counter) with { Stateful = true }, cancellationToken: Stop);
        Assert.Equal("1", await ProcessFixture.Value(sandbox));
        Assert.Equal("2", await ProcessFixture.Value(sandbox));
        await sandbox.CallAsync(Plugins.Call(function: "fail"), RefusingHostChannel.Instance, Stop);
        Assert.Equal("1", await ProcessFixture.Value(sandbox));
    }

    [Fact]
    public async Task Call_ThatNeverHadItsTurn_SaysSo()
    {
        var spec = Plugins.Python(Counter);
        await using var sandbox = await processes.CreateAsync(spec, new ProtocolOptions { Processes = 1 }, Stop);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var first = sandbox.CallAsync(Plugins.Call(function: "loop"), RefusingHostChannel.Instance, cancel.Token);
        var second = await sandbox.CallAsync(Plugins.Call() with { Limits = spec.Limits with { Timeout = TimeSpan.FromMilliseconds(200) } }, RefusingHostChannel.Instance, Stop);
        Assert.Equal((CallStatus.LimitExceeded, ErrorCodes.TurnLimit), (second.Status, second.Error?.Code));
        await cancel.CancelAsync();
        await first;
    }

    [Fact]
    public async Task HostCallUnderWay_WhenTimeIsOver_IsCancelledAndTheCallEnds()
    {
        var spec = Plugins.Python(Counter);
        await using var sandbox = await processes.CreateAsync(spec with { Limits = spec.Limits with { Timeout = TimeSpan.FromMilliseconds(300) } }, cancellationToken: Stop);
        var cancelled = new TaskCompletionSource();
        var channel = new ChannelOf(async (_, _, token) =>
        {
            using var registration = token.Register(cancelled.SetResult);
            await cancelled.Task;
            return ChannelOf.Json("1");
        });
        Assert.Equal(ErrorCodes.TimeLimit, (await sandbox.CallAsync(Plugins.Call("""{"depth":1}""", "nested"), channel, Stop)).Error?.Code);
        await cancelled.Task.WaitAsync(Stop);
    }
}

/// <summary>The real launcher, and what it has started.</summary>
internal sealed class RecordingLauncher(IProcessLauncher launcher) : IProcessLauncher
{
    public ConcurrentQueue<IGuestProcess> Started { get; } = new();

    public IReadOnlyList<Finding> Missing => launcher.Missing;

    public async ValueTask<IGuestProcess> StartAsync(ProcessSpec spec, CancellationToken cancellationToken = default)
    {
        var process = await launcher.StartAsync(spec, cancellationToken);
        Started.Enqueue(process);
        return process;
    }
}
