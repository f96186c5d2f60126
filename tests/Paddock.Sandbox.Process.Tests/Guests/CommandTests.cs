using System.Text;
using System.Text.Json;

namespace Paddock.Sandbox.Process.Tests.Guests;

public sealed class CommandTests(ProcessFixture processes)
{
    private const string Runner = """
        #!/usr/bin/python3
        import json, sys
        given = dict(zip(sys.argv[2::2], sys.argv[3::2]))
        config = json.load(open(given['--config-file']))
        print('on its way', file=sys.stderr)
        if sys.argv[1] == 'list-tools':
            print(json.dumps({'tools': [{'Name': 'greet', 'Description': 'Greets.', 'Schema': {'type': 'object'}}]}))
        elif sys.argv[1] == 'exec-tool' and given['--tool'] == 'greet':
            print(json.dumps({'result': {'Content': config.get('word', 'hello') + ' ' + json.load(open(given['--params-file']))['name'], 'IsError': False}}))
        else:
            print(json.dumps({'error': 'unknown tool ' + given['--tool']}))
            sys.exit(1)
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Call_Native_GivesInputEveryWayAndTakesJson()
    {
        const string Script = """
            #!/bin/sh
            read -r line
            echo "to the log" >&2
            echo "{\"stdin\":$line,\"env\":$(echo "$PLUGIN_ARGS_B64" | base64 -d),\"function\":\"$1\",\"config\":$PADDOCK_CONFIG}"
            """;
        await using var sandbox = await processes.CreateAsync(Plugins.Command(Script), cancellationToken: Stop);
        var result = await sandbox.CallAsync(Plugins.Call("""{"a":1}""", "it's; $(x)") with { Config = "[2]"u8.ToArray() }, RefusingHostChannel.Instance, Stop);
        Assert.Equal("""{"stdin":{"a":1},"env":{"a":1},"function":"it's; $(x)","config":[2]}""", result.Error?.Message ?? Encoding.UTF8.GetString(result.Value.Span));
        Assert.Equal("to the log", Assert.Single(result.Logs).Message);
    }

    [Fact]
    public async Task Call_OtherDialects_AnswerWithAReport()
    {
        var spec = Plugins.Command("#!/bin/sh\necho out\necho err >&2\nexit 3\n", "gitu-container");
        using var report = JsonDocument.Parse(await processes.Value(spec));
        Assert.Equal(("out\n", "err\n", 3), (report.RootElement.GetProperty("stdout").GetString(), report.RootElement.GetProperty("stderr").GetString(), report.RootElement.GetProperty("exitCode").GetInt32()));
        Assert.True(report.RootElement.GetProperty("durationMs").GetInt64() >= 0);
    }

    [Fact]
    public async Task Create_FileThatIsNoProgram_IsRefused()
    {
        var e = await Assert.ThrowsAsync<SandboxLoadException>(async () => await processes.CreateAsync(Plugins.Command("echo hello"), cancellationToken: Stop));
        Assert.Equal(ErrorCodes.CompileError, e.Error.Code);
    }

    [Fact]
    public async Task Nexus_ListTools_IsTheRegistration()
    {
        await using var sandbox = await processes.CreateAsync(Plugins.Command(Runner, "nexus"), cancellationToken: Stop);
        Assert.Equal("""{"tools":[{"name":"greet","handler":"greet","description":"Greets.","input_schema":{"type":"object"}}]}""", Encoding.UTF8.GetString((await sandbox.RegisterAsync(Stop))!.Value.Span));
    }

    [Fact]
    public async Task Nexus_ExecTool_AnswersOrFails()
    {
        await using var sandbox = await processes.CreateAsync(Plugins.Command(Runner, "nexus"), cancellationToken: Stop);
        var done = await sandbox.CallAsync(Plugins.Call("""{"name":"you"}""", "greet") with { Config = """{"word":"good day"}"""u8.ToArray() }, RefusingHostChannel.Instance, Stop);
        Assert.Equal("""{"Content":"good day you","IsError":false}""", done.Error?.Message ?? Encoding.UTF8.GetString(done.Value.Span));
        var failed = await sandbox.CallAsync(Plugins.Call("{}", "other"), RefusingHostChannel.Instance, Stop);
        Assert.Equal((ErrorCodes.GuestError, "unknown tool other"), (failed.Error?.Code, failed.Error?.Message));
    }

    [Theory]
    [InlineData("#!/bin/sh\necho '{}'")]
    [InlineData("#!/bin/sh\necho none")]
    [InlineData("#!/bin/sh\necho '{\"tools\":[{\"name\":1}]}'")]
    public async Task Nexus_ListThatIsNone_DoesNotLoad(string script)
    {
        await using var sandbox = await processes.CreateAsync(Plugins.Command(script, "nexus"), cancellationToken: Stop);
        var e = await Assert.ThrowsAsync<SandboxLoadException>(async () => await sandbox.RegisterAsync(Stop));
        Assert.Equal(ErrorCodes.ResultInvalid, e.Error.Code);
    }
}
