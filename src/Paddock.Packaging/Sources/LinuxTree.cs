using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Paddock.Packaging;

/// <summary>A directory by its handle: each entry is opened beneath it, never following a link, and looked at before it is opened for reading. A rename meanwhile leads nowhere else.</summary>
internal sealed unsafe partial class LinuxTree : SafeTree
{
    private const int CurrentDirectory = -100, EmptyPath = 0x1000, PathOnly = 0x200000, CloseOnExec = 0x80000, NonBlocking = 0x800;
    private const int NoEntry = 2;
    private const int Regular = 0x8000, DirectoryType = 0x4000, LinkType = 0xA000;

    private readonly SafeFileHandle _directory;

    private LinuxTree(SafeFileHandle directory) => _directory = directory;

    public static bool IsSupported => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    // These two differ by architecture (asm/fcntl.h).
    private static int DirectoryOnly => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000;

    private static int NoFollow => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    /// <summary>Opens a directory of the host's own, links followed.</summary>
    public static LinuxTree? OpenHost(string path)
    {
        int opened = openat(CurrentDirectory, path, PathOnly | DirectoryOnly | CloseOnExec, 0);
        return opened < 0 ? null : new LinuxTree(new SafeFileHandle(opened, ownsHandle: true));
    }

    public override IEnumerable<string> Names() => Directory.EnumerateFileSystemEntries(HandlePath(_directory)).Select(e => Path.GetFileName(e));

    public override TreeEntry Open(string name)
    {
        int opened = openat((int)_directory.DangerousGetHandle(), name, PathOnly | NoFollow | CloseOnExec, 0);
        GC.KeepAlive(_directory);
        if (opened < 0) return new TreeEntry(Marshal.GetLastPInvokeError() == NoEntry ? EntryKind.Missing : EntryKind.Unreadable);
        var handle = new SafeFileHandle(opened, ownsHandle: true);
        var (type, links, size) = Status(handle);
        if (type == DirectoryType) return new TreeEntry(EntryKind.Directory, Directory: new LinuxTree(handle));
        using (handle)
        {
            if (type != Regular) return new TreeEntry(type == LinkType ? EntryKind.Link : EntryKind.Other);
            return links > 1 ? new TreeEntry(EntryKind.SecondName) : Reopen(handle, size);
        }
    }

    public override void Dispose() => _directory.Dispose();

    private static TreeEntry Reopen(SafeFileHandle handle, long size)
    {
        // Through the handle: the file that was looked at is the file that is read.
        int opened = openat(CurrentDirectory, HandlePath(handle), NonBlocking | CloseOnExec, 0);
        return opened < 0 ? new TreeEntry(EntryKind.Unreadable) : new TreeEntry(EntryKind.File, new SafeFileHandle(opened, ownsHandle: true), Size: size);
    }

    private static string HandlePath(SafeFileHandle handle) => $"/proc/self/fd/{(int)handle.DangerousGetHandle()}";

    private static (int Type, uint Links, long Size) Status(SafeFileHandle handle)
    {
        // SAFETY: struct statx (linux/stat.h) is 256 bytes: nlink at 16, mode at 28, size at 40.
        var buffer = stackalloc byte[256];
        const uint basic = 0x7FF;
        bool failed = statx((int)handle.DangerousGetHandle(), "", EmptyPath, basic, buffer) != 0;
        GC.KeepAlive(handle);
        return failed ? default : (*(ushort*)(buffer + 28) & 0xF000, *(uint*)(buffer + 16), *(long*)(buffer + 40));
    }

    // Variadic in C; on the two architectures supported an integer argument is passed alike either way.
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int openat(int directory, string path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, byte* buffer);
}
