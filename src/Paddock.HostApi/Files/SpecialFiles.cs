using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;

namespace Paddock.HostApi.Files;

/// <summary>Looks for sockets, pipes and devices in directories that are to be shown to programs. An answer is kept for a while, for looking takes as long as there are files.</summary>
/// <remarks>SECURITY: a Unix socket in a directory is a way out of a container without a network: whoever sees it may be able to connect to it.</remarks>
internal sealed class SpecialFiles(int mostEntries, TimeProvider clock)
{
    private const int MostAnswers = 1000;
    private const int MostDepth = 64;
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<(uint, uint, ulong), (long At, string? Found)> _answers = new();

    /// <summary>What stands against showing a directory; null for nothing.</summary>
    /// <param name="root">Its path.</param>
    /// <param name="identity">Which directory it was that was looked at.</param>
    internal string? Find(string root, out string? identity)
    {
        identity = null;
        using var directory = LinuxFiles.Open(null, root, LinuxFiles.Read | LinuxFiles.Directory, out _);
        if (directory is null || LinuxFiles.Stat(directory, "") is not { } status) return "It cannot be opened.";
        identity = status.Identity.ToString();
        if (_answers.TryGetValue(status.Identity, out var answer) && clock.GetElapsedTime(answer.At) < Kept) return answer.Found;
        int left = mostEntries;
        string? found = Find(directory, 0, ref left);
        if (_answers.Count >= MostAnswers) _answers.Clear();
        _answers[status.Identity] = (clock.GetTimestamp(), found);
        return found;
    }

    private string? Find(SafeFileHandle directory, int depth, ref int left)
    {
        if (depth == MostDepth) return $"It is deeper than {MostDepth} directories.";
        // The descriptor is the directory, whatever its name leads to by now.
        foreach (string path in Directory.EnumerateFileSystemEntries($"/proc/self/fd/{directory.DangerousGetHandle()}"))
        {
            if (--left < 0) return $"It has more than {mostEntries} entries.";
            string name = Path.GetFileName(path);
            if (LinuxFiles.Stat(directory, name) is not { } status || status.IsRegular || status.IsLink) continue;
            // What a plugin's own program made there leads to nobody but itself. Under an engine that maps users it has another number, and is refused.
            if (!status.IsDirectory && !PluginUsers.IsNobody(status.Owner)) return "There is a socket, a pipe or a device in it.";
            if (!status.IsDirectory) continue;
            using var beneath = LinuxFiles.Open(directory, name, LinuxFiles.Read | LinuxFiles.Directory, out _);
            // Gone, or closed to this process; whoever owns it can open it to others.
            if (beneath is null) continue;
            if (Find(beneath, depth + 1, ref left) is { } found) return found;
        }

        return null;
    }
}
