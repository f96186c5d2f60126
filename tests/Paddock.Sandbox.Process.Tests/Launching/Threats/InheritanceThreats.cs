using System.Runtime.InteropServices;

namespace Paddock.Sandbox.Process.Tests;

/// <summary>Row 38: what a program could get from the host by being its child.</summary>
public sealed partial class InheritanceThreats : IDisposable
{
    private const string Descriptors = """
        import os
        for n in sorted(int(n) for n in os.listdir('/proc/self/fd')):
            try:
                target = os.readlink('/proc/self/fd/%d' % n)
                print(n, os.pread(n, 100, 0).decode() if target.startswith('/') and 'canary' in target else target.split(':')[0])
            except OSError: pass
        """;

    private readonly string _canary = HostSight.NewCanary();
    private readonly string _file;

    public InheritanceThreats()
    {
        _file = Path.Combine(Path.GetTempPath(), _canary);
        File.WriteAllText(_file, "the host's secret");
    }

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task T38_DescriptorWithoutCloseOnExec_IsNotInherited()
    {
        using var open = OpenInheritable();

        var run = await Run.PythonAsync(new BubblewrapLauncher(), Descriptors);

        Assert.Equal("0 pipe\n1 pipe\n2 pipe\n", run.Output);
    }

    [Fact]
    public async Task T38_Control_WithoutClosingItIsInheritedAndRead()
    {
        using var open = OpenInheritable();

        var run = await Run.PythonAsync(Specs.Without(Defences.OwnDescriptorsOnly), Descriptors);

        Assert.Contains("the host's secret", run.Output);
    }

    [Fact]
    public async Task T38_Descriptors_OfTheInitInsideToo()
    {
        var run = await Run.PythonAsync(new BubblewrapLauncher(), """
            import os
            print(sorted(os.readlink('/proc/1/fd/' + n).split(':')[0] for n in os.listdir('/proc/1/fd')))
            """);

        // Its own event, by which it tells the monitor outside how the program ended.
        Assert.Equal("['anon_inode', 'pipe', 'pipe', 'pipe']\n", run.Output);
    }

    [Fact]
    public async Task T38_Environment_IsWhatWasNamed()
    {
        const string Script = "print(sorted(open('/proc/self/environ').read().split('\\0')), open('/proc/1/environ').read().split('\\0'))";
        ProcessSpec With(ProcessSpec spec) => spec with { Environment = new Dictionary<string, string> { ["GIVEN"] = "ä=b" } };
        Environment.SetEnvironmentVariable(_canary, "the host's");
        try
        {
            var run = await Run.PythonAsync(new BubblewrapLauncher(), Script, With);
            Assert.Equal("['', 'GIVEN=ä=b', 'PWD=/plugin'] ['']\n", run.Output);

            var control = await Run.PythonAsync(Specs.Without(Defences.EmptyEnvironment), Script, With);
            Assert.Contains(_canary, control.Output);
        }
        finally
        {
            Environment.SetEnvironmentVariable(_canary, null);
        }
    }

    [Fact]
    public async Task T38_Proc_ShowsItsOwnProcessesOnly()
    {
        const string Script = "import os\nprint(sorted(int(n) for n in os.listdir('/proc') if n.isdigit()))";

        Assert.Equal("[1, 2]\n", (await Run.PythonAsync(new BubblewrapLauncher(), Script)).Output);
        Assert.Contains($" {Environment.ProcessId},", (await Run.PythonAsync(Specs.Without(Defences.ProcessNamespace), Script)).Output);
    }

    [Fact]
    public async Task T38_Proc_TellsNothingOfTheMachinesBootAndKeys()
    {
        const string Script = """
            for name in ['cmdline', 'keys', 'kallsyms', 'partitions']:
                try: print(name, 'read' if open('/proc/' + name).read() else 'empty')
                except OSError: print(name, 'refused')
            """;

        Assert.DoesNotContain("read", (await Run.PythonAsync(new BubblewrapLauncher(), Script)).Output);
        Assert.Contains("cmdline read", (await Run.PythonAsync(Specs.Without(Defences.MaskedProc), Script)).Output);
    }

    [Fact]
    public async Task T38_Files_AreTheSystemsProgramsAndItsOwn()
    {
        const string Script = """
            import os, sys
            print(sorted(set(os.listdir('/')) - {'bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'}), sorted(set(os.listdir('/etc')) - {'alternatives', 'ld.so.cache'}), sorted(os.listdir('/dev')), os.listdir('/tmp'))
            for path in sys.argv[1:]: print(os.path.exists(path), open(path).read() if os.path.exists(path) else '')
            """;
        ProcessSpec With(ProcessSpec spec) => spec with { Arguments = [.. spec.Arguments, _file] };

        var run = await Run.PythonAsync(new BubblewrapLauncher(), Script, With);
        Assert.Equal("""
            ['dev', 'etc', 'plugin', 'proc', 'tmp', 'usr'] ['group', 'passwd'] ['fd', 'full', 'null', 'random', 'shm', 'stderr', 'stdin', 'stdout', 'urandom', 'zero'] []
            False 

            """, run.Output);

        var control = await Run.PythonAsync(new BubblewrapLauncher(), Script, spec => With(spec) with { Mounts = [new ProcessMount(_file, _file)] });
        Assert.Contains("True the host's secret", control.Output);
    }

    private SafeFile OpenInheritable() => new(open(_file, 0));

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);

    private sealed class SafeFile(int number) : IDisposable
    {
        public void Dispose() => _ = close(number);
    }
}
