using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using Paddock.HostApi.Files;

namespace Paddock.HostApi.Tests;

/// <summary>Both ways of resolving a path beneath a directory, without the checks of its text before them.</summary>
public sealed class ResolutionTests : IDisposable
{
    private readonly DoorFixture _f = new();

    public void Dispose() => _f.Dispose();

    [Theory]
    [InlineData(false, "../secret")]
    [InlineData(true, "../secret")]
    [InlineData(false, "sub/../../secret")]
    [InlineData(true, "sub/../../secret")]
    [InlineData(false, "/etc/passwd")]
    [InlineData(false, "link")]
    [InlineData(true, "link")]
    [InlineData(false, "up/secret")]
    [InlineData(true, "up/secret")]
    [InlineData(false, "self/root/etc/passwd")]
    [InlineData(true, "self/root/etc/passwd")]
    public async Task T57_PathThatLeavesTheRoot_IsRefusedByResolution(bool stepwise, string path)
    {
        await Populate();
        using var root = LinuxFiles.Open(null, _f.Root, LinuxFiles.PathOnly | LinuxFiles.Directory, out _);
        using var opened = Open(stepwise, root!, path, LinuxFiles.Read, out int error);
        Assert.Null(opened);
        Assert.Contains(error, (int[])[LinuxFiles.CrossDevice, LinuxFiles.Loop]);

        // Control: opened by name, as a program without the door would, it is reached.
        string byName = path.StartsWith('/') ? path : Path.Combine(_f.Root, path);
        Assert.NotEmpty(await File.ReadAllTextAsync(byName, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Stepwise_AbsolutePath_StaysBeneathTheDirectory()
    {
        await Populate();
        Directory.CreateDirectory(Path.Combine(_f.Root, "etc"));
        await File.WriteAllTextAsync(Path.Combine(_f.Root, "etc/passwd"), "inside", TestContext.Current.CancellationToken);
        using var root = LinuxFiles.Open(null, _f.Root, LinuxFiles.PathOnly | LinuxFiles.Directory, out _);
        using var opened = LinuxFiles.OpenStepwise(root, "/etc/passwd", LinuxFiles.Read, out _);
        Assert.Equal("inside".Length, RandomAccess.GetLength(opened!));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Open_PlainPath_OpensTheFile(bool stepwise)
    {
        await Populate();
        using var root = LinuxFiles.Open(null, _f.Root, LinuxFiles.PathOnly | LinuxFiles.Directory, out _);
        using var opened = Open(stepwise, root!, "sub/./file", LinuxFiles.Read, out _);
        Assert.Equal("inside".Length, RandomAccess.GetLength(opened!));
        using var whole = stepwise
            ? LinuxFiles.OpenStepwise(null, _f.Root, LinuxFiles.PathOnly | LinuxFiles.Directory, out _)
            : LinuxFiles.OpenWhole(null, _f.Root, LinuxFiles.PathOnly | LinuxFiles.Directory, out _);
        Assert.Equal(LinuxFiles.Stat(root!, "")!.Value.Identity, LinuxFiles.Stat(whole!, "")!.Value.Identity);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task T57_DirectorySwappedForALink_ResolutionNeverYieldsTheCanary(bool stepwise)
    {
        await Populate();
        string sub = Path.Combine(_f.Root, "sub");
        using var root = LinuxFiles.Open(null, _f.Root, LinuxFiles.PathOnly | LinuxFiles.Directory, out _);
        using var stop = new CancellationTokenSource();
        var swapper = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Directory.Move(sub, sub + "-parked");
                Directory.CreateSymbolicLink(sub, _f.Base);
                Directory.Delete(sub);
                Directory.Move(sub + "-parked", sub);
            }
        });
        swapper.Start();
        int refused = 0;
        for (int i = 0; i < 20_000; i++)
        {
            using var opened = Open(stepwise, root!, "sub/secret", LinuxFiles.Read, out int error);
            Assert.Null(opened);
            if (error == LinuxFiles.Loop) refused++;
        }

        await stop.CancelAsync();
        swapper.Join();
        TestContext.Current.TestOutputHelper?.WriteLine($"{refused} attempts met the link");
    }

    [Fact]
    public async Task T57_Root_ExchangedForALinkAfterItWasGranted_IsRefused()
    {
        await Populate();
        _f.Grant(PermissionType.Files, Access.Read | Access.Write, _f.Root);
        Directory.Move(_f.Root, _f.Root + "-old");
        Directory.CreateSymbolicLink(_f.Root, _f.Base);
        Assert.Equal(ErrorCodes.PermissionDenied, (await _f.Call("files.read", new { path = "secret" })).Error?.Code);
        Assert.NotNull((await _f.Call("files.write", new { path = "new", content = "" })).Error);
        Assert.False(File.Exists(Path.Combine(_f.Base, "new")));
    }

    [Fact]
    public async Task T57_Fifo_IsLookedAtWithoutBeingOpened()
    {
        string fifo = Path.Combine(_f.Root, "fifo");
        using (var make = Process.Start("mkfifo", fifo)) await make.WaitForExitAsync(TestContext.Current.CancellationToken);

        // A writer waits until somebody opens the other end; were it opened, the writer would go on and end.
        using var writer = Process.Start("bash", ["-c", "echo x > \"$0\"", fifo]);
        _f.Grant(PermissionType.Files, Access.Read, _f.Root);
        for (int i = 0; i < 100; i++) Assert.Equal(ErrorCodes.InvalidArgument, (await _f.Call("files.read", new { path = "fifo" })).Error?.Code);
        Assert.False(writer.HasExited);
        writer.Kill();
    }

    private static SafeFileHandle? Open(bool stepwise, SafeFileHandle root, string path, int flags, out int error) =>
        stepwise ? LinuxFiles.OpenStepwise(root, path, flags, out error) : LinuxFiles.OpenWhole(root, path, flags, out error);

    private async Task Populate()
    {
        await File.WriteAllTextAsync(Path.Combine(_f.Base, "secret"), "canary", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(Path.Combine(_f.Root, "sub"));
        await File.WriteAllTextAsync(Path.Combine(_f.Root, "sub/file"), "inside", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(Path.Combine(_f.Root, "link"), Path.Combine(_f.Base, "secret"));
        Directory.CreateSymbolicLink(Path.Combine(_f.Root, "up"), _f.Base);
        Directory.CreateSymbolicLink(Path.Combine(_f.Root, "self"), "/proc/self");
    }
}
