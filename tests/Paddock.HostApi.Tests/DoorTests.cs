using Paddock.HostApi.Files;

namespace Paddock.HostApi.Tests;

public sealed class DoorTests : IDisposable
{
    private readonly DoorFixture _f = new();

    public void Dispose() => _f.Dispose();

    [Fact]
    public async Task Invoke_UnknownFunction_IsRefusedAndAudited()
    {
        Assert.Equal(ErrorCodes.UnknownHostFunction, (await _f.Call("process.exit", new { })).Error?.Code);
        Assert.False(Assert.Single(_f.Audit).Allowed);
    }

    [Fact]
    public async Task Kv_WithinThePrefixOfItsGrant_Works_AndOutsideIsDenied()
    {
        _f.Grant(PermissionType.Kv, Access.Read | Access.Write | Access.Delete, "app:");
        Assert.Equal("true", DoorFixture.Text(await _f.Call("kv.set", new { key = "app:a", value = new { n = 1 } })));
        Assert.Equal("{\"n\":1}", DoorFixture.Text(await _f.Call("kv.get", new { key = "app:a" })));
        Assert.Equal("[\"app:a\"]", DoorFixture.Text(await _f.Call("kv.list", new { prefix = "app:" })));
        Assert.Equal("true", DoorFixture.Text(await _f.Call("kv.delete", new { key = "app:a" })));
        Assert.Equal("null", DoorFixture.Text(await _f.Call("kv.get", new { key = "app:a" })));
        Assert.Equal(ErrorCodes.PermissionDenied, (await _f.Call("kv.get", new { key = "other" })).Error?.Code);
        Assert.Equal(ErrorCodes.PermissionDenied, (await _f.Call("kv.list", new { })).Error?.Code);
    }

    [Fact]
    public async Task T62_EmptyScope_CoversNothing()
    {
        _f.Grant(PermissionType.Kv, Access.Read);
        _f.Grant(PermissionType.Kv, Access.Read, "");
        _f.Grant(PermissionType.Files, Access.Read);
        Assert.Equal(ErrorCodes.PermissionDenied, (await _f.Call("kv.get", new { key = "a" })).Error?.Code);
        Assert.Equal(ErrorCodes.PermissionDenied, (await _f.Call("files.read", new { path = "a" })).Error?.Code);
    }

    [Fact]
    public async Task Shell_WithAndWithoutGrant_NeverRuns()
    {
        Assert.Equal(ErrorCodes.PermissionDenied, (await _f.Call("shell.execute", new { command = "ls" })).Error?.Code);
        _f.Grant(PermissionType.Shell, Access.Execute, "ls");
        Assert.Equal(ErrorCodes.RuntimeUnavailable, (await _f.Call("shell.execute", new { command = "ls" })).Error?.Code);
        Assert.Equal(ErrorCodes.PermissionDenied, (await _f.Call("shell.execute", new { command = "ls2" })).Error?.Code);
    }

    [Fact]
    public void GrantableRoots_SystemHostAndLinkedDirectories_AreRefused()
    {
        var data = Directory.CreateDirectory(Path.Combine(_f.Base, "host")).FullName;
        var link = Path.Combine(_f.Base, "link");
        Directory.CreateSymbolicLink(link, _f.Root);
        var roots = new GrantableRoots([data]);
        Assert.Null(roots.Refuse(_f.Root + "/", out var root));
        Assert.Equal(_f.Root, root);
        foreach (var refused in new[] { "/", "/proc/self", "relative", "/tmp/../etc", data, data + "/keys", _f.Base, link, _f.Root + "-not-there" })
            Assert.NotNull(roots.Refuse(refused, out _));
    }
}
