using System.Text.Json;

namespace Paddock.HostApi.Tests.Shell;

public sealed class ShellTests : IDisposable
{
    private readonly ShellFixture _f = new();

    [Fact]
    public async Task Execute_GrantedCommand_AnswersWhatItDid()
    {
        var run = await _f.Granted("echo").Run("echo", "a b", "$HOME;`id`", "ä");
        Assert.Equal("a b $HOME;`id` ä\n", run.GetProperty("stdout").GetString());
        Assert.Equal((true, "execute", 0), (run.GetProperty("success").GetBoolean(), run.GetProperty("mode").GetString(), run.GetProperty("exitCode").GetInt32()));
        Assert.Equal(("echo", "exe", JsonValueKind.Null), (run.GetProperty("command").GetString(), run.GetProperty("auditLogId").GetString(), run.GetProperty("error").ValueKind));
    }

    [Fact]
    public async Task Execute_CommandFails_AnswersItsCodeAndItsError()
    {
        var run = await _f.Granted("ls").Run("ls", "/no-such-directory");
        Assert.Equal((false, 2), (run.GetProperty("success").GetBoolean(), run.GetProperty("exitCode").GetInt32()));
        Assert.Contains("no-such-directory", run.GetProperty("stderr").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.String, run.GetProperty("error").ValueKind);
    }

    [Fact]
    public async Task Execute_ProgramThatIsNotThere_IsUnavailable() =>
        Assert.Equal(ErrorCodes.SandboxUnavailable, await _f.Granted("no-such-program").Door.Code("shell.execute", new { command = "no-such-program" }));

    [Fact]
    public async Task Execute_TakesTooLong_IsKilled()
    {
        _f.Granted("sleep");
        var run = await _f.Door.Value("shell.execute", new { command = "sleep", args = new[] { "1000" }, timeoutMs = 300 });
        Assert.Equal((true, false, JsonValueKind.Null), (run.GetProperty("timedOut").GetBoolean(), run.GetProperty("success").GetBoolean(), run.GetProperty("exitCode").ValueKind));
        Assert.True(Assert.Single(_f.Started).Exited.IsCompleted);
    }

    [Fact]
    public async Task Execute_CallIsOver_EndsTheCommand()
    {
        _f.Granted("sleep");
        using var stop = new CancellationTokenSource();
        var call = _f.Door.Door.Open(Effects.EffectDoor.Scope()).InvokeAsync("shell.execute", JsonSerializer.SerializeToUtf8Bytes(new { command = "sleep", args = new[] { "1000" } }), stop.Token);
        await _f.FirstStart.Task;
        await stop.CancelAsync();
        Assert.Equal(ErrorCodes.Cancelled, (await call).Error?.Code);
        Assert.True(_f.Started[0].Exited.IsCompleted);
    }

    [Fact]
    public async Task Execute_WritesMuch_IsCutAndSaysSo()
    {
        var run = await _f.Granted("head").Run("head", "-c", "3000000", "/dev/zero");
        Assert.Equal((10_000, true, false), (run.GetProperty("stdout").GetString()!.Length, run.GetProperty("stdoutTruncated").GetBoolean(), run.GetProperty("stderrTruncated").GetBoolean()));
        Assert.Equal(0, run.GetProperty("exitCode").GetInt32());
    }

    [Fact]
    public async Task Execute_InGrantedDirectory_WritesOnlyWhereThatIsGranted()
    {
        var readOnly = _f.NewDirectory("read");
        File.WriteAllText(Path.Combine(readOnly, "there.txt"), "there");
        _f.Granted("touch", "pwd", "cat").Door.Grant(PermissionType.Files, Access.Read | Access.Write, _f.Root).Grant(PermissionType.Files, Access.Read, readOnly);
        Assert.Equal(_f.Root + "\n", (await In(_f.Root, "pwd")).GetProperty("stdout").GetString());
        Assert.True((await In(_f.Root, "touch", "made.txt")).GetProperty("success").GetBoolean());
        Assert.True(File.Exists(Path.Combine(_f.Root, "made.txt")));
        Assert.Equal("there", (await In(readOnly, "cat", "there.txt")).GetProperty("stdout").GetString());
        Assert.False((await In(readOnly, "touch", "made.txt")).GetProperty("success").GetBoolean());
        Assert.False(File.Exists(Path.Combine(readOnly, "made.txt")));
    }

    [Fact]
    public async Task Execute_DirectoryWithoutGrant_IsDenied()
    {
        var other = _f.NewDirectory("work2");
        _f.Granted("pwd").Door.Grant(PermissionType.Files, Access.Read, _f.Root);
        foreach (var cwd in new[] { other, "/", "/etc", _f.Base })
            Assert.Equal(ErrorCodes.PermissionDenied, await _f.Door.Code("shell.execute", new { command = "pwd", cwd }));
        Assert.Equal(ErrorCodes.InvalidArgument, await _f.Door.Code("shell.execute", new { command = "pwd", cwd = _f.Root + "/../work2" }));
        Assert.Empty(_f.Started);
    }

    [Fact]
    public async Task DryRun_ChecksAndStartsNothing()
    {
        _f.Granted("touch").Door.Grant(PermissionType.Files, Access.Write | Access.Read, _f.Root);
        var run = await _f.Door.Value("shell.execute", new { command = "touch", args = new[] { "made.txt" }, dryRun = true });
        Assert.Equal(("dry-run", _f.Root, true), (run.GetProperty("mode").GetString(), run.GetProperty("cwd").GetString(), run.GetProperty("success").GetBoolean()));
        Assert.Empty(_f.Started);
        Assert.Equal(ErrorCodes.PermissionDenied, await _f.Door.Code("shell.execute", new { command = "rm", dryRun = true }));
    }

    [Theory]
    [InlineData("""{"command":"echo","args":"a"}""")]
    [InlineData("""{"command":"echo","args":[1]}""")]
    [InlineData("""{"command":"echo","args":["a\u0000b"]}""")]
    [InlineData("""{"command":"echo","timeoutMs":0}""")]
    [InlineData("""{"command":"echo","timeoutMs":600001}""")]
    [InlineData("""{"command":"echo","env":{"LD_PRELOAD":"/tmp/x.so"}}""")]
    [InlineData("""{"command":"echo","cwd":7}""")]
    public async Task Execute_ArgumentsThatAreNone_AreRefused(string json)
    {
        _f.Granted("echo");
        Assert.Equal(ErrorCodes.InvalidArgument, (await _f.Door.CallRaw(Effects.EffectDoor.Scope(), "shell.execute", json)).Error?.Code);
        Assert.Empty(_f.Started);
    }

    public void Dispose() => _f.Dispose();

    private Task<JsonElement> In(string cwd, string command, params string[] args) => _f.Door.Value("shell.execute", new { command, args, cwd });
}
