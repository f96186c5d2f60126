using Microsoft.Win32.SafeHandles;

namespace Paddock.Packaging;

/// <summary>What an entry of a directory is.</summary>
internal enum EntryKind
{
    Missing,
    Unreadable,
    File,
    Directory,
    Link,
    SecondName,
    Other,
}

/// <summary>An entry, opened. Who asked disposes what is in it.</summary>
internal readonly record struct TreeEntry(EntryKind Kind, SafeFileHandle? File = null, SafeTree? Directory = null, long Size = 0);

/// <summary>A directory whose entries are opened without following links.</summary>
internal abstract class SafeTree : IDisposable
{
    /// <summary>Opens a directory of the host's own; null when there is none that can be read.</summary>
    public static SafeTree? OpenRoot(string path) =>
        LinuxTree.IsSupported ? LinuxTree.OpenHost(path) : Directory.Exists(path) ? new PortableTree(path) : null;

    /// <summary>Names of its entries, in no order, as they are read.</summary>
    /// <exception cref="IOException">It cannot be listed. Or <see cref="UnauthorizedAccessException"/>.</exception>
    public abstract IEnumerable<string> Names();

    /// <summary>Opens an entry for reading.</summary>
    public abstract TreeEntry Open(string name);

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>All of a file, or null with a finding. Neither more nor less than its size when it was opened.</summary>
    public static byte[]? ReadAll(TreeEntry entry, string shown, PackageContents contents)
    {
        if (entry.File is null) return [];
        try
        {
            var content = new byte[entry.Size];
            int read = 0;
            while (read < content.Length && RandomAccess.Read(entry.File, content.AsSpan(read), read) is var count && count > 0) read += count;
            if (read == content.Length && RandomAccess.Read(entry.File, new byte[1], read) == 0) return content;
            contents.Report(PackageCodes.ChangedWhileRead, "The file changed while it was read.", shown, "Try again when it is written.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            contents.Report(PackageCodes.Unreadable, "The file cannot be read.", shown);
        }

        return null;
    }

    /// <summary>Reports an entry that is no file to be read.</summary>
    // SECURITY: a link or device in a package makes the host read what the package's author may not.
    public static void Refuse(EntryKind kind, string shown, PackageContents contents)
    {
        switch (kind)
        {
            case EntryKind.Missing: contents.Report(PackageCodes.Unreadable, "There is no such file.", shown); break;
            case EntryKind.Unreadable: contents.Report(PackageCodes.Unreadable, "The file cannot be opened.", shown); break;
            case EntryKind.Link: contents.Report(PackageCodes.FileKind, "This is a link.", shown, "Put the file itself there."); break;
            case EntryKind.SecondName: contents.Report(PackageCodes.FileKind, "The file has another name elsewhere (a hard link).", shown, "Copy it."); break;
            default: contents.Report(PackageCodes.FileKind, "This is neither a file nor a directory.", shown); break;
        }
    }
}
