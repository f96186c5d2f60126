namespace Paddock.Sandbox.Process;

/// <summary>A tree of cgroups, and the host's own place in it. Version 1 has a tree for each controller, or for a few; version 2 has one.</summary>
/// <param name="Version">1 or 2.</param>
/// <param name="Root">Where the tree is mounted.</param>
/// <param name="Home">Directory of the host's own group.</param>
/// <param name="Controllers">Those of <see cref="CgroupTable.Controllers"/> that this tree has.</param>
internal sealed record CgroupHierarchy(int Version, string Root, string Home, IReadOnlyList<CgroupController> Controllers)
{
    /// <summary>The host's own group under version 2 is a leaf beside its plugins' groups, once <see cref="CgroupHome"/> has moved it there.</summary>
    internal const string HostLeaf = "paddock-host";

    /// <summary>The trees that this process can see.</summary>
    internal static IReadOnlyList<CgroupHierarchy> Read(string mounts, string groups)
    {
        var found = new List<CgroupHierarchy>();
        var wanted = CgroupTable.Controllers.ToHashSet();
        foreach (var mount in Mounts(mounts).OrderBy(mount => mount.Version))
        {
            if (OwnGroup(mount, groups) is not { } home || !Directory.Exists(home)) continue;
            string[] names = mount.Version == 1 ? mount.Options : Words(Path.Combine(home, "cgroup.controllers"));
            CgroupController[] controllers = [.. wanted.Where(controller => names.Contains(Name(controller)))];
            wanted.ExceptWith(controllers);
            if (controllers.Length > 0) found.Add(new CgroupHierarchy(mount.Version, mount.Point, home, controllers));
        }

        return found;
    }

    /// <summary>Whether groups with limits can be made below <see cref="Home"/>. In version 2 a group that is divided has no process in it itself; the root of all, which has no cgroup.type, is exempt.</summary>
    internal bool CanBeDivided =>
        Version == 1 || !File.Exists(Path.Combine(Home, "cgroup.type"))
        || Controllers.All(controller => Words(Path.Combine(Home, "cgroup.subtree_control")).Contains(Name(controller)))
        || Words(Path.Combine(Home, "cgroup.procs")).All(pid => pid == Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture));

    internal static string Name(CgroupController controller) => controller switch
    {
        CgroupController.Memory => "memory",
        CgroupController.Cpu => "cpu",
        _ => "pids",
    };

    internal static string[] Words(string file)
    {
        try
        {
            return File.ReadAllText(file).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>/proc/self/mountinfo: id parent device root mount-point options… - type source super-options.</summary>
    private static IEnumerable<Mount> Mounts(string mountInfo)
    {
        foreach (string line in mountInfo.Split('\n'))
        {
            string[] words = line.Split(' ');
            int dash = Array.IndexOf(words, "-");
            if (dash < 6 || words.Length < dash + 4) continue;
            if (words[dash + 1] is "cgroup" or "cgroup2")
                yield return new Mount(words[dash + 1] == "cgroup" ? 1 : 2, words[3], words[4], words[dash + 3].Split(','));
        }
    }

    /// <summary>/proc/self/cgroup: number:controllers:path, with no controllers for version 2. The path is seen from the tree's root, of which a container mounts a part.</summary>
    private static string? OwnGroup(Mount mount, string groups)
    {
        foreach (string line in groups.Split('\n'))
        {
            string[] parts = line.Split(':', 3);
            if (parts.Length < 3) continue;
            bool isThis = mount.Version == 2 ? parts[1].Length == 0 : parts[1].Length > 0 && parts[1].Split(',').All(mount.Options.Contains);
            if (!isThis) continue;
            string path = mount.Root != "/" && parts[2].StartsWith(mount.Root, StringComparison.Ordinal) ? parts[2][mount.Root.Length..] : parts[2];
            string home = (mount.Point + path).TrimEnd('/');
            return home.EndsWith("/" + HostLeaf, StringComparison.Ordinal) ? Path.GetDirectoryName(home) : home;
        }

        return null;
    }

    private sealed record Mount(int Version, string Root, string Point, string[] Options);
}
