using System.Runtime.InteropServices;

namespace Paddock.Sandbox.Process;

/// <summary>The calls of the C library that .NET has no form of. Linux only, 64 bit only.</summary>
internal static unsafe partial class Libc
{
    internal const int CloseOnExec = 0x80000, PathOnly = 0x200000, Directory = 0x10000;
    internal const int Interrupted = 4, Loop = 40;
    internal const int SignalKill = 9;

    internal static int Error => Marshal.GetLastPInvokeError();

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int pipe2(int* descriptors, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int memfd_create(string name, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint write(int descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint pwrite(int descriptor, byte* buffer, nuint length, long offset);

    // Variadic in C; on the two architectures supported an integer argument is passed alike either way.
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fchown(int descriptor, uint user, uint group);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int access(string path, int mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close(int descriptor);

    [LibraryImport("libc")]
    internal static partial uint geteuid();

    [LibraryImport("libc", SetLastError = true)]
    internal static partial long syscall(long number, long first, long second, void* third, long fourth);

    [LibraryImport("libc", SetLastError = true, EntryPoint = "syscall", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial long openat2(long number, int directory, string path, void* how, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int waitid(int kind, uint id, void* information, int options);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getrlimit(int resource, ResourceLimit* limit);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int posix_spawn(int* pid, string path, void* actions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_adddup2(void* actions, int from, int to);

    /// <summary>glibc 2.34 and later; asked for before it is used.</summary>
    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_addclosefrom_np(void* actions, int from);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_init(void* attributes);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_setsigmask(void* attributes, void* signals);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_setsigdefault(void* attributes, void* signals);

    /// <summary>glibc 2.39 and later; asked for before it is used.</summary>
    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_setcgroup_np(void* attributes, int cgroup);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_destroy(void* attributes);

    /// <summary>Whether the C library has a function that older ones lack.</summary>
    internal static bool Has(string function) =>
        NativeLibrary.TryLoad("libc.so.6", out nint library) && NativeLibrary.TryGetExport(library, function, out _);

    /// <summary>Reads that many bytes away, which are known to be there.</summary>
    internal static void Drain(int descriptor, int bytes)
    {
        byte one;
        for (var i = 0; i < bytes; i++) _ = read(descriptor, &one, 1);
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct PollEntry
    {
        internal int Descriptor;
        internal short Wanted;
        internal short Seen;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct ResourceLimit
    {
        internal ulong Soft;
        internal ulong Hard;
    }
}
