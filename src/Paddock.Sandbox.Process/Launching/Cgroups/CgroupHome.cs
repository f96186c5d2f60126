using System.Globalization;

namespace Paddock.Sandbox.Process;

/// <summary>The host's groups: one directory for each host process below the host's own group, and in it one for each sandbox.</summary>
internal sealed class CgroupHome
{
    private static readonly Lazy<CgroupHome> Instance = new(() => new CgroupHome(CgroupHierarchy.Read(File.ReadAllText("/proc/self/mountinfo"), File.ReadAllText("/proc/self/cgroup"))));

    private readonly Lock _gate = new();
    private readonly string _host = HostName.OfThisProcess();
    private bool _prepared;
    private long _last;

    // A root's shell has company in its group; root, and nobody else, may make groups at the top instead.
    private CgroupHome(IReadOnlyList<CgroupHierarchy> hierarchies) =>
        Hierarchies = [.. hierarchies.Select(h => !h.CanBeDivided && Libc.geteuid() == 0 ? h with { Home = h.Root } : h)];

    internal static CgroupHome OfThisProcess => Instance.Value;

    internal IReadOnlyList<CgroupHierarchy> Hierarchies { get; }

    /// <summary>Why a controller cannot bound a sandbox here; null where it can.</summary>
    internal string? Lacks(CgroupController controller)
    {
        var hierarchy = Hierarchies.FirstOrDefault(hierarchy => hierarchy.Controllers.Contains(controller));
        if (hierarchy is null) return "the kernel, or this container, has no such controller";
        string[] needed = hierarchy.Version == 1 ? ["", "tasks"] : ["", "cgroup.procs", "cgroup.subtree_control"];
        const int Writable = 2;
        if (needed.Any(file => Libc.access(Path.Combine(hierarchy.Home, file), Writable) != 0)) return $"the host may not make groups below its own ({hierarchy.Home})";
        if (!hierarchy.CanBeDivided) return $"other processes are in the host's own group ({hierarchy.Home}), which so cannot be divided";
        if (controller == CgroupController.Memory && SwapIsUncounted(hierarchy)) return "swap is in use, and the kernel does not count it by group (swapaccount=1)";
        return null;
    }

    /// <summary>Makes the group of one sandbox, with nobody in it.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The host may not.</exception>
    internal ProcessCgroup Create()
    {
        lock (_gate)
        {
            if (!_prepared) Prepare();
            _prepared = true;
        }

        string name = Interlocked.Increment(ref _last).ToString(CultureInfo.InvariantCulture);
        return ProcessCgroup.Create([.. Hierarchies.Select(h => h with { Home = Path.Combine(h.Home, _host, name) })], Hierarchies);
    }

    private void Prepare()
    {
        foreach (var hierarchy in Hierarchies)
        {
            CgroupSweep.RemoveLeftovers(hierarchy);
            string directory = Path.Combine(hierarchy.Home, _host);
            if (hierarchy.Version == 2) Enable(hierarchy, hierarchy.Home);
            Directory.CreateDirectory(directory);
            if (hierarchy.Version == 2) Enable(hierarchy, directory);
        }

        // A host that is killed leaves its directory, empty, to the next.
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            foreach (var hierarchy in Hierarchies) CgroupSweep.TryRemove(Path.Combine(hierarchy.Home, _host));
        };
    }

    /// <summary>A group of version 2 gives controllers to its children only if no process is in it itself, the root aside.</summary>
    private static void Enable(CgroupHierarchy hierarchy, string directory)
    {
        string control = Path.Combine(directory, "cgroup.subtree_control");
        if (hierarchy.Controllers.All(controller => CgroupHierarchy.Words(control).Contains(CgroupHierarchy.Name(controller)))) return;
        if (directory == hierarchy.Home && CgroupHierarchy.Words(Path.Combine(directory, "cgroup.procs")).Length > 0 && File.Exists(Path.Combine(directory, "cgroup.type")))
        {
            string leaf = Directory.CreateDirectory(Path.Combine(directory, CgroupHierarchy.HostLeaf)).FullName;
            File.WriteAllText(Path.Combine(leaf, "cgroup.procs"), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        }

        File.WriteAllText(control, string.Join(' ', hierarchy.Controllers.Select(controller => "+" + CgroupHierarchy.Name(controller))));
    }

    private static bool SwapIsUncounted(CgroupHierarchy hierarchy)
    {
        bool hasSwap = File.Exists("/proc/swaps") && File.ReadLines("/proc/swaps").Skip(1).Any();
        string file = Path.Combine(hierarchy.Home, hierarchy.Version == 1 ? "memory.memsw.limit_in_bytes" : "memory.swap.max");

        // The root of version 2 has no such file even where its children do.
        bool counts = File.Exists(file) || (hierarchy.Version == 2 && !File.Exists(Path.Combine(hierarchy.Home, "cgroup.type")));
        return hasSwap && !counts;
    }
}
