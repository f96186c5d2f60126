using System.ComponentModel;

namespace Paddock.Sandbox.Process;

/// <summary>A child of this process, named by a pidfd: a number that was used again is never signalled (the kernel refuses it), and never waited for.</summary>
internal sealed unsafe class ChildProcess : IDisposable
{
    private const int PidFdSendSignal = 424;
    private const int ByPidFd = 3, ExitedChildren = 4;

    private readonly Descriptor _pidfd;
    private readonly Task<int> _exited;

    /// <summary>Takes over a child that has not been waited for, so that its number is still its own.</summary>
    internal ChildProcess(int pid)
    {
        Pid = pid;
        _pidfd = Descriptor.OpenProcess(pid);
        _exited = ExitWatch.WaitAsync(_pidfd, Reap);
    }

    /// <summary>Its number, which is its own until <see cref="Exited"/> completes.</summary>
    internal int Pid { get; }

    /// <summary>Its exit code, 128 + the signal's number where a signal ended it.</summary>
    internal Task<int> Exited => _exited;

    /// <summary>Kills it; nothing happens where it has ended.</summary>
    internal void Kill() => Signal(_pidfd);

    public void Dispose() => _pidfd.Dispose();

    /// <summary>Kills a process that is named by its number alone, if it is what the caller takes it for. That is asked once the number is pinned: a process that took the number later is not signalled.</summary>
    internal static void Kill(int pid, Func<int, bool> isMeant)
    {
        try
        {
            using var pidfd = Descriptor.OpenProcess(pid);
            if (isMeant(pid)) Signal(pidfd);
        }
        catch (Win32Exception)
        {
            // It is gone.
        }
    }

    private static void Signal(Descriptor pidfd)
    {
        try
        {
            var held = false;
            pidfd.DangerousAddRef(ref held);
            _ = Libc.syscall(PidFdSendSignal, pidfd.Number, Libc.SignalKill, null, 0);
            pidfd.DangerousRelease();
        }
        catch (ObjectDisposedException)
        {
            // It is gone, and was waited for.
        }
    }

    private static int Reap(Descriptor pidfd)
    {
        const int KilledCode = 2, DumpedCode = 3;
        var information = stackalloc int[32];
        int result;
        do result = Libc.waitid(ByPidFd, (uint)pidfd.Number, information, ExitedChildren);
        while (result != 0 && Libc.Error == Libc.Interrupted);

        // Where the host ignores SIGCHLD the kernel keeps no exit code, and none may be taken for success.
        if (result != 0) return 255;
        int code = information[2], status = information[6];
        return code is KilledCode or DumpedCode ? 128 + status : status;
    }
}
