namespace Paddock.Sandbox.Process.Tests;

/// <summary>Row 45: ways around the sandbox, tried from inside.</summary>
public sealed class BypassThreats
{
    /// <summary>Each call with arguments that would do something; prints the error, or "done".</summary>
    private const string Calls = """
        import ctypes, errno, mmap, os, platform, sys
        libc = ctypes.CDLL(None, use_errno=True)
        x86 = platform.machine() == 'x86_64'
        def call(name, numbers, *arguments):
            ctypes.set_errno(0)
            r = libc.syscall(numbers[0 if x86 else 1], *[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments])
            print(name, 'done' if r >= 0 else errno.errorcode[ctypes.get_errno()], flush=True)
        buffer = ctypes.create_string_buffer(256)
        USER, MOUNT = 0x10000000, 0x20000
        def forked(action):
            child = os.fork()
            if child == 0:
                action()
                os._exit(0)
            os.waitpid(child, 0)
        forked(lambda: call('unshare', (272, 97), USER))
        forked(lambda: call('clone', (56, 220), USER | 17, 0, 0, 0, 0))
        forked(lambda: call('clone3', (435, 435), buffer, 64))
        call('mount', (165, 40), b'none', b'/tmp', b'tmpfs', 0, 0)
        call('umount2', (166, 39), b'/plugin', 2)
        call('pivot_root', (155, 41), b'/tmp', b'/tmp')
        call('chroot', (161, 51), b'/tmp')
        call('setns', (308, 268), 0, 0)
        call('open_tree', (428, 428), -100, b'/usr', 1)
        call('fsopen', (430, 430), b'tmpfs', 0)
        forked(lambda: call('ptrace', (101, 117), 0, 0, 0, 0))
        call('process_vm_readv', (310, 270), os.getpid(), 0, 0, 0, 0, 0)
        call('pidfd_getfd', (438, 438), 0, 0, 0)
        call('bpf', (321, 280), 0, buffer, 64)
        call('keyctl', (250, 219), 0, -3, 1, 0, 0)
        call('add_key', (248, 217), b'user', b'n', b'v', 1, -3)
        call('io_uring_setup', (425, 425), 4, buffer)
        call('userfaultfd', (323, 282), 1)
        call('perf_event_open', (298, 241), buffer, 0, -1, -1, 0)
        call('init_module', (175, 105), buffer, 1, b'')
        call('kexec_load', (246, 104), 0, 0, 0, 0)
        call('reboot', (169, 142), 0, 0, 0, 0)
        call('open_by_handle_at', (304, 265), -100, buffer, 0)
        call('seccomp', (317, 277), 1, 0, 0)
        call('personality', (135, 92), 0x0040000)
        call('ioctl TIOCSTI', (16, 29), 0, 0x5412, b'x')
        call('cachestat, which is newer', (451, 451), 0, buffer, buffer, 0)
        """;

    private const string Refused = """
        unshare EPERM
        clone EPERM
        clone3 ENOSYS
        mount EPERM
        umount2 EPERM
        pivot_root EPERM
        chroot EPERM
        setns EPERM
        open_tree EPERM
        fsopen EPERM
        ptrace EPERM
        process_vm_readv EPERM
        pidfd_getfd EPERM
        bpf EPERM
        keyctl EPERM
        add_key EPERM
        io_uring_setup EPERM
        userfaultfd EPERM
        perf_event_open EPERM
        init_module EPERM
        kexec_load EPERM
        reboot EPERM
        open_by_handle_at EPERM
        seccomp EPERM
        personality EPERM
        ioctl TIOCSTI EPERM
        cachestat, which is newer EPERM

        """;

    /// <summary>A namespace of its own, and in it a file system that hides another: what the sandbox itself is made of.</summary>
    private const string Nested = """
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        def step(name, result): print(name, 'done' if result == 0 else ctypes.get_errno())
        step('unshare', libc.unshare(0x10020000))
        step('mount', libc.mount(b'none', b'/tmp', b'tmpfs', 0, None))
        """;

    private const string I386 = """
        import ctypes, mmap
        page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        page.write(bytes.fromhex('b814000000cd80c3'))
        print(ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))(), flush=True)
        """;

    private const string X32 = "import ctypes\nprint(ctypes.CDLL(None).syscall(0x40000000 + 39), flush=True)";

    private const int KilledBySystemCall = 128 + 31;

    public static bool IsX64 => System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64;

    [Theory]
    [InlineData(SyscallProfile.Base)]
    [InlineData(SyscallProfile.Python)]
    [InlineData(SyscallProfile.Node)]
    [InlineData(SyscallProfile.GoPlugin)]
    [InlineData(SyscallProfile.Dotnet)]
    public async Task T45_CallsThatMakeOrBreakSandboxes_AreRefused(SyscallProfile profile)
    {
        await using var neighbour = await Neighbour.StartAsync();

        var run = await Run.PythonAsync(new BubblewrapLauncher(), Calls, spec => spec with { Profile = profile });

        Assert.Equal(Refused, run.Output);
        await neighbour.AnswersAsync();
    }

    [Fact]
    public async Task T45_Control_WithoutTheFilterTheKernelHearsThem()
    {
        var run = await Run.PythonAsync(Specs.Without(Defences.Seccomp | Defences.UserNamespaceLimit), Calls);

        Assert.Contains("unshare done", run.Output);
        Assert.Contains("keyctl done", run.Output);
        Assert.Contains("ptrace done", run.Output);
        Assert.Contains("personality done", run.Output);
        Assert.DoesNotContain("cachestat, which is newer EPERM", run.Output);
    }

    [Theory]
    [InlineData(Defences.None)]
    [InlineData(Defences.Seccomp)]
    [InlineData(Defences.UserNamespaceLimit)]
    internal async Task T45_NestedNamespaces_AreRefusedByEitherDefence(Defences lifted)
    {
        var run = await Run.PythonAsync(Specs.Without(lifted), Nested);

        Assert.DoesNotContain("done", run.Output);
        Assert.Contains("mount 1", run.Output);
    }

    [Fact]
    public async Task T45_Control_WithoutBothTheyAreMade()
    {
        var run = await Run.PythonAsync(Specs.Without(Defences.Seccomp | Defences.UserNamespaceLimit), Nested);

        Assert.Equal("unshare done\nmount done\n", run.Output);
    }

    [Theory(Skip = "the other table of system calls is x86-64's", SkipUnless = nameof(IsX64))]
    [InlineData(I386)]
    [InlineData(X32)]
    public async Task T45_CallsOfAnotherTable_EndTheProgram(string script)
    {
        var run = await Run.PythonAsync(new BubblewrapLauncher(), script);
        Assert.Equal("", run.Output);
        Assert.Equal(KilledBySystemCall, run.Exit.Code);

        var control = await Run.PythonAsync(Specs.Without(Defences.Seccomp), script);
        Assert.NotEqual("", control.Output);
        Assert.Equal(0, control.Exit.Code);
    }

    [Fact]
    public async Task T45_User_IsNobodyInsideAndOutside()
    {
        const string Script = "import os\nprint(os.getuid(), os.getgid(), os.getgroups(), [l.split()[1] for l in open('/proc/self/status') if l.startswith(('Cap', 'NoNewPrivs', 'Seccomp:'))], [l.split()[1] for l in open('/proc/1/status') if l.startswith(('Cap', 'NoNewPrivs', 'Seccomp:'))], flush=True)\ninput()";
        const string Powerless = "['0000000000000000', '0000000000000000', '0000000000000000', '0000000000000000', '0000000000000000', '1', '2']";
        string canary = HostSight.NewCanary();
        await using var process = await new BubblewrapLauncher().StartAsync(Specs.Python(Script, canary), TestContext.Current.CancellationToken);
        using var output = new StreamReader(process.Output, leaveOpen: true);

        string inside = (await output.ReadLineAsync(TestContext.Current.CancellationToken))!;

        Assert.Matches(@"^1000 1000 \[(65534)?\] ", inside);
        Assert.EndsWith($"{Powerless} {Powerless}", inside);
        Assert.All(HostSight.Find(canary), pid =>
        {
            Assert.DoesNotContain("0", HostSight.Status(pid, "Uid").Split('\t'));
            Assert.DoesNotContain("0", HostSight.Status(pid, "Gid").Split('\t'));
        });
    }

    [Fact]
    public async Task T45_Control_StartedAsRootTheProgramIsRootOutside()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "the tests do not run as root");
        string canary = HostSight.NewCanary();
        await using var process = await Specs.Without(Defences.OtherUser).StartAsync(Specs.Python("print('up', flush=True)\ninput()", canary), TestContext.Current.CancellationToken);
        await process.Output.ReadExactlyAsync(new byte[3], TestContext.Current.CancellationToken);

        Assert.Contains(HostSight.Find(canary), pid => HostSight.Status(pid, "Uid").Split('\t')[0] == "0");
    }
}
