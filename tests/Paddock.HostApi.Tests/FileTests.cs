using System.Diagnostics;

namespace Paddock.HostApi.Tests;

public sealed class FileTests : IDisposable
{
    private readonly DoorFixture _f = new();

    public void Dispose() => _f.Dispose();

    [Fact]
    public async Task Write_WithoutGrant_IsDeniedAndAuditedAndHasNoEffect()
    {
        var path = Path.Combine(_f.Root, "a.txt");
        var reply = await _f.Call("files.write", new { path, content = "x" });
        Assert.Equal(ErrorCodes.PermissionDenied, reply.Error?.Code);
        Assert.False(File.Exists(path));
        Assert.Equal([false], _f.Audit.Select(a => a.Allowed));
    }

    [Fact]
    public async Task WriteReadList_WithGrant_DoWhatTheySay()
    {
        _f.Grant(PermissionType.Files, Access.Read | Access.Write, _f.Root);
        var path = Path.Combine(_f.Root, "sub/dir/a.txt");
        Assert.Null((await _f.Call("files.write", new { path, content = "grüße" })).Error);
        Assert.Equal("grüße", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        Assert.Equal("\"grüße\"", DoorFixture.Text(await _f.Call("files.read", new { path = "sub/dir/a.txt" })));
        Assert.Contains("\"type\":\"directory\"", DoorFixture.Text(await _f.Call("files.list", new { path = _f.Root })), StringComparison.Ordinal);
        Assert.Equal(["a.txt"], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(path)!).Select(p => Path.GetFileName(p)!));
        Assert.All(_f.Audit, a => Assert.Equal("g0", a.GrantId));
    }

    [Fact]
    public async Task Read_GrantForWriteOnly_IsDenied()
    {
        _f.Grant(PermissionType.Files, Access.Write, _f.Root);
        Assert.Equal(ErrorCodes.PermissionDenied, (await _f.Call("files.read", new { path = Path.Combine(_f.Root, "a") })).Error?.Code);
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("sub/../../secret")]
    [InlineData("./../secret")]
    public async Task T57_DotDot_NeverLeavesTheRoot(string path)
    {
        await Secret();
        _f.Grant(PermissionType.Files, Access.Read | Access.Write, _f.Root);
        Assert.NotNull((await _f.Call("files.read", new { path })).Error);
        Assert.NotNull((await _f.Call("files.read", new { path = _f.Root + "/" + path })).Error);
    }

    [Fact]
    public async Task T57_RootThatIsAPrefixOfAnotherName_DoesNotCoverIt()
    {
        var sibling = Directory.CreateDirectory(_f.Root + "2").FullName;
        await File.WriteAllTextAsync(Path.Combine(sibling, "secret"), "canary", TestContext.Current.CancellationToken);
        _f.Grant(PermissionType.Files, Access.Read, _f.Root);
        Assert.Equal(ErrorCodes.PermissionDenied, (await _f.Call("files.read", new { path = sibling + "/secret" })).Error?.Code);
    }

    [Fact]
    public async Task T57_Symlinks_AreNotFollowed()
    {
        var secret = await Secret();
        File.CreateSymbolicLink(Path.Combine(_f.Root, "link"), secret);
        Directory.CreateSymbolicLink(Path.Combine(_f.Root, "up"), _f.Base);
        _f.Grant(PermissionType.Files, Access.Read | Access.Write, _f.Root);
        Assert.Equal(ErrorCodes.PermissionDenied, (await _f.Call("files.read", new { path = "link" })).Error?.Code);
        Assert.Equal(ErrorCodes.PermissionDenied, (await _f.Call("files.read", new { path = "up/secret" })).Error?.Code);
        Assert.NotNull((await _f.Call("files.write", new { path = "link", content = "x" })).Error);
        Assert.NotNull((await _f.Call("files.write", new { path = "up/new", content = "x" })).Error);
        Assert.Equal("canary", await File.ReadAllTextAsync(secret, TestContext.Current.CancellationToken));
        Assert.False(File.Exists(Path.Combine(_f.Base, "new")));
    }

    [Fact]
    public async Task T57_DirectorySwappedForALinkWhileReading_NeverYieldsTheCanary()
    {
        await Secret();
        var sub = Directory.CreateDirectory(Path.Combine(_f.Root, "sub")).FullName;
        await File.WriteAllTextAsync(Path.Combine(sub, "secret"), "harmless", TestContext.Current.CancellationToken);
        _f.Grant(PermissionType.Files, Access.Read, _f.Root);
        using var stop = new CancellationTokenSource();
        var swapper = new Thread(() => Swap(sub, stop.Token));
        swapper.Start();
        var controlReached = false;
        for (var i = 0; i < 20_000 && !(controlReached && i > 3_000); i++)
        {
            var reply = await _f.Call("files.read", new { path = "sub/secret" });
            Assert.DoesNotContain("canary", DoorFixture.Text(reply), StringComparison.Ordinal);

            // Control: the same path, opened by name as a program without the door would, does reach it.
            try
            {
                controlReached |= await File.ReadAllTextAsync(Path.Combine(sub, "secret"), TestContext.Current.CancellationToken) == "canary";
            }
            catch (IOException)
            {
            }
        }

        await stop.CancelAsync();
        swapper.Join();
        Assert.True(controlReached);
    }

    [Fact]
    public async Task T57_Fifo_DoesNotBlockAndIsRefused()
    {
        using (var mkfifo = Process.Start("mkfifo", Path.Combine(_f.Root, "fifo"))) await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);
        _f.Grant(PermissionType.Files, Access.Read | Access.Write, _f.Root);
        Assert.Equal(ErrorCodes.InvalidArgument, (await _f.Call("files.read", new { path = "fifo" })).Error?.Code);
        Assert.Equal(ErrorCodes.InvalidArgument, (await _f.Call("files.write", new { path = "fifo", content = "x" })).Error?.Code);
    }

    [Fact]
    public async Task T57_HardLink_IsNotWritten()
    {
        var secret = await Secret();
        using (var ln = Process.Start("ln", [secret, Path.Combine(_f.Root, "hard")])) await ln.WaitForExitAsync(TestContext.Current.CancellationToken);
        _f.Grant(PermissionType.Files, Access.Write, _f.Root);
        Assert.Equal(ErrorCodes.PermissionDenied, (await _f.Call("files.write", new { path = "hard", content = "x" })).Error?.Code);
        Assert.Equal("canary", await File.ReadAllTextAsync(secret, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"path\":1}")]
    [InlineData("{\"path\":\"a\",\"path\":\"b\"}")]
    [InlineData("{\"path\":\"a\",\"root\":\"/\"}")]
    [InlineData("{\"path\":\"\\ud800\"}")]
    [InlineData("{\"path\":\"\"}")]
    [InlineData("{\"path\":\"a\\u0000b\"}")]
    [InlineData("not json")]
    public async Task Read_MalformedArguments_AreInvalid(string json)
    {
        _f.Grant(PermissionType.Files, Access.Read, _f.Root);
        Assert.Equal(ErrorCodes.InvalidArgument, (await _f.CallRaw("files.read", json)).Error?.Code);
    }

    [Fact]
    public async Task Write_AuditCannotBeKept_IsNotPerformed()
    {
        _f.Grant(PermissionType.Files, Access.Write, _f.Root);
        _f.AuditFails = true;
        Assert.Equal(ErrorCodes.HostError, (await _f.Call("files.write", new { path = "a", content = "x" })).Error?.Code);
        Assert.False(File.Exists(Path.Combine(_f.Root, "a")));
    }

    [Fact]
    public async Task T60_GrantRevokedBetweenTwoCalls_TheSecondIsDenied()
    {
        _f.Grant(PermissionType.Files, Access.Write, _f.Root);
        Assert.Null((await _f.Call("files.write", new { path = "a", content = "x" })).Error);
        _f.RevokeAll();
        Assert.Equal(ErrorCodes.PermissionDenied, (await _f.Call("files.write", new { path = "b", content = "x" })).Error?.Code);
    }

    [Fact]
    public async Task T43_NamesInTheAudit_HaveNoControlCharacters()
    {
        await _f.Call("files.read\n\u001b[31m", new { path = "a" });
        await _f.Call("files.read", new { path = "a\n\u001b[31m forged" });
        Assert.All(_f.Audit, a => Assert.DoesNotContain(a.Action + a.Target, char.IsControl));
    }

    private async Task<string> Secret()
    {
        var path = Path.Combine(_f.Base, "secret");
        await File.WriteAllTextAsync(path, "canary", TestContext.Current.CancellationToken);
        return path;
    }

    private void Swap(string sub, CancellationToken stop)
    {
        var parked = sub + "-parked";
        while (!stop.IsCancellationRequested)
        {
            Directory.Move(sub, parked);
            Directory.CreateSymbolicLink(sub, _f.Base);
            Directory.Delete(sub);
            Directory.Move(parked, sub);
        }
    }
}
