using Microsoft.Win32.SafeHandles;

namespace Paddock.HostApi.Files;

/// <summary>Which directories a path lies in, by what they are rather than by what they are called.</summary>
internal static class DirectoryChain
{
    // Deeper than any path the kernel resolves.
    private const int Longest = 4096;

    /// <summary>The directory itself first, the file system's root last; links in the path are followed. Empty when it cannot be told.</summary>
    internal static IReadOnlyList<(uint Major, uint Minor, ulong Inode)> Of(string path)
    {
        if (!LinuxFiles.IsSupported) return [];
        var chain = new List<(uint Major, uint Minor, ulong Inode)>();
        var current = LinuxFiles.OpenHostDirectory(null, path);
        while (current is not null && chain.Count < Longest && Next(current, chain) is var parent)
        {
            current.Dispose();
            current = parent;
        }

        current?.Dispose();
        return chain;
    }

    private static SafeFileHandle? Next(SafeFileHandle current, List<(uint Major, uint Minor, ulong Inode)> chain)
    {
        // The root is its own parent.
        if (LinuxFiles.Stat(current, "") is not { } status || (chain.Count > 0 && chain[^1] == status.Identity)) return null;
        chain.Add(status.Identity);
        return LinuxFiles.OpenHostDirectory(current, "..");
    }
}
