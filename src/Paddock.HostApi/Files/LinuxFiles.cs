using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Paddock.HostApi.Files;

/// <summary>The system calls that resolve a path beneath a directory and nowhere else: openat2(2) where the kernel has it (5.6), else one openat(2) a segment.</summary>
internal static unsafe partial class LinuxFiles
{
    internal const int Read = 0, Write = 1, Create = 0x40, Exclusive = 0x80, NonBlocking = 0x800, CloseOnExec = 0x80000, PathOnly = 0x200000;
    internal const int NotPermitted = 1, NoEntry = 2, AccessDenied = 13, FileExists = 17, CrossDevice = 18, NotDirectory = 20, IsDirectory = 21,
        NoSpace = 28, ReadOnlyFileSystem = 30, NameTooLong = 36, NoSystemCall = 38, Loop = 40, QuotaExceeded = 122;

    private const int CurrentDirectory = -100, NoSymlinkFollow = 0x100, EmptyPath = 0x1000;
    private const long OpenAt2 = 437;
    private const ulong ResolveNoMagicLinks = 2, ResolveNoSymlinks = 4, ResolveBeneath = 8;

    // A container engine's filter may answer EPERM for a call it does not know. Resolving "." beneath itself needs no permission otherwise.
    private static readonly Lazy<bool> HasOpenAt2 = new(() =>
    {
        using var here = OpenWhole(null, ".", PathOnly, out int error);
        return error is not (NoSystemCall or NotPermitted);
    });

    /// <summary>Whether the layouts and numbers below are those of this machine.</summary>
    internal static bool IsSupported => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

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
    internal readonly record struct Status(int Type, int Mode, uint Links, long Size, (uint Major, uint Minor, ulong Inode) Identity)
    {
        internal bool IsRegular => Type == 0x8000;

        internal bool IsDirectory => Type == 0x4000;

        internal bool IsLink => Type == 0xA000;

        internal uint Owner { get; init; }

        internal uint Group { get; init; }

        /// <summary>Whether a directory lets nobody but its owner and an entry's remove or rename that entry.</summary>
        internal bool IsSticky { get; init; }
    }

    /// <summary>Opens a path without following any symlink; beneath a directory, or from the root of the file system when there is none. Null with an errno when refused.</summary>
    internal static SafeFileHandle? Open(SafeFileHandle? directory, string path, int flags, out int error) =>
        HasOpenAt2.Value ? OpenWhole(directory, path, flags, out error) : OpenStepwise(directory, path, flags, out error);

    /// <summary>The same in one system call: the kernel holds the path beneath the directory while it walks.</summary>
    internal static SafeFileHandle? OpenWhole(SafeFileHandle? directory, string path, int flags, out int error)
    {
        var how = new OpenHow
        {
            Flags = (ulong)(flags | CloseOnExec),
            Mode = (flags & Create) != 0 ? 0x1A4u : 0u,

            // The last segment included, so that O_NOFOLLOW is not needed; with O_PATH it would even hand out the link itself.
            Resolve = ResolveNoMagicLinks | ResolveNoSymlinks | (directory is null ? 0 : ResolveBeneath),
        };
        var at = directory is null ? CurrentDirectory : (int)directory.DangerousGetHandle();
        var result = syscall(OpenAt2, at, path, &how, (nuint)sizeof(OpenHow));
        error = result < 0 ? Marshal.GetLastPInvokeError() : 0;
        GC.KeepAlive(directory);
        return result < 0 ? null : new SafeFileHandle((nint)result, ownsHandle: true);
    }

    /// <summary>The same with one system call a segment, for kernels without openat2. No segment is followed if it is a link, and the handle of each is the directory for the next, so that a rename between two steps leads nowhere else.</summary>
    internal static SafeFileHandle? OpenStepwise(SafeFileHandle? directory, string path, int flags, out int error)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(s => s != ".").ToArray();
        error = path.Length == 0 ? NoEntry : segments.Contains("..") ? CrossDevice : 0;
        if (error != 0) return null;
        if (segments.Length == 0) segments = ["."];
        var current = OpenSegment(directory, directory is null && path.StartsWith('/') ? "/" : ".", PathOnly | Directory, out error);
        for (var i = 0; current is not null && i < segments.Length; i++)
        {
            var next = OpenSegment(current, segments[i], i == segments.Length - 1 ? flags : PathOnly | Directory, out error);
            if (next is null && error == NotDirectory && Stat(current, segments[i]) is { IsLink: true }) error = Loop;
            current.Dispose();
            current = next;
        }

        return current;
    }

    /// <summary>A directory by name, links followed: for paths of the host's own only.</summary>
    internal static SafeFileHandle? OpenHostDirectory(SafeFileHandle? directory, string path)
    {
        var at = directory is null ? CurrentDirectory : (int)directory.DangerousGetHandle();
        var result = openat(at, path, PathOnly | Directory | CloseOnExec, 0);
        GC.KeepAlive(directory);
        return result < 0 ? null : new SafeFileHandle(result, ownsHandle: true);
    }

    /// <summary>A file by name, links followed, without opening it for reading: for paths of the host's own only.</summary>
    internal static SafeFileHandle? OpenHostFile(string path)
    {
        var result = openat(CurrentDirectory, path, PathOnly | CloseOnExec, 0);
        return result < 0 ? null : new SafeFileHandle(result, ownsHandle: true);
    }

    private static SafeFileHandle? OpenSegment(SafeFileHandle? directory, string segment, int flags, out int error)
    {
        var at = directory is null ? CurrentDirectory : (int)directory.DangerousGetHandle();
        var result = openat(at, segment, flags | CloseOnExec | NoFollow, 0x1A4);
        error = result < 0 ? Marshal.GetLastPInvokeError() : 0;
        GC.KeepAlive(directory);
        return result < 0 ? null : new SafeFileHandle(result, ownsHandle: true);
    }

    /// <summary>The status of an entry of a directory, not following a symlink, or of the handle itself when the name is empty.</summary>
    internal static Status? Stat(SafeFileHandle directory, string name)
    {
        // SAFETY: struct statx (linux/stat.h) is 256 bytes: nlink at 16, owner at 20, group at 24, mode at 28, inode at 32, size at 40, device at 136 and 140.
        var buffer = stackalloc byte[256];
        const uint basic = 0x7FF;
        var failed = statx((int)directory.DangerousGetHandle(), name, NoSymlinkFollow | (name.Length == 0 ? EmptyPath : 0), basic, buffer) != 0;
        GC.KeepAlive(directory);
        if (failed) return null;
        var mode = *(ushort*)(buffer + 28);
        return new Status(mode & 0xF000, mode & 0x1FF, *(uint*)(buffer + 16), *(long*)(buffer + 40),
            (*(uint*)(buffer + 136), *(uint*)(buffer + 140), *(ulong*)(buffer + 32)))
        {
            Owner = *(uint*)(buffer + 20),
            Group = *(uint*)(buffer + 24),
            IsSticky = (mode & 0x200) != 0,
        };
    }

    /// <summary>The user that this process acts as.</summary>
    internal static uint User => geteuid();

    internal static bool Rename(SafeFileHandle directory, string from, string to, out int error)
    {
        var done = renameat((int)directory.DangerousGetHandle(), from, (int)directory.DangerousGetHandle(), to) == 0;
        error = done ? 0 : Marshal.GetLastPInvokeError();
        return done;
    }

    /// <summary>Sets the nine permission bits. Set-user-id and its like are never kept.</summary>
    internal static void SetMode(SafeFileHandle file, int mode) => _ = fchmod((int)file.DangerousGetHandle(), (uint)mode);

    internal static void Remove(SafeFileHandle directory, string name) => _ = unlinkat((int)directory.DangerousGetHandle(), name, 0);

    /// <summary>Makes a directory unless there is something of that name.</summary>
    internal static bool MakeDirectory(SafeFileHandle directory, string name, out int error)
    {
        error = mkdirat((int)directory.DangerousGetHandle(), name, 0x1ED) == 0 ? 0 : Marshal.GetLastPInvokeError();
        return error is 0 or FileExists;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial long syscall(long number, int directory, string path, OpenHow* how, nuint size);

    // Variadic in C; on the two architectures supported an integer argument is passed alike either way.
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int openat(int directory, string path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, byte* buffer);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int renameat(int fromDirectory, string from, int toDirectory, string to);

    [LibraryImport("libc")]
    private static partial uint geteuid();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchmod(int file, uint mode);

    /// <summary>Whether a POSIX access list says more than the mode (acl(5)); where it cannot be read, it may.</summary>
    internal static bool HasAccessList(SafeFileHandle file)
    {
        const int noData = 61, notSupported = 95;
        var size = getxattr($"/proc/self/fd/{file.DangerousGetHandle()}", "system.posix_acl_access", null, 0);
        GC.KeepAlive(file);
        return size >= 0 || Marshal.GetLastPInvokeError() is not (noData or notSupported);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint getxattr(string path, string name, byte* value, nuint size);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unlinkat(int directory, string path, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkdirat(int directory, string path, int mode);
}
