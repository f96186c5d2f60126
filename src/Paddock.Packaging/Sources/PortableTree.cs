using Microsoft.Win32.SafeHandles;

namespace Paddock.Packaging;

/// <summary>A directory by its path, where the system calls of <see cref="LinuxTree"/> are not to be had. What an entry is is asked before and after it is opened.</summary>
// SECURITY: between the two, whoever may write to the directory can exchange entries. Such a host should install from zips.
internal sealed class PortableTree(string path) : SafeTree
{
    public override IEnumerable<string> Names() => Directory.EnumerateFileSystemEntries(path).Select(e => Path.GetFileName(e));

    public override TreeEntry Open(string name)
    {
        string whole = Path.Combine(path, name);
        try
        {
            var attributes = File.GetAttributes(whole);
            if (attributes.HasFlag(FileAttributes.ReparsePoint)) return new TreeEntry(EntryKind.Link);
            if (attributes.HasFlag(FileAttributes.Device)) return new TreeEntry(EntryKind.Other);
            if (attributes.HasFlag(FileAttributes.Directory)) return new TreeEntry(EntryKind.Directory, Directory: new PortableTree(whole));
            return OpenFile(whole);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new TreeEntry(EntryKind.Missing);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return new TreeEntry(EntryKind.Unreadable);
        }
    }

    public override void Dispose()
    {
        // A path holds nothing.
    }

    private static TreeEntry OpenFile(string whole)
    {
        // What is empty is never opened: the length of a pipe or device is 0 too, and opening one waits for its other end.
        if (new FileInfo(whole).Length == 0) return new TreeEntry(EntryKind.File);
        SafeFileHandle file = File.OpenHandle(whole);
        return File.GetAttributes(whole).HasFlag(FileAttributes.ReparsePoint)
            ? new TreeEntry(EntryKind.Link, file)
            : new TreeEntry(EntryKind.File, file, Size: RandomAccess.GetLength(file));
    }
}
