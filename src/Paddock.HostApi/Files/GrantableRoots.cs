namespace Paddock.HostApi.Files;

/// <summary>Which directories may be granted at all. Keys and stores of the host lie outside every grantable root.</summary>
/// <param name="forbidden">Absolute paths that no plugin may reach: the host's data directory, its keys.</param>
public sealed class GrantableRoots(IEnumerable<string> forbidden)
{
    private static readonly string[] System = ["/", "/proc", "/sys", "/dev", "/run", "/etc", "/boot", "/root", "/usr", "/bin", "/sbin", "/lib"];

    private const string HoldsData = "It holds data of the host.";

    private readonly string[] _forbidden = [.. forbidden.Select(f => Path.TrimEndingDirectorySeparator(Path.GetFullPath(f)))];

    /// <summary>Whether a directory may be granted.</summary>
    /// <param name="path">As the operator wrote it.</param>
    /// <param name="root">The path to store: absolute, without symlinks, without a trailing separator.</param>
    /// <returns>Null when it may; otherwise why not.</returns>
    public string? Refuse(string path, out string root)
    {
        root = "";
        if (!Path.IsPathFullyQualified(path) || path.Contains('\0') || path.Split('/').Contains("..")) return "It is no absolute path.";
        root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var full = root;
        if (System.Contains(full, StringComparer.Ordinal) || full.StartsWith("/proc/", StringComparison.Ordinal) || full.StartsWith("/sys/", StringComparison.Ordinal) || full.StartsWith("/dev/", StringComparison.Ordinal) || full.StartsWith("/etc/", StringComparison.Ordinal) || full.StartsWith("/boot/", StringComparison.Ordinal))
            return "It belongs to the system.";
        if (_forbidden.Any(f => full == f || full.StartsWith(f + "/", StringComparison.Ordinal) || f.StartsWith(full + "/", StringComparison.Ordinal)))
            return HoldsData;
        if (!Directory.Exists(full)) return "There is no such directory.";
        for (var at = new DirectoryInfo(full); at is not null; at = at.Parent)
        {
            if (at.LinkTarget is not null) return "It is, or lies under, a symbolic link.";
        }

        return Overlaps(full) ? HoldsData : null;
    }

    // SECURITY: the host's directory under a second name (its configured path is a link, a bind mount). Names were compared
    // above; here it is the directories themselves: neither may lie in the other.
    private bool Overlaps(string root)
    {
        var candidate = DirectoryChain.Of(root);
        return _forbidden.Select(DirectoryChain.Of).Where(c => c.Count > 0)
            .Any(forbidden => candidate.Contains(forbidden[0]) || (candidate.Count > 0 && forbidden.Contains(candidate[0])));
    }
}
