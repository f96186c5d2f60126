using System.Text;
using System.Text.Json;

namespace Paddock.Sandbox.Process.Tests.Guests;

public sealed class PythonTests(ProcessFixture processes)
{
    private const string Echo = "def run(**kwargs): return kwargs";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"a":"ä\n\u2028😀","b":[1.5,true,null]}""")]
    [InlineData("{\n  \"a\": [\r\n 1 ]\n}")]
    [InlineData("{}")]
    public async Task Call_AnyInput_ComesBack(string input)
    {
        using var given = JsonDocument.Parse(input);
        using var answered = JsonDocument.Parse(await processes.Value(Plugins.Python(Echo), input));
        Assert.True(JsonElement.DeepEquals(given.RootElement, answered.RootElement));
    }

    [Fact]
    public async Task Call_LargeInputAndResult_ComesBack()
    {
        string input = $$"""{"a":"{{new string('x', 900_000)}}"}""";
        Assert.Equal(input, await processes.Value(Plugins.Python(Echo), input));
    }

    [Theory]
    [InlineData("def run(a, b=2): return [a, b]", """{"a":1,"_user_id":7}""", "[1,2]")]
    [InlineData("def run(a, _user_id): return [a, _user_id]", """{"a":1,"_user_id":7}""", "[1,7]")]
    [InlineData("def run(x): return x", "[1]", "[1]")]
    [InlineData("async def run(**kw): return kw", """{"a":1}""", """{"a":1}""")]
    [InlineData("import asyncio\nasync def run():\n    await asyncio.sleep(0.01)\n    return 'slept'", "null", "\"slept\"")]
    [InlineData("import paddock\ndef run(**kw): return [paddock.config, paddock.context]", "{}", """[{"k":1},{"user":"u"}]""")]
    [InlineData("from other import there\ndef run(): return there", "null", "\"here\"")]
    [InlineData("def run(): return '\\ud800'", "null", "\"\\ud800\"")]
    public async Task Call_Forms_Answer(string code, string input, string value)
    {
        await using var sandbox = await processes.CreateAsync(Plugins.Python(code, ("other.py", "there = 'here'")), cancellationToken: Stop);
        var call = Plugins.Call(input) with { Config = """{"k":1}"""u8.ToArray(), Context = """{"user":"u"}"""u8.ToArray() };
        var result = await sandbox.CallAsync(call, RefusingHostChannel.Instance, Stop);
        Assert.Equal(value, result.Error?.Message ?? Encoding.UTF8.GetString(result.Value.Span));
    }

    // Its event loop is closed when the call ends, and the task that waited gone.
    [Fact]
    public async Task Call_HostCallLeftUnawaited_ProcessServesTheNext()
    {
        const string Code = "import asyncio\nfrom paddock import host\ncount = 0\nasync def run():\n    global count\n    count += 1\n    asyncio.create_task(host.aio.call('kv.get', {'key': 'k'}))\n    await asyncio.sleep(0)\n    return count";
        await using var sandbox = await processes.CreateAsync(Plugins.Python(Code) with { Stateful = true }, cancellationToken: Stop);
        var never = new Never();
        for (var call = 1; call <= 3; call++)
        {
            var result = await sandbox.CallAsync(Plugins.Call(), never, Stop);
            Assert.Equal($"{call}", result.Error?.Message ?? Encoding.UTF8.GetString(result.Value.Span));
        }
    }

    [Theory]
    [InlineData("from os import system\ndef run(): pass", "system")]
    [InlineData("def _hidden(): pass\ndef run(): pass", "_hidden")]
    [InlineData("__all__ = ['run']\ndef other(): pass\ndef run(): pass", "other")]
    [InlineData("def other(): pass", null)]
    public async Task Call_WhatIsNotThePluginsOwnFunction_IsNotFound(string code, string? function) =>
        Assert.Equal(ErrorCodes.EntryPointNotFound, (await processes.Run(Plugins.Python(code), "null", function)).Error?.Code);

    [Theory]
    [InlineData("def run(:", ErrorCodes.CompileError)]
    [InlineData("import nothing_of_this_name\ndef run(): pass", ErrorCodes.GuestError)]
    [InlineData("x = 1", ErrorCodes.EntryPointNotFound)]
    [InlineData("import os\nos._exit(3)\ndef run(): pass", ErrorCodes.ProcessEnded)]
    [InlineData("while True: pass\ndef run(): pass", ErrorCodes.TimeLimit)]
    public async Task Create_CodeThatDoesNotLoad_SaysWhy(string code, string expected)
    {
        var spec = Plugins.Python(code);
        var e = await Assert.ThrowsAsync<SandboxLoadException>(async () => await processes.CreateAsync(spec with { Limits = spec.Limits with { InitTimeout = TimeSpan.FromSeconds(3) } }, cancellationToken: Stop));
        Assert.Equal(expected, e.Error.Code);
    }

    [Fact]
    public async Task Call_Failure_TellsOfTheGuestsOwnFramesOnly()
    {
        var error = (await processes.Run(Plugins.Python("def inner(v):\n    return v.x\ndef run():\n    return inner(None)\n"))).Error!;
        Assert.Equal((ErrorCodes.GuestError, "AttributeError", 2, 12), (error.Code, error.Name, error.Line, error.Column));
        Assert.Equal("  File \"plugin.py\", line 4, in run\n  File \"plugin.py\", line 2, in inner", error.Stack);
        error = (await processes.Run(Plugins.Python("async def run():\n    raise KeyError('k')\n"))).Error!;
        Assert.Equal("  File \"plugin.py\", line 2, in run", error.Stack);
    }

    [Fact]
    public async Task HostCall_SyncThreadsAndAsync_Overlap()
    {
        const string Code = """
            import asyncio, threading
            from paddock import host
            def threads():
                got = [None] * 8
                def one(i): got[i] = host.kv.get(f'k{i}')
                all = [threading.Thread(target=one, args=(i,)) for i in range(8)]
                for t in all: t.start()
                for t in all: t.join()
                return got
            async def run():
                first = host.kv.get('k0')
                rest = await asyncio.gather(*(host.aio.kv.get(f'k{i}') for i in range(1, 8)))
                return [first, *rest]
            """;
        var all = new TaskCompletionSource();
        var waiting = 0;
        // Answers nobody before seven have asked: they can only have asked at once.
        var channel = new ChannelOf(async (_, arguments, token) =>
        {
            if (!arguments.Contains("k0", StringComparison.Ordinal))
            {
                if (Interlocked.Increment(ref waiting) == 7) all.SetResult();
                await all.Task.WaitAsync(token);
            }

            return ChannelOf.Json(arguments);
        });
        string expected = $"[{string.Join(',', Enumerable.Range(0, 8).Select(i => $$"""{"key":"k{{i}}"}"""))}]";
        Assert.Equal(expected, await processes.Value(Plugins.Python(Code), channel: channel));
        (all, waiting) = (new TaskCompletionSource(), 0);
        Assert.Equal(expected, await processes.Value(Plugins.Python(Code), function: "threads", channel: channel));
    }

    [Fact]
    public async Task HostCall_Denied_EndsWithItsCodeUnlessCaught()
    {
        const string Code = "from paddock import host\ndef run(): return host.call('files.read', {'path': 'x'})";
        var denied = new ChannelOf((_, _, _) => Task.FromResult(HostReply.Fail(ErrorCodes.PermissionDenied, "no grant")));
        Assert.Equal(ErrorCodes.PermissionDenied, (await processes.Run(Plugins.Python(Code), channel: denied)).Error?.Code);
    }

    [Fact]
    public async Task HostCall_CodeThatThePluginMakesUp_IsAGuestError()
    {
        const string Code = "from paddock import HostError\ndef run(): raise HostError('PERMISSION_DENIED', 'made up')";
        Assert.Equal(ErrorCodes.GuestError, (await processes.Run(Plugins.Python(Code))).Error?.Code);
    }

    [Fact]
    public async Task Register_Function_IsWhatThePluginContributes()
    {
        await using var with = await processes.CreateAsync(Plugins.Python("def register(): return {'exports': ['run']}\n" + Echo), cancellationToken: Stop);
        Assert.Equal("""{"exports":["run"]}""", Encoding.UTF8.GetString((await with.RegisterAsync(Stop))!.Value.Span));
        await using var without = await processes.CreateAsync(Plugins.Python(Echo), cancellationToken: Stop);
        Assert.Null(await without.RegisterAsync(Stop));
    }

    [Fact]
    public async Task Prints_AllWays_AreLogsInOrder()
    {
        const string Code = """
            import os, sys, subprocess
            def run():
                print('one'); sys.stdout.write('two\n'); print('three', file=sys.stderr); sys.stdout.buffer.write(b'four\n'); sys.stdout.flush(); print('five', end='')
            def raw():
                os.write(1, b'to the descriptor\n'); subprocess.run(['/bin/echo', 'of a child'])
            """;
        var result = await processes.Run(Plugins.Python(Code));
        Assert.Equal(["one", "two", "three", "four", "five"], result.Logs.Select(l => l.Message));
        Assert.Equal(LogSeverity.Warn, result.Logs[2].Severity);
        var raw = await processes.Run(Plugins.Python(Code), function: "raw");
        Assert.Null(raw.Error);
        Assert.All(raw.Logs, l => Assert.Contains(l.Message, (string[])["to the descriptor", "of a child"]));
    }

    [Fact]
    public async Task Script_PrintOk_RunsVerbatim()
    {
        var spec = Plugins.Python("print('ok')\n") with { Dialect = "ai-swa" };
        await using var sandbox = await processes.CreateAsync(spec, cancellationToken: Stop);
        for (var i = 0; i < 3; i++)
        {
            using var report = JsonDocument.Parse(await ProcessFixture.Value(sandbox));
            Assert.Equal("ok\n", report.RootElement.GetProperty("stdout").GetString());
            Assert.Equal("", report.RootElement.GetProperty("stderr").GetString());
            Assert.Equal(0, report.RootElement.GetProperty("exitCode").GetInt32());
        }
    }

    [Fact]
    public async Task Script_InputChildrenAndFailure_AreInItsReport()
    {
        const string Code = """
            import base64, json, os, subprocess, sys
            assert json.load(sys.stdin) == json.loads(base64.b64decode(os.environ['PLUGIN_ARGS_B64'])) == {'a': 1}
            print('mine', flush=True)
            subprocess.run(['/bin/echo', 'of a child'])
            raise ValueError('at the end')
            """;
        using var report = JsonDocument.Parse(await processes.Value(Plugins.Python(Code), """{"a":1}"""));
        Assert.Equal("mine\nof a child\n", report.RootElement.GetProperty("stdout").GetString());
        Assert.Contains("ValueError: at the end", report.RootElement.GetProperty("stderr").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, report.RootElement.GetProperty("exitCode").GetInt32());
    }

    private sealed class Never : IHostChannel
    {
        public async ValueTask<HostReply> InvokeAsync(string function, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return default;
        }
    }
}
