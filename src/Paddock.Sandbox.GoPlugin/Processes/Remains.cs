namespace Paddock.Sandbox.GoPlugin.Processes;

/// <summary>Removes a directory that a program could write to. The program is gone.</summary>
internal static class Remains
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
}
