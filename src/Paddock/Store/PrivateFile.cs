namespace Paddock.Store;

/// <summary>Files that only the owner of the process may read.</summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>How to open one. A new file has mode 0600.</summary>
    public static FileStreamOptions Options(FileMode mode, FileAccess access)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        return options;
    }

    /// <summary>Writes a file aside and renames it: a crash never leaves half of it under its name.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="content">What it is to hold.</param>
    /// <param name="overwrite">Whether it takes the place of one that is there; an <see cref="IOException"/> otherwise.</param>
    public static void Write(string path, ReadOnlySpan<byte> content, bool overwrite = true)
    {
        string fresh = path + ".new";
        using (var stream = new FileStream(fresh, Options(FileMode.Create, FileAccess.Write)))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(fresh, path, overwrite);
    }
}
