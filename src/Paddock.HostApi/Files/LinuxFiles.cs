using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Paddock.HostApi.Files;

/// <summary>The system calls that resolve a path beneath a directory and nowhere else (openat2(2), Linux 5.6).</summary>
internal static unsafe partial class LinuxFiles
{
    internal const int Read = 0, Write = 1, Create = 0x40, Exclusive = 0x80, NonBlocking = 0x800, CloseOnExec = 0x80000, PathOnly = 0x200000;
    internal const int FileExists = 17, NoEntry = 2, Loop = 40, CrossDevice = 18, NotDirectory = 20;

    private const int CurrentDirectory = -100, NoSymlinkFollow = 0x100, EmptyPath = 0x1000;
    private const long OpenAt2 = 437;
    private const ulong ResolveNoMagicLinks = 2, ResolveNoSymlinks = 4, ResolveBeneath = 8;

    // These two differ by architecture (asm/fcntl.h).
    internal static int Directory => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000;

    internal static int NoFollow => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    /// <summary>What is known of a file without opening it.</summary>
    internal readonly record struct Status(bool IsRegular, bool IsDirectory, uint Links, long Size);

    /// <summary>Opens a path without following any symlink; beneath a directory, or from the root of the file system when there is none. Null with an errno when refused.</summary>
    internal static SafeFileHandle? Open(SafeFileHandle? directory, string path, int flags, out int error)
    {
        var how = new OpenHow
        {
            Flags = (ulong)(flags | CloseOnExec | NoFollow),
            Mode = (flags & Create) != 0 ? 0x1A4u : 0u,
            Resolve = ResolveNoMagicLinks | ResolveNoSymlinks | (directory is null ? 0 : ResolveBeneath),
        };
        var at = directory is null ? CurrentDirectory : (int)directory.DangerousGetHandle();
        var result = syscall(OpenAt2, at, path, &how, (nuint)sizeof(OpenHow));
        error = result < 0 ? Marshal.GetLastPInvokeError() : 0;
        GC.KeepAlive(directory);
        return result < 0 ? null : new SafeFileHandle((nint)result, ownsHandle: true);
    }

    /// <summary>The status of an entry of a directory, not following a symlink, or of the handle itself when the name is empty.</summary>
    internal static Status? Stat(SafeFileHandle directory, string name)
    {
        // struct statx (linux/stat.h): nlink at 16, mode at 28, size at 40.
        var buffer = stackalloc byte[256];
        const uint basic = 0x7FF;
        var failed = statx((int)directory.DangerousGetHandle(), name, NoSymlinkFollow | (name.Length == 0 ? EmptyPath : 0), basic, buffer) != 0;
        GC.KeepAlive(directory);
        if (failed) return null;
        var type = *(ushort*)(buffer + 28) & 0xF000;
        return new Status(type == 0x8000, type == 0x4000, *(uint*)(buffer + 16), *(long*)(buffer + 40));
    }

    internal static bool Rename(SafeFileHandle directory, string from, string to) =>
        renameat((int)directory.DangerousGetHandle(), from, (int)directory.DangerousGetHandle(), to) == 0;

    internal static void Remove(SafeFileHandle directory, string name) => _ = unlinkat((int)directory.DangerousGetHandle(), name, 0);

    internal static bool MakeDirectory(SafeFileHandle directory, string name) =>
        mkdirat((int)directory.DangerousGetHandle(), name, 0x1ED) == 0 || Marshal.GetLastPInvokeError() == FileExists;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial long syscall(long number, int directory, string path, OpenHow* how, nuint size);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, byte* buffer);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int renameat(int fromDirectory, string from, int toDirectory, string to);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unlinkat(int directory, string path, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkdirat(int directory, string path, int mode);
}
