using System.Text;

namespace Paddock.Sandbox.Process.Tests.Guests;

/// <summary>Rows 40, 41, 43 and 47: plugins that find the wire behind their bootstrap and write to it themselves.</summary>
public sealed class WireThreats(ProcessFixture processes)
{
    // The wire is the bootstrap's, but it is the same process: a plugin that looks finds it. LAST is the id of the call under way.
    private const string Forger = """
        import gc, json, os, sys
        wire = next(g for g in gc.get_objects() if isinstance(g, dict) and '_send' in g and '_dispatch' in g)
        out = wire['_out']
        def id():
            frame = sys._getframe()
            while frame:
                if 'message' in frame.f_locals and isinstance(frame.f_locals['message'], dict) and 'id' in frame.f_locals['message']: return frame.f_locals['message']['id']
                frame = frame.f_back
        def write(text):
            data = text.replace('LAST', str(id())).encode('utf-8', 'surrogateescape')
            while data: data = data[os.write(out, data):]
        def run(text): 
            write(text)
            import time
            time.sleep(30)
        def then(text):
            write(text)
            return 'mine'
        def pid(): return os.getpid()
        def ok(): return 'ok'
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Violations =>
    [
        "no json at all\n",
        "\n",
        "{}\n",
        "[]\n",
        "\udcff\udcfe\n",
        "{\"jsonrpc\":\"2.0\",\"id\":LAST,\"result\":\"\udcff\"}\n",
        "{\"jsonrpc\":\"2.0\",\"id\":999999,\"result\":1}\n",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":1}\n",
        "{\"jsonrpc\":\"2.0\",\"id\":-1,\"result\":1}\n",
        "{\"jsonrpc\":\"2.0\",\"id\":\"LAST\",\"result\":1}\n",
        "{\"jsonrpc\":\"2.0\",\"id\":null,\"result\":1}\n",
        "{\"jsonrpc\":\"1.0\",\"id\":LAST,\"result\":1}\n",
        "{\"id\":LAST,\"result\":1}\n",
        "{\"jsonrpc\":\"2.0\",\"id\":LAST,\"id\":LAST,\"result\":1}\n",
        "{\"jsonrpc\":\"2.0\",\"id\":LAST,\"result\":1,\"error\":{\"code\":1,\"message\":\"\"}}\n",
        "{\"jsonrpc\":\"2.0\",\"id\":LAST,\"result\":1,\"plugin\":\"other\"}\n",
        "{\"jsonrpc\":\"2.0\",\"id\":LAST,\"result\":1}x\n",
        "{\"jsonrpc\":\"2.0\",\"id\":LAST,\"error\":1}\n",
        "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"host.shutdown\",\"params\":{}}\n",
        "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"initialize\",\"params\":{}}\n",
        "{\"jsonrpc\":\"2.0\",\"method\":\"host.call\",\"params\":{\"function\":\"kv.get\",\"arguments\":{}}}\n",
        "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"host.call\",\"params\":{\"function\":\"kv.get\",\"arguments\":[]}}\n",
        "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"host.call\",\"params\":{\"function\":7,\"arguments\":{}}}\n",
        "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"host.call\",\"params\":{\"function\":\"a\",\"function\":\"b\",\"arguments\":{}}}\n",
        "{\"jsonrpc\":\"2.0\",\"method\":\"log\",\"params\":{\"severity\":\"fatal\",\"message\":\"m\"}}\n",
        "{\"jsonrpc\":\"2.0\",\"method\":\"log\",\"params\":{\"severity\":\"info\",\"message\":{\"a\":{}}}}\n",
        "{\"jsonrpc\":\"2.0\",\"method\":\"log\",\"params\":[]}\n",
    ];

    [Theory]
    [MemberData(nameof(Violations))]
    public async Task T40_FrameThatIsNone_EndsTheProcessAndTheCallOnly(string frame)
    {
        await using var neighbour = await processes.CreateAsync(Plugins.Python("def run(): return 'here'"), cancellationToken: Stop);
        await using var sandbox = await processes.CreateAsync(Plugins.Python(Forger), cancellationToken: Stop);
        string before = await ProcessFixture.Value(sandbox, function: "ok");
        var result = await ForgeAsync(sandbox, "run", frame);
        Assert.Equal((CallStatus.GuestFault, ErrorCodes.ProtocolError), (result.Status, result.Error?.Code));
        Assert.Equal("\"ok\"", before);
        Assert.Equal("\"ok\"", await ProcessFixture.Value(sandbox, function: "ok"));
        Assert.Equal("\"here\"", await ProcessFixture.Value(neighbour));
    }

    [Fact]
    public async Task T40_Control_AnswerToTheVeryRequest_IsTaken()
    {
        // Nothing but the form and the id stands between a plugin and what its own process answers.
        await using var sandbox = await processes.CreateAsync(Plugins.Python(Forger), cancellationToken: Stop);
        var result = await ForgeAsync(sandbox, "run", "{\"jsonrpc\":\"2.0\",\"id\":LAST,\"result\":\"forged\"}\n");
        Assert.Equal("\"forged\"", Encoding.UTF8.GetString(result.Value.Span));
    }

    [Fact]
    public async Task T40_TwoAnswersToOneRequest_DoNotReachTheNextCall()
    {
        await using var sandbox = await processes.CreateAsync(Plugins.Python(Forger), cancellationToken: Stop);
        var first = await ForgeAsync(sandbox, "then", "{\"jsonrpc\":\"2.0\",\"id\":LAST,\"result\":\"forged\"}\n");
        Assert.Equal("\"forged\"", Encoding.UTF8.GetString(first.Value.Span));

        // The second answer may come before the process is looked at again, or after: never is it the next call's.
        var next = await sandbox.CallAsync(Plugins.Call(function: "ok"), RefusingHostChannel.Instance, Stop);
        Assert.Contains(next.Error?.Code ?? Encoding.UTF8.GetString(next.Value.Span), (string[])["\"ok\"", ErrorCodes.ProtocolError]);
        Assert.Equal("\"ok\"", await ProcessFixture.Value(sandbox, function: "ok"));
    }

    [Fact]
    public async Task T40_LineWithoutEnd_EndsTheProcessBeforeItFillsTheHost()
    {
        const string Code = "\ndef flood():\n    while True: os.write(out, b'x' * 65536)\n";
        await using var sandbox = await processes.CreateAsync(Plugins.Python(Forger + Code), cancellationToken: Stop);
        long before = GC.GetTotalAllocatedBytes();
        var result = await sandbox.CallAsync(Plugins.Call(function: "flood"), RefusingHostChannel.Instance, Stop);
        Assert.Equal(ErrorCodes.ProtocolError, result.Error?.Code);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 256L << 20);
    }

    [Fact]
    public async Task T40_SlowHandshake_IsEndedByTheTimeForLoading()
    {
        var spec = Plugins.Python("import time\ntime.sleep(3600)\ndef run(): pass");
        var e = await Assert.ThrowsAsync<SandboxLoadException>(async () => await processes.CreateAsync(spec with { Limits = spec.Limits with { InitTimeout = TimeSpan.FromMilliseconds(500) } }, cancellationToken: Stop));
        Assert.Equal(ErrorCodes.TimeLimit, e.Error.Code);
    }

    [Fact]
    public async Task T40_Control_SleepBelowTheTimeForLoading_Loads()
    {
        await using var sandbox = await processes.CreateAsync(Plugins.Python("import time\ntime.sleep(0.1)\ndef run(): return 1"), cancellationToken: Stop);
        Assert.Equal("1", await ProcessFixture.Value(sandbox));
    }

    [Theory]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"host.call\",\"params\":{\"function\":\"kv.get\",\"arguments\":{},\"plugin\":\"other\"}}\n")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"host.call\",\"params\":{\"function\":\"kv.get\",\"arguments\":{},\"call\":1}}\n")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":7,\"caller\":\"other\",\"method\":\"host.call\",\"params\":{\"function\":\"kv.get\",\"arguments\":{}}}\n")]
    public async Task T41_HostCallThatNamesItsCaller_IsNoHostCall(string frame)
    {
        var asked = 0;
        var channel = new ChannelOf((_, _, _) => { asked++; return Task.FromResult(ChannelOf.Json("1")); });
        await using var sandbox = await processes.CreateAsync(Plugins.Python(Forger), cancellationToken: Stop);
        Assert.Equal(ErrorCodes.ProtocolError, (await ForgeAsync(sandbox, "run", frame, channel)).Error?.Code);
        Assert.Equal(0, asked);
    }

    [Fact]
    public async Task T41_Control_TheSameWithoutACaller_IsTheCallsOwn()
    {
        var asked = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var channel = new ChannelOf((function, arguments, _) => { asked.TrySetResult(function + arguments); return Task.FromResult(ChannelOf.Json("1")); });
        await using var sandbox = await processes.CreateAsync(Plugins.Python(Forger), cancellationToken: Stop);

        // Under way until it is looked at: what a call asks for as it ends may come too late to be asked.
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var call = ForgeAsync(sandbox, "run", "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"host.call\",\"params\":{\"function\":\"kv.get\",\"arguments\":{\"plugin\":\"other\"}}}\n", channel, over.Token);

        // What stands in the arguments is the function's to refuse; it names nobody.
        Assert.Equal("kv.get{\"plugin\":\"other\"}", await asked.Task.WaitAsync(Stop));
        await over.CancelAsync();
        await call;
    }

    [Fact]
    public async Task T41_TwoCallsAtOnce_EachReachesItsOwnChannel()
    {
        await using var sandbox = await processes.CreateAsync(Plugins.Python("from paddock import host\ndef run(n): return [host.kv.get('who') for _ in range(20)] + [n]"), cancellationToken: Stop);
        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(async n =>
        {
            var channel = new ChannelOf(async (_, _, _) => { await Task.Yield(); return ChannelOf.Json($"{n}"); });
            return (n, await ProcessFixture.Value(sandbox, $$"""{"n":{{n}}}""", channel: channel));
        }));
        foreach (var (n, value) in results) Assert.Equal($"[{string.Join(',', Enumerable.Repeat(n, 21))}]", value);
    }

    [Fact]
    public async Task T43_ControlCharacters_AreReplaced()
    {
        var result = await processes.Run(Plugins.Python("import os\ndef run():\n    print('a\\x1b[2Jb\\rc\\u202ed')\n    os.write(2, b'e\\x1b[0mf\\n')"));
        Assert.Null(result.Error);
        Assert.Contains("a\uFFFD[2Jb\uFFFDc\uFFFDd", result.Logs.Select(l => l.Message));
        Assert.All(result.Logs, l => Assert.DoesNotContain(l.Message, c => char.IsControl(c)));
    }

    [Fact]
    public async Task T43_Control_CleanText_IsUntouched()
    {
        var result = await processes.Run(Plugins.Python("def run(): print('a ä 😀\\tb')"));
        Assert.Equal("a ä 😀\tb", Assert.Single(result.Logs).Message);
    }

    [Theory]
    [InlineData("def run():\n    while True: print('flood')")]
    [InlineData("import os\ndef run():\n    while True: os.write(2, b'flood\\n')")]
    [InlineData("import os\ndef run():\n    while True: os.write(1, b'flood without an end')")]
    [InlineData("def run(): print('x' * 300000)")]
    public async Task T43_LogFlood_EndsTheCallWithinItsLimits(string code)
    {
        await using var neighbour = await processes.CreateAsync(Plugins.Python("def run(): return 'here'"), cancellationToken: Stop);
        var result = await processes.Run(Plugins.Python(code));
        Assert.Equal((CallStatus.LimitExceeded, ErrorCodes.LogLimit), (result.Status, result.Error?.Code));
        Assert.InRange(result.Logs.Count, 0, new Limits().LogEntries);
        Assert.InRange(result.Logs.Sum(l => Encoding.UTF8.GetByteCount(l.Message)), 0, new Limits().LogBytes);
        Assert.Equal("\"here\"", await ProcessFixture.Value(neighbour));
    }

    [Fact]
    public async Task T43_Control_AsMuchAsIsAllowed_IsLogged()
    {
        var result = await processes.Run(Plugins.Python("def run():\n    for i in range(1000): print(i)"));
        Assert.Null(result.Error);
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"{i}"), result.Logs.Select(l => l.Message));
    }

    [Theory]
    [InlineData(100_000, null)]
    [InlineData(2_000_000, ErrorCodes.ResultLimit)]
    public async Task T47_ResultLargerThanItsLimit_IsRefusedByWhatArrived(int length, string? code)
    {
        // There is no length on the wire that could be one thing when it is checked and another when it is copied.
        var result = await processes.Run(Plugins.Python($"def run(): return '1' * {length}"));
        Assert.Equal(code, result.Error?.Code);
    }

    [Fact]
    public async Task T47_ResultThatIsRewrittenAfterItWasSent_StaysWhatItWas()
    {
        await using var sandbox = await processes.CreateAsync(Plugins.Python("def run(v): return v * 1000"), cancellationToken: Stop);
        var first = await sandbox.CallAsync(Plugins.Call("""{"v":"a"}"""), RefusingHostChannel.Instance, Stop);
        string before = Encoding.UTF8.GetString(first.Value.Span);
        await sandbox.CallAsync(Plugins.Call("""{"v":"b"}"""), RefusingHostChannel.Instance, Stop);
        Assert.Equal(before, Encoding.UTF8.GetString(first.Value.Span));
    }

    private static async Task<CallResult> ForgeAsync(ISandbox sandbox, string function, string frame, IHostChannel? channel = null, CancellationToken? cancellationToken = null)
    {
        string input = $$"""{"text":{{JsonText(frame)}}}""";
        return await sandbox.CallAsync(Plugins.Call(input, function), channel ?? RefusingHostChannel.Instance, cancellationToken ?? Stop);
    }

    // With escapes only: half surrogates stand for single bytes, and no writer of JSON lets them through.
    private static string JsonText(string text) => $"\"{string.Concat(text.Select(c => $"\\u{(int)c:x4}"))}\"";
}
