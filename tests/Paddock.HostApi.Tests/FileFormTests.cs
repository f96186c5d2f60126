using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Paddock.HostApi.Tests;

/// <summary>What files.* make of unusual paths, names and contents.</summary>
public sealed class FileFormTests : IDisposable
{
    private readonly DoorFixture _f = new();

    public FileFormTests() => _f.Grant(PermissionType.Files, Access.Read | Access.Write, _f.Root);

    public void Dispose() => _f.Dispose();

    [Theory]
    [InlineData("a.txt")]
    [InlineData("./a.txt")]
    [InlineData(".//./a.txt")]
    [InlineData("{root}/a.txt")]
    [InlineData("{root}//a.txt")]
    public async Task Read_FormsOfOnePath_ReadOneFile(string path)
    {
        await File.WriteAllTextAsync(Path.Combine(_f.Root, "a.txt"), "x", TestContext.Current.CancellationToken);
        Assert.Equal("\"x\"", DoorFixture.Text(await _f.Call("files.read", new { path = path.Replace("{root}", _f.Root, StringComparison.Ordinal) })));
    }

    [Theory]
    [InlineData(".")]
    [InlineData("{root}")]
    [InlineData("{root}/")]
    [InlineData("./")]
    public async Task List_FormsOfTheRoot_ListIt(string path)
    {
        await File.WriteAllTextAsync(Path.Combine(_f.Root, "a.txt"), "xy", TestContext.Current.CancellationToken);
        var reply = await _f.Call("files.list", new { path = path.Replace("{root}", _f.Root, StringComparison.Ordinal) });
        Assert.Equal("""[{"name":"a.txt","type":"file","size":2}]""", DoorFixture.Text(reply));
    }

    [Fact]
    public async Task Read_NameTooLongForTheFileSystem_IsInvalid()
    {
        Assert.Equal(ErrorCodes.InvalidArgument, await Code("files.read", new { path = new string('n', 256) }));
        Assert.Equal(ErrorCodes.InvalidArgument, await Code("files.read", new { path = new string('n', 5000) }));
        Assert.Equal(ErrorCodes.InvalidArgument, await Code("files.write", new { path = new string('n', 256), content = "" }));
    }

    [Fact]
    public async Task Read_Directory_IsInvalid_AndFileAsDirectory_IsNotFound()
    {
        await File.WriteAllTextAsync(Path.Combine(_f.Root, "a"), "x", TestContext.Current.CancellationToken);
        Assert.Equal(ErrorCodes.InvalidArgument, await Code("files.read", new { path = "." }));
        Assert.Equal(ErrorCodes.InvalidArgument, await Code("files.write", new { path = ".", content = "" }));
        Assert.Equal(ErrorCodes.NotFound, await Code("files.read", new { path = "a/b" }));
        Assert.Equal(ErrorCodes.NotFound, await Code("files.write", new { path = "a/b", content = "" }));
        Assert.Equal(ErrorCodes.NotFound, await Code("files.list", new { path = "a" }));
        Assert.Equal(ErrorCodes.NotFound, await Code("files.read", new { path = "none" }));
    }

    [Fact]
    public async Task Read_SizeLimit_IsExact()
    {
        int most = _f.Options().FileBytes;
        await File.WriteAllTextAsync(Path.Combine(_f.Root, "fits"), new string('x', most), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_f.Root, "large"), new string('x', most + 1), TestContext.Current.CancellationToken);
        Assert.Equal(most + 2, (await _f.Call("files.read", new { path = "fits" })).Value.Length);
        Assert.Equal(ErrorCodes.QuotaExceeded, await Code("files.read", new { path = "large" }));
        Assert.Equal(ErrorCodes.QuotaExceeded, await Code("files.write", new { path = "new", content = new string('x', most + 1) }));
        Assert.False(File.Exists(Path.Combine(_f.Root, "new")));
    }

    [Fact]
    public async Task Read_BytesThatAreNoUtf8_NeedBase64()
    {
        await File.WriteAllBytesAsync(Path.Combine(_f.Root, "b"), [0xff, 0x00], TestContext.Current.CancellationToken);
        Assert.Equal(ErrorCodes.InvalidArgument, await Code("files.read", new { path = "b" }));
        Assert.Equal("\"/wA=\"", DoorFixture.Text(await _f.Call("files.read", new { path = "b", encoding = "base64" })));
        Assert.Equal(ErrorCodes.InvalidArgument, await Code("files.read", new { path = "b", encoding = "latin1" }));
    }

    [Fact]
    public async Task Write_Base64_WritesBytes()
    {
        Assert.Equal("""{"path":"b","bytes":2}""", DoorFixture.Text(await _f.Call("files.write", new { path = "b", content = "/wA=", encoding = "base64" })));
        Assert.Equal([0xff, 0x00], await File.ReadAllBytesAsync(Path.Combine(_f.Root, "b"), TestContext.Current.CancellationToken));
        Assert.Equal(ErrorCodes.InvalidArgument, await Code("files.write", new { path = "b", content = "?", encoding = "base64" }));
    }

    [Fact]
    public async Task List_MoreThanTheLimit_IsRefused()
    {
        for (int i = 0; i <= _f.Options().ListedEntries; i++) await File.WriteAllTextAsync(Path.Combine(_f.Root, $"f{i}"), "", TestContext.Current.CancellationToken);
        Assert.Equal(ErrorCodes.QuotaExceeded, await Code("files.list", new { path = "." }));
    }

    [Fact]
    public async Task List_NamesThatAreNoUtf8_AreLeftOut_AndOthersKept()
    {
        string odd = Path.Combine(_f.Root, "a\n\"b\" ü");
        await File.WriteAllTextAsync(odd, "", TestContext.Current.CancellationToken);
        using (var touch = Process.Start("bash", ["-c", "touch \"$0\"/$'bad\\xff'", _f.Root])) await touch.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, Directory.EnumerateFileSystemEntries(_f.Root).Count());
        using var list = JsonDocument.Parse((await _f.Call("files.list", new { path = "." })).Value);
        Assert.Equal(["a\n\"b\" ü"], list.RootElement.EnumerateArray().Select(e => e.GetProperty("name").GetString()));

        // The runtime cannot remove what it cannot name.
        using var rm = Process.Start("rm", ["-r", _f.Root]);
        await rm.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task HalfWrittenFileOfAKilledHost_IsNeitherListedNorRead()
    {
        await File.WriteAllTextAsync(Path.Combine(_f.Root, ".paddock-tmp-0123"), "half", TestContext.Current.CancellationToken);
        Assert.Equal("[]", DoorFixture.Text(await _f.Call("files.list", new { path = "." })));
        Assert.Equal(ErrorCodes.InvalidArgument, await Code("files.read", new { path = ".paddock-tmp-0123" }));
    }

    [Fact]
    public async Task Write_ExistingFile_KeepsItsModeAndLeavesNothingBeside()
    {
        string path = Path.Combine(_f.Root, "a");
        await File.WriteAllTextAsync(path, "old", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Null(await Code("files.write", new { path = "a", content = "new" }));
        Assert.Equal("new", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Single(Directory.EnumerateFileSystemEntries(_f.Root));
    }

    [Fact]
    public async Task Write_ReadersMeanwhile_NeverSeeHalfAFile()
    {
        string[] whole = [new('a', 60_000), new('b', 60_000)];
        Assert.Null(await Code("files.write", new { path = "a", content = whole[0] }));
        using var stop = new CancellationTokenSource();
        var reader = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested) Assert.Contains(await File.ReadAllTextAsync(Path.Combine(_f.Root, "a")), whole);
        }, TestContext.Current.CancellationToken);
        for (int i = 0; i < 100; i++) Assert.Null(await Code("files.write", new { path = "a", content = whole[i % 2] }));
        await stop.CancelAsync();
        await reader;
    }

    [Fact]
    public async Task T35_Write_OfACallThatIsOver_ChangesNothing()
    {
        using var over = new CancellationTokenSource();
        await over.CancelAsync();
        var reply = await _f.Channel.InvokeAsync("files.write", Encoding.UTF8.GetBytes("""{"path":"a","content":"x"}"""), over.Token);
        Assert.Equal(ErrorCodes.Cancelled, reply.Error?.Code);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_f.Root));
    }

    private async Task<string?> Code(string function, object arguments) => (await _f.Call(function, arguments)).Error?.Code;
}
