using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace Paddock.Sandbox.GoPlugin.Processes;

/// <summary>Removes a directory that a program could write to. The program is gone.</summary>
internal static partial class Remains
{
    /// <summary>Whatever is in it.</summary>
    /// <exception cref="IOException">It cannot be removed.</exception>
    // SECURITY: directories can be nested deeper than any path can say, or any stack can follow. Each is emptied into the topmost one and then removed, so that no path has more than three parts.
    internal static void Remove(string path)
    {
        var (prefix, last) = (Guid.NewGuid().ToString("N"), 0);
        for (var directories = RemoveFiles(path); directories.Count > 0; directories = RemoveFiles(path))
        {
            foreach (var directory in directories)
            {
                foreach (var inner in RemoveFiles(directory))
                {
                    Open(inner);
                    Directory.Move(inner, $"{path}/{prefix}-{last++}");
                }

                Directory.Delete(directory);
            }
        }

        Directory.Delete(path);
    }

    /// <summary>Removes what is no directory; the directories that are left.</summary>
    private static List<string> RemoveFiles(string path)
    {
        Open(path);
        RenameUnreadable(path);
        List<string> directories = [];
        foreach (var entry in new DirectoryInfo(path).EnumerateFileSystemInfos())
        {
            // A link is removed as itself.
            if (entry is DirectoryInfo && entry.LinkTarget is null) directories.Add(entry.FullName);
            else File.Delete(entry.FullName);
        }

        return directories;
    }

    // A program may have shut itself out, and with it the host that is no root.
    private static void Open(string path)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    // SECURITY: a name may be any bytes, and .NET cannot say one that is not UTF-8: what bears it would stay.
    private static unsafe void RenameUnreadable(string path)
    {
        // struct dirent of 64-bit Linux, glibc's and musl's: the name stands behind inode, offset, length and type.
        const int NameOffset = 19;
        var directory = opendir(path);
        if (directory == 0) return;
        List<byte[]> names = [];
        for (var entry = readdir(directory); entry != 0; entry = readdir(directory))
        {
            var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)entry + NameOffset);
            if (!Utf8.IsValid(name)) names.Add(name.ToArray());
        }

        _ = closedir(directory);
        foreach (var name in names) _ = rename([.. Encoding.UTF8.GetBytes(path + "/"), .. name, 0], Encoding.UTF8.GetBytes($"{path}/{Guid.NewGuid():N}\0"));
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint opendir(string path);

    [LibraryImport("libc")]
    private static partial nint readdir(nint directory);

    [LibraryImport("libc")]
    private static partial int closedir(nint directory);

    [LibraryImport("libc")]
    private static partial int rename(byte[] from, byte[] to);
}
