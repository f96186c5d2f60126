using System.Text;

namespace Paddock.Sandbox.Process.Tests.Guests;

public sealed class NodeTests(ProcessFixture processes)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("module.exports = (c) => c.input", null)]
    [InlineData("module.exports = async (c) => c.input", null)]
    [InlineData("exports.default = (c) => c.input", null)]
    [InlineData("exports.other = (c) => c.input", "other")]
    [InlineData("export default async function (c) { return c.input }", null)]
    [InlineData("export const other = (c) => c.input;", "other")]
    [InlineData("import { echo } from './lib.mjs'; export default echo;", null)]
    [InlineData("const late = await import('./lib.mjs'); export default late.echo;", null)]
    public async Task Call_EveryForm_FindsItsFunction(string code, string? function) =>
        Assert.Equal("""{"a":"ä\n😀"}""", await processes.Value(Plugins.Node(code, ("lib.mjs", "export const echo = (c) => c.input;")), """{"a":"ä\n😀"}""", function));

    [Fact]
    public async Task Call_EntryPoint_ComesBeforeDefault()
    {
        var spec = Plugins.Node("exports.default = () => 'default'; exports.main = () => 'main'") with { EntryPoint = "main" };
        Assert.Equal("\"main\"", await processes.Value(spec));
    }

    [Theory]
    [InlineData("const = 1", ErrorCodes.CompileError)]
    [InlineData("throw new Error('at the top')", ErrorCodes.GuestError)]
    [InlineData("exports.x = 1", ErrorCodes.EntryPointNotFound)]
    [InlineData("process.exit(3)", ErrorCodes.ProcessEnded)]
    [InlineData("for (;;) {}", ErrorCodes.TimeLimit)]
    public async Task Create_CodeThatDoesNotLoad_SaysWhy(string code, string expected)
    {
        var spec = Plugins.Node(code);
        var e = await Assert.ThrowsAsync<SandboxLoadException>(async () => await processes.CreateAsync(spec with { Limits = spec.Limits with { InitTimeout = TimeSpan.FromSeconds(3) } }, cancellationToken: Stop));
        Assert.Equal(expected, e.Error.Code);
    }

    [Fact]
    public async Task Call_Failure_TellsOfTheGuestsOwnFramesOnly()
    {
        var error = (await processes.Run(Plugins.Node("const inner = (v) => v.x;\nmodule.exports = () =>\n  inner(null);\n"))).Error!;
        Assert.Equal((ErrorCodes.GuestError, "TypeError", 1, 24), (error.Code, error.Name, error.Line, error.Column));
        Assert.DoesNotContain("eval", error.Stack, StringComparison.Ordinal);
        Assert.DoesNotContain("/plugin", error.Stack, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostCalls_ThatOverlap_AreAllAnswered()
    {
        const string Code = "module.exports = (c) => Promise.all([1, 2, 3].map((i) => c.host.kv.get('k' + i)).concat(c.host.http.request('https://x.test'), c.gitu.shell.execute('ls', ['-l']), c.host.call('kv.get', { key: 'g' })))";
        var all = new TaskCompletionSource();
        var waiting = 0;
        var channel = new ChannelOf(async (function, arguments, token) =>
        {
            if (Interlocked.Increment(ref waiting) == 6) all.SetResult();
            await all.Task.WaitAsync(token);
            return ChannelOf.Json($$"""["{{function}}",{{arguments}}]""");
        });
        Assert.Equal(
            """[["kv.get",{"key":"k1"}],["kv.get",{"key":"k2"}],["kv.get",{"key":"k3"}],["http.request",{"method":"GET","url":"https://x.test"}],["shell.execute",{"command":"ls","args":["-l"]}],["kv.get",{"key":"g"}]]""",
            await processes.Value(Plugins.Node(Code), channel: channel));
    }

    [Fact]
    public async Task HostCall_Denied_EndsWithItsCodeUnlessCaught()
    {
        var denied = new ChannelOf((_, _, _) => Task.FromResult(HostReply.Fail(ErrorCodes.PermissionDenied, "no grant")));
        Assert.Equal(ErrorCodes.PermissionDenied, (await processes.Run(Plugins.Node("module.exports = (c) => c.host.files.read('x')"), channel: denied)).Error?.Code);
        Assert.Equal("\"PERMISSION_DENIED\"", await processes.Value(Plugins.Node("module.exports = (c) => c.host.files.read('x').catch((e) => e.code)"), channel: denied));
    }

    [Fact]
    public async Task HostCall_OfACallThatIsOver_IsRefused()
    {
        const string Code = """
            let kept;
            module.exports = (c) => { kept = c.host; return 1 };
            module.exports.later = () => kept.kv.get('k').catch((e) => e.code);
            """;
        var asked = 0;
        var channel = new ChannelOf((_, _, _) => { asked++; return Task.FromResult(ChannelOf.Json("1")); });
        await using var sandbox = await processes.CreateAsync(Plugins.Node(Code), cancellationToken: Stop);
        await ProcessFixture.Value(sandbox, channel: channel);
        Assert.Equal("\"HOST_CALL_REFUSED\"", await ProcessFixture.Value(sandbox, function: "later", channel: channel));
        Assert.Equal(0, asked);
    }

    [Fact]
    public async Task Console_AllWays_AreLogsInOrder()
    {
        const string Code = "module.exports = () => { console.log('one', { a: 1 }); console.error('two'); process.stdout.write('three\\n'); process.stderr.write('four'); require('fs').writeSync(1, 'raw\\n'); console.debug('five') }";
        var result = await processes.Run(Plugins.Node(Code));
        Assert.Null(result.Error);
        Assert.Equal(["one { a: 1 }", "two", "three", "five", "four"], result.Logs.Where(l => l.Message != "raw").Select(l => l.Message));
        Assert.Equal(LogSeverity.Error, result.Logs.Single(l => l.Message == "two").Severity);
    }

    [Fact]
    public async Task Register_Function_IsWhatThePluginContributes()
    {
        await using var with = await processes.CreateAsync(Plugins.Node("exports.register = () => ({ exports: ['run'] }); exports.run = () => 1"), cancellationToken: Stop);
        Assert.Equal("""{"exports":["run"]}""", Encoding.UTF8.GetString((await with.RegisterAsync(Stop))!.Value.Span));
        await using var without = await processes.CreateAsync(Plugins.Node("exports.run = () => 1"), cancellationToken: Stop);
        Assert.Null(await without.RegisterAsync(Stop));
    }

    [Fact]
    public async Task Call_FaultOutsideOfIt_EndsTheCallAndTheProcess()
    {
        await using var sandbox = await processes.CreateAsync(Plugins.Node("exports.run = () => new Promise(() => setTimeout(() => { throw new Error('late') }, 1)); exports.ok = () => 1"), cancellationToken: Stop);
        var result = await sandbox.CallAsync(Plugins.Call(function: "run"), RefusingHostChannel.Instance, Stop);
        Assert.Equal((ErrorCodes.GuestError, "late"), (result.Error?.Code, result.Error?.Message));
        Assert.Equal("1", await ProcessFixture.Value(sandbox, function: "ok"));
    }
}
