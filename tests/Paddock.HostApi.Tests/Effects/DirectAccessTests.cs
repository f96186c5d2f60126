using System.Net.Sockets;
using Paddock.HostApi.Files;

namespace Paddock.HostApi.Tests.Effects;

/// <summary>Which directories a plugin's programs are shown: those of its grants, looked at at every call.</summary>
public sealed class DirectAccessTests : IDisposable
{
    private readonly string _base = Directory.CreateTempSubdirectory("paddock-shown-").FullName;
    private readonly EffectDoor _door;

    public DirectAccessTests() => _door = Door();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_base, recursive: true);

    [Fact]
    public async Task DirectAccess_FilesGrants_AreTheirDirectoriesAndRecorded()
    {
        string read = Make("read"), write = Make("write");
        _door.Grant(PermissionType.Files, Access.Read, read).Grant(PermissionType.Files, Access.Read | Access.Write, write + "/");
        var given = await _door.Channel().DirectAccessAsync(Token);
        Assert.Null(given.Refusal);
        Assert.Equal([new ProcessMount(read, read), new ProcessMount(write, write, true)], given.Directories.Select(Named));
        Assert.Equal(2, given.Directories.Select(d => d.Identity!).Distinct().Count());
        Assert.Equal([$"read-only {read}", $"read-write {write}"], _door.Audit.Select(r => r.Target!));
        Assert.All(_door.Audit, r => Assert.True(r is { Action: "files.show", Allowed: true, GrantId: not null }));
    }

    [Theory]
    [InlineData(Access.None, Access.Read | Access.Write, null)]
    [InlineData(Access.Read, Access.Read | Access.Write, false)]
    [InlineData(Access.Read | Access.Write | Access.Delete, Access.Read, false)]
    [InlineData(Access.Read | Access.Write | Access.Delete, Access.Read | Access.Write, true)]
    [InlineData(Access.Read | Access.Write, Access.Write, null)]
    public async Task DirectAccess_ManifestAndGrant_GivesWhatBothSay(Access asked, Access granted, bool? writable)
    {
        _door.Grant(PermissionType.Files, granted, Make("data"));
        Assert.Equal(writable, (await _door.Channel(asked).DirectAccessAsync(Token)).Directories.SingleOrDefault()?.Writable);
    }

    [Fact]
    public async Task DirectAccess_DirectoriesWithinOthers_AreShownOnlyForMore()
    {
        string outer = Make("outer"), same = Make("outer/same"), more = Make("outer/more");
        _door.Grant(PermissionType.Files, Access.Read, outer, same).Grant(PermissionType.Files, Access.Read | Access.Write, more);
        Assert.Equal([new ProcessMount(outer, outer), new ProcessMount(more, more, true)], (await _door.Channel().DirectAccessAsync(Token)).Directories.Select(Named));
    }

    [Fact]
    public async Task T60_Revoked_IsNotShownAtTheNextCall()
    {
        _door.Grant(PermissionType.Files, Access.Read, Make("data")).Grant(PermissionType.Http, Access.Execute, "api.example.com");
        Assert.Single((await _door.Channel().DirectAccessAsync(Token)).Directories);
        _door.Revoke();
        Assert.Equal(DirectAccess.None, await _door.Channel().DirectAccessAsync(Token));
    }

    [Fact]
    public async Task DirectAccess_NobodyGaveRoots_IsNothing()
    {
        var door = new EffectDoor();
        door.Grant(PermissionType.Files, Access.Read, Make("data"));
        Assert.Empty((await door.Channel().DirectAccessAsync(Token)).Directories);
    }

    [Fact]
    public async Task DirectAccess_RecordCannotBeKept_IsRefused()
    {
        _door.Grant(PermissionType.Files, Access.Read | Access.Write, Make("data"));
        _door.AuditFails = true;
        var given = await _door.Channel().DirectAccessAsync(Token);
        Assert.Equal((ErrorCodes.HostError, 0), (given.Refusal?.Code, given.Directories.Count));
    }

    [Fact]
    public async Task T57_RootThatBecameALink_IsRefused()
    {
        string data = Make("data"), elsewhere = Make("elsewhere");
        _door.Grant(PermissionType.Files, Access.Read, data);
        Assert.Single((await _door.Channel().DirectAccessAsync(Token)).Directories);
        Directory.Delete(data);
        Directory.CreateSymbolicLink(data, elsewhere);
        await RefusedAsync(_door);

        // Control: a directory again.
        Directory.Delete(data);
        Make("data");
        Assert.Single((await _door.Channel().DirectAccessAsync(Token)).Directories);
    }

    [Fact]
    public async Task T57_PathThatAnotherPluginCanExchange_IsRefused()
    {
        string data = Make("shared/data"), shared = Path.Combine(_base, "shared");
        _door.Grant(PermissionType.Files, Access.Read, data);
        File.SetUnixFileMode(shared, (UnixFileMode)0b111_111_111);
        await RefusedAsync(_door);

        // Control: as it was; and sticky, where only an entry's owner exchanges it.
        File.SetUnixFileMode(shared, (UnixFileMode)0b111_101_101);
        Assert.Single((await _door.Channel().DirectAccessAsync(Token)).Directories);
        File.SetUnixFileMode(shared, (UnixFileMode)0b111_111_111 | UnixFileMode.StickyBit);
        Assert.Single((await _door.Channel().DirectAccessAsync(Token)).Directories);
    }

    [Theory]
    [InlineData("host", "host")]
    [InlineData("host", "")]
    [InlineData("host", "host/beneath")]
    public async Task T39_HostsOwnDirectoriesAndThoseAroundThem_AreRefused(string own, string granted)
    {
        Make("host/beneath");
        string root = Path.Combine(_base, granted).TrimEnd('/');
        var door = Door(Path.Combine(_base, own));
        door.Grant(PermissionType.Files, Access.Read, root);
        await RefusedAsync(door);

        // Control: the same directory, not the host's.
        _door.Grant(PermissionType.Files, Access.Read, root);
        Assert.Single((await _door.Channel().DirectAccessAsync(Token)).Directories);
    }

    [Fact]
    public async Task T57_PathThatAnAccessListLetsAPluginExchange_IsRefused()
    {
        // acl(5): version 2; the owner all, user 65534 all, the group and others read and enter, and the mask all, which the mode shows as the group's.
        const string Let = "import os, struct, sys; os.setxattr(sys.argv[1], 'system.posix_acl_access', struct.pack('<I', 2) + b''.join(struct.pack('<HHI', *e) for e in [(1, 7, 0xffffffff), (2, 7, 65534), (4, 5, 0xffffffff), (16, 7, 0xffffffff), (32, 5, 0xffffffff)]))";
        string data = Make("listed/data"), listed = Path.Combine(_base, "listed");
        _door.Grant(PermissionType.Files, Access.Read, data);
        using var python = System.Diagnostics.Process.Start("/usr/bin/python3", ["-c", Let, listed]);
        await python.WaitForExitAsync(Token);
        Assert.Equal(0, python.ExitCode);
        await RefusedAsync(_door);

        // Control: the same mode without a list, the group being no plugin's.
        File.SetUnixFileMode(Directory.CreateDirectory(Path.Combine(_base, "plain")).FullName, File.GetUnixFileMode(listed));
        var door = Door();
        door.Grant(PermissionType.Files, Access.Read, Make("plain/data"));
        Assert.Single((await door.Channel().DirectAccessAsync(Token)).Directories);
    }

    [Fact]
    public async Task T39_SocketInTheDirectory_IsRefused()
    {
        string data = Make("data/deep");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(data, "s")));
        _door.Grant(PermissionType.Files, Access.Read, Path.GetDirectoryName(data)!);
        await RefusedAsync(_door);

        // Control: another door, which has not looked yet, when the socket is gone.
        File.Delete(Path.Combine(data, "s"));
        var door = Door();
        door.Grant(PermissionType.Files, Access.Read, Path.GetDirectoryName(data)!);
        Assert.Single((await door.Channel().DirectAccessAsync(Token)).Directories);
    }

    // Which directory it is differs from run to run.
    private static ProcessMount Named(ProcessMount mount) => mount with { Identity = null };

    private static EffectDoor Door(params string[] hosts) => new(TimeProvider.System, new GrantableRoots(hosts));

    private static async Task RefusedAsync(EffectDoor door)
    {
        var given = await door.Channel().DirectAccessAsync(Token);
        Assert.Equal((ErrorCodes.PermissionDenied, 0), (given.Refusal?.Code, given.Directories.Count));
        Assert.True(door.Audit[^1] is { Action: "files.show", Allowed: false, Code: ErrorCodes.PermissionDenied });
        Assert.NotEmpty(door.Faults);
    }

    private string Make(string name) => Directory.CreateDirectory(Path.Combine(_base, name)).FullName;
}
