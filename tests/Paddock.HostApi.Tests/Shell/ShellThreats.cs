using System.Diagnostics;

namespace Paddock.HostApi.Tests.Shell;

/// <summary>Row 58: injection by arguments, by the environment, and past the allowlist.</summary>
public sealed class ShellThreats : IDisposable
{
    private const string Payload = "x; touch injected; $(touch injected) `touch injected`";
    private readonly ShellFixture _f = new();

    [Fact]
    public async Task T58_ArgumentsForAShell_AreText()
    {
        _f.Granted("echo").Door.Grant(PermissionType.Files, Access.Read | Access.Write, _f.Root);
        Assert.Equal(Payload + "\n", (await _f.Run("echo", Payload)).GetProperty("stdout").GetString());
        Assert.Empty(Directory.GetFiles(_f.Root));
        Assert.Contains(_f.Door.Audit, r => r is { Action: "shell.execute", Target: "echo", Allowed: true });
        Assert.DoesNotContain("injected", _f.Door.AuditText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task T58_Control_TheSameArgumentsReadByAShell_Act()
    {
        _f.Granted("sh").Door.Grant(PermissionType.Files, Access.Read | Access.Write, _f.Root);
        await _f.Run("sh", "-c", "echo " + Payload);
        Assert.Equal("injected", Path.GetFileName(Assert.Single(Directory.GetFiles(_f.Root))));
    }

    [Theory]
    [InlineData("shred")]
    [InlineData("SH")]
    [InlineData("s")]
    [InlineData("ѕh")]
    public async Task T58_NameLikeAnAllowedOne_IsDenied(string command)
    {
        _f.Granted("sh");
        Assert.Equal(ErrorCodes.PermissionDenied, await _f.Door.Code("shell.execute", new { command }));
        Assert.Empty(_f.Started);
        Assert.Contains(_f.Door.Audit, r => r is { Action: "shell.execute", Allowed: false });
    }

    [Theory]
    [InlineData("/bin/sh")]
    [InlineData("./sh")]
    [InlineData("../bin/sh")]
    [InlineData("sh -c id")]
    [InlineData("sh\n")]
    [InlineData("-c")]
    [InlineData("*")]
    [InlineData("")]
    public async Task T58_NameThatIsMoreThanAName_IsRefused(string command)
    {
        _f.Granted("sh", "*", command);
        Assert.Equal(ErrorCodes.InvalidArgument, await _f.Door.Code("shell.execute", new { command }));
        Assert.Empty(_f.Started);
    }

    [Fact]
    public async Task T58_Command_SeesNoVariableAndNoFileOfTheHost()
    {
        Environment.SetEnvironmentVariable("PADDOCK_CANARY", "canary-variable");
        try
        {
            _f.Granted("env", "ls");
            Assert.Equal(["HOME=/tmp", "LANG=C.UTF-8", "PATH=/usr/bin:/bin"], (await _f.Run("env")).GetProperty("stdout").GetString()!.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(v => !v.StartsWith("PWD=", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
            Assert.False((await _f.Run("ls", _f.Root)).GetProperty("success").GetBoolean());
            using var control = Process.Start(new ProcessStartInfo("env") { RedirectStandardOutput = true })!;
            Assert.Contains("canary-variable", await control.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("PADDOCK_CANARY", null);
        }
    }

    public void Dispose() => _f.Dispose();
}
