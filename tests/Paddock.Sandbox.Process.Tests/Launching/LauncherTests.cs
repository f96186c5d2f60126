using System.Text;

namespace Paddock.Sandbox.Process.Tests;

public sealed class LauncherTests
{
    private readonly BubblewrapLauncher _launcher = new();

    [Fact]
    public async Task Start_ProgramThatEchoes_AnswersAndEnds()
    {
        var run = await Run.PythonAsync(_launcher, "import sys\nsys.stdout.write(sys.stdin.read().upper())\nsys.stderr.write('e')\nsys.exit(7)", input: "hello");

        Assert.Equal("HELLO", run.Output);
        Assert.Equal("e", run.Error);
        Assert.Equal(new ProcessExit(7), run.Exit);
    }

    [Fact]
    public void Reason_OfWhatTheSystemRefused_NamesNoPathOfTheHost()
    {
        // What a group's file says of a value that the kernel does not take is an error of the same kind.
        var refused = Assert.Throws<IOException>(() => File.WriteAllText("/dev/full", "x"));
        var denied = Assert.Throws<UnauthorizedAccessException>(() => File.WriteAllText("/sys/fs", ""));
        Assert.Contains("/dev/full", refused.Message, StringComparison.Ordinal);
        Assert.Contains("/sys/fs", denied.Message, StringComparison.Ordinal);
        string[] told = [BubblewrapLauncher.Reason(refused), BubblewrapLauncher.Reason(denied), BubblewrapLauncher.Reason(new FileNotFoundException(denied.Message)), BubblewrapLauncher.Reason(new System.ComponentModel.Win32Exception(11))];
        Assert.Equal(["No space left on device", "the host may not write what it needs for it", "the system refused", "Resource temporarily unavailable"], told);
    }

    [Fact]
    public async Task Kill_SleepingProgram_Ends()
    {
        await using var process = await _launcher.StartAsync(Specs.Python("import time\nprint('up',flush=True)\ntime.sleep(1000)"), TestContext.Current.CancellationToken);
        Assert.Equal((byte)'u', await ReadByteAsync(process.Output));

        await process.KillAsync();

        Assert.Equal(137, (await process.Exited).Code);
    }

    [Fact]
    public async Task Start_Files_AreExactlyThoseBytesAndReadOnly()
    {
        byte[] bytes = [0, 1, 2, 255, 10, 13];
        var run = await Run.PythonAsync(_launcher, """
            import os
            print(sorted(os.listdir('/plugin')), open('/plugin/a/b.bin','rb').read().hex(), oct(os.stat('/plugin/a/tool').st_mode & 0o777))
            for path in ['/plugin/new', '/plugin/main.py', '/new', '/usr/new', '/etc/new', '/dev/new']:
                try: open(path, 'w'); print('wrote', path)
                except OSError as e: print(path, 'refused')
            """, spec => spec with { Files = new Dictionary<string, ReadOnlyMemory<byte>>(spec.Files) { ["a/b.bin"] = bytes, ["a/tool"] = bytes }, Executables = new HashSet<string> { "a/tool" } });

        Assert.Equal("['a', 'main.py'] 000102ff0a0d 0o555\n/plugin/new refused\n/plugin/main.py refused\n/new refused\n/usr/new refused\n/etc/new refused\n/dev/new refused\n", run.Output);
        Assert.Equal("", run.Error);
    }

    [Fact]
    public async Task Start_ProgramThatIsNotThere_SaysSo()
    {
        var absent = await Assert.ThrowsAsync<SandboxLoadException>(async () => await _launcher.StartAsync(Specs.Python("") with { Program = "no-such-program" }, TestContext.Current.CancellationToken));
        Assert.Equal(ErrorCodes.SandboxUnavailable, absent.Error.Code);

        var data = await Assert.ThrowsAsync<SandboxLoadException>(async () => await _launcher.StartAsync(Specs.Python("") with { Program = "/plugin/main.py" }, TestContext.Current.CancellationToken));
        Assert.Equal(ErrorCodes.EntryPointNotFound, data.Error.Code);
    }

    private static async Task<byte> ReadByteAsync(Stream stream)
    {
        byte[] one = new byte[1];
        await stream.ReadExactlyAsync(one, TestContext.Current.CancellationToken);
        return one[0];
    }
}
