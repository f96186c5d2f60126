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
    public async Task T58_ShellWithAndWithoutGrant_NeverRuns()
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

    [Fact]
    public void T57_HostDirectoryUnderAnotherName_IsNotGrantable()
    {
        var real = Directory.CreateDirectory(Path.Combine(_f.Base, "real/keys")).FullName;
        var configured = Path.Combine(_f.Base, "configured");
        Directory.CreateSymbolicLink(configured, real);
        var roots = new GrantableRoots([configured]);
        Assert.NotNull(roots.Refuse(real, out _));
        Assert.NotNull(roots.Refuse(Path.GetDirectoryName(real)!, out _));
        Assert.NotNull(roots.Refuse(Directory.CreateDirectory(Path.Combine(real, "below")).FullName, out _));
        Assert.Null(roots.Refuse(_f.Root, out _));
    }

    [Fact]
    public async Task Invoke_GrantsThatCannotBeRead_DenyAndAreAudited()
    {
        _f.Grant(PermissionType.Kv, Access.Read, "*");
        _f.GrantsFail = true;
        Assert.Equal(ErrorCodes.PermissionDenied, (await _f.Call("kv.get", new { key = "a" })).Error?.Code);
        Assert.Equal((false, ErrorCodes.PermissionDenied), _f.Audit.Select(a => (a.Allowed, a.Code)).Single());
        Assert.Single(_f.Faults);
    }

    [Fact]
    public async Task Invoke_AllowedEffectThatFails_IsAuditedAsAllowedAndFailed()
    {
        _f.Grant(PermissionType.Files, Access.Read, _f.Root);
        Assert.Equal(ErrorCodes.NotFound, (await _f.Call("files.read", new { path = "none" })).Error?.Code);
        Assert.Equal([(true, null, "g0"), (true, ErrorCodes.NotFound, "g0")], _f.Audit.Select(a => (a.Allowed, a.Code, a.GrantId)));
    }

    [Fact]
    public async Task T61_T63_GrantOfAnotherPluginOrOtherCode_CoversNothing()
    {
        var permission = new Permission(PermissionType.Kv, Access.Read, ["*"]);
        _f.GrantRaw(new Grant("other-plugin", "plg2", "digest", permission, DateTimeOffset.MaxValue));
        _f.GrantRaw(new Grant("other-code", "plg", "digest2", permission, DateTimeOffset.MaxValue));
        _f.GrantRaw(new Grant("expired", "plg", "digest", permission, DateTimeOffset.UnixEpoch));
        Assert.Equal(ErrorCodes.PermissionDenied, (await _f.Call("kv.get", new { key = "a" })).Error?.Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("//")]
    [InlineData(".")]
    [InlineData("etc")]
    public async Task T62_FilesScopeThatIsNoDirectory_CoversNothing(string scope)
    {
        _f.Grant(PermissionType.Files, Access.Read, scope);
        Assert.Equal(ErrorCodes.PermissionDenied, (await _f.Call("files.read", new { path = "/etc/passwd" })).Error?.Code);
        Assert.Equal(ErrorCodes.PermissionDenied, (await _f.Call("files.read", new { path = "passwd" })).Error?.Code);
    }

    [Theory]
    [InlineData("{\"key\":\"a\",\"value\":{\"\\ud800\":1}}")]
    [InlineData("{\"key\":\"a\",\"\\udfff\":1}")]
    [InlineData("{\"key\":\"a\",\"value\":{\"b\":1,\"b\":2}}")]
    [InlineData("{\"key\":\"a\"}")]
    [InlineData("{\"key\":\"\",\"value\":1}")]
    [InlineData("{\"key\":1,\"value\":1}")]
    [InlineData("")]
    public async Task KvSet_MalformedArguments_AreInvalidAndAudited(string json)
    {
        _f.Grant(PermissionType.Kv, Access.Write, "*");
        Assert.Equal(ErrorCodes.InvalidArgument, (await _f.CallRaw("kv.set", json)).Error?.Code);
        Assert.Equal(ErrorCodes.InvalidArgument, _f.Audit[^1].Code);
    }

    [Fact]
    public async Task Invoke_ArgumentsThatAreNoUtf8_AreInvalid()
    {
        _f.Grant(PermissionType.Kv, Access.Write, "*");
        byte[] json = [.. "{\"key\":\"a\",\"value\":\""u8, 0xff, .. "\"}"u8];
        Assert.Equal(ErrorCodes.InvalidArgument, (await _f.Channel.InvokeAsync("kv.set", json, TestContext.Current.CancellationToken)).Error?.Code);
    }

    [Fact]
    public async Task Kv_KeyLength_IsCountedInBytes()
    {
        _f.Grant(PermissionType.Kv, Access.Write, "*");
        Assert.Null((await _f.Call("kv.set", new { key = new string('k', 255), value = 1 })).Error);
        Assert.Equal(ErrorCodes.InvalidArgument, (await _f.Call("kv.set", new { key = new string('ü', 128), value = 1 })).Error?.Code);
    }
}
