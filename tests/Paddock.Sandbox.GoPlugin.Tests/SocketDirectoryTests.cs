using Paddock.Sandbox.GoPlugin.Processes;

namespace Paddock.Sandbox.GoPlugin.Tests;

/// <summary>Row 44: what a program leaves in the one directory that it shares with the host.</summary>
public sealed class SocketDirectoryTests(Plugins plugins)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task T44_FilesBesideTheSockets_AreMemoryOfItsOwn()
    {
        var limits = Plugins.Roomy with { MemoryBytes = 128 << 20 };
        var result = await plugins.Run("fill", "64", limits: limits);
        Assert.Equal(ErrorCodes.MemoryLimit, result.Error?.Code);
    }

    [Fact]
    public async Task T44_Control_FewFilesBesideTheSockets_AreThere() => Assert.Equal("\"filled\"", Plugins.Text(await plugins.Run("fill", "2")));

    // 3,000 directories, one in the other: their path has 6,000 bytes, and the system takes 4,096.
    [Fact]
    public void T44_DirectoriesDeeperThanAnyPath_AreRemoved()
    {
        var sockets = SocketDirectory.Create(null);
        var top = sockets.HostPath;
        foreach (var name in (string[])["a", "b", "c"]) Directory.CreateDirectory(string.Concat(Enumerable.Repeat("/" + name, 1000)).Insert(0, top));
        string Deepest(string name) => top + string.Concat(Enumerable.Repeat("/" + name, 1000));
        Directory.Move(top + "/b", Deepest("a") + "/b");
        Directory.Move(top + "/a", Deepest("c") + "/a");
        File.WriteAllText(top + "/file", "x");
        File.CreateSymbolicLink(top + "/link", "/etc");
        if (!OperatingSystem.IsWindows()) Directory.CreateDirectory(top + "/shut", UnixFileMode.None);
        sockets.Dispose();
        Assert.False(Directory.Exists(top));
        Assert.True(Directory.Exists("/etc"));
    }

    [Fact]
    public async Task T44_NamesThatAreNoUtf8_AreRemoved()
    {
        var sockets = SocketDirectory.Create(null);
        using var shell = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/bin/sh") { WorkingDirectory = sockets.HostPath, ArgumentList = { "-c", """n=$(printf '\377'); echo x > "$n"; mkdir -p "d$n/e$n"; echo x > "d$n/e$n/f$n"; mkdir plain; echo x > "plain/$n" """ } })!;
        await shell.WaitForExitAsync(Stop);
        Assert.Equal(0, shell.ExitCode);
        Assert.Equal(4, Directory.GetFileSystemEntries(sockets.HostPath).Length);
        sockets.Dispose();
        Assert.False(Directory.Exists(sockets.HostPath));
    }
}
