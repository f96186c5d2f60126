using Paddock.HostApi.Files;

namespace Paddock.HostApi.Databases;

/// <summary>The host's own files, known by what they are rather than by name: a link, another mount of the same directory or a path with <c>..</c> leads to the same device and inode.</summary>
internal sealed class ReservedFiles(IReadOnlyList<string> directories)
{
    // Missing at the start, a store may be made later: so this is asked again whenever a database is opened.
    internal bool Contains(string path)
    {
        var real = Real(path);
        foreach (var directory in directories)
        {
            var root = Real(directory);
            if (real == root || real.StartsWith(Path.TrimEndingDirectorySeparator(root) + Path.DirectorySeparatorChar, StringComparison.Ordinal)) return true;
            if (!Directory.Exists(directory) || Identity(path) is not { } identity) continue;
            if (Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Any(file => Identity(file) == identity)) return true;
        }

        return false;
    }

    private static (uint Major, uint Minor, ulong Inode)? Identity(string path)
    {
        if (!LinuxFiles.IsSupported || !File.Exists(path)) return null;
        using var handle = LinuxFiles.OpenHostFile(path);
        return handle is not null && LinuxFiles.Stat(handle, "") is { } status ? status.Identity : null;
    }

    // Links in every part of the path, not only the last.
    private static string Real(string path)
    {
        var full = Path.GetFullPath(path);
        for (var hops = 0; hops < 40; hops++)
        {
            var next = Step(full);
            if (next == full) return full;
            full = next;
        }

        return full;
    }

    private static string Step(string full)
    {
        var root = Path.GetPathRoot(full)!;
        var parts = full[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
        var walked = root;
        for (var i = 0; i < parts.Length; i++)
        {
            walked = Path.Combine(walked, parts[i]);
            if (new FileInfo(walked).LinkTarget is not { } target) continue;
            return Path.GetFullPath(Path.Combine([Path.GetDirectoryName(walked)!, target, .. parts[(i + 1)..]]));
        }

        return full;
    }
}
