using System.Globalization;

namespace Paddock.Sandbox.Process;

/// <summary>The group of one sandbox, in every tree.</summary>
internal sealed class ProcessCgroup
{
    private static readonly bool CanBeBornInGroup = Libc.Has("posix_spawnattr_setcgroup_np");

    private readonly IReadOnlyList<CgroupHierarchy> _groups;
    private readonly IReadOnlyList<CgroupHierarchy> _homes;

    private ProcessCgroup(IReadOnlyList<CgroupHierarchy> groups, IReadOnlyList<CgroupHierarchy> homes) => (_groups, _homes) = (groups, homes);

    internal static ProcessCgroup Create(IReadOnlyList<CgroupHierarchy> groups, IReadOnlyList<CgroupHierarchy> homes)
    {
        var made = new ProcessCgroup(groups, homes);
        foreach (var group in groups) Directory.CreateDirectory(group.Home);
        return made;
    }

    /// <summary>Starts a process in the group: it is in it before it does anything. Only on <see cref="SpawnThread"/>.</summary>
    /// <param name="spawn">Starts it, in the group of version 2 where one is given; its number.</param>
    /// <remarks>
    /// Moving a process that runs waits for a grace period of the kernel's, 10 ms and more. A thread that moves itself does not wait, so in version 1
    /// the launching thread goes there, starts the child, and returns. In version 2 a process cannot be divided so, but glibc 2.39 can start a child in a group.
    /// </remarks>
    internal ChildProcess Start(Func<Descriptor?, int> spawn)
    {
        using var born = CanBeBornInGroup && _groups.FirstOrDefault(g => g.Version == 2) is { } second ? Descriptor.TryOpen(second.Home, Libc.Directory) : null;
        var child = new ChildProcess(SpawnFromInside(() => spawn(born)));
        try
        {
            if (born is null)
            {
                foreach (var group in _groups.Where(g => g.Version == 2)) Join(group, child.Pid);
            }

            return child;
        }
        catch
        {
            child.Kill();
            throw;
        }
    }

    /// <summary>Sets the limits.</summary>
    /// <exception cref="IOException">The kernel does not take one.</exception>
    internal void Bound(Limits limits, HashSet<CgroupController> except)
    {
        foreach (var group in _groups)
        {
            foreach (var controller in group.Controllers.Where(controller => !except.Contains(controller))) Set(group, controller, limits);
        }
    }

    /// <summary>Whether the kernel killed something in the group for want of memory.</summary>
    internal bool RanOutOfMemory()
    {
        var group = _groups.First(g => g.Controllers.Contains(CgroupController.Memory));
        string[] words = CgroupHierarchy.Words(Path.Combine(group.Home, CgroupTable.OutOfMemoryFile(group.Version)));
        int at = Array.IndexOf(words, "oom_kill");
        return at >= 0 && at + 1 < words.Length && words[at + 1] != "0";
    }

    /// <summary>Kills whatever is in the group, waits until it is gone, and removes the group.</summary>
    internal async Task EmptyAsync()
    {
        for (var wait = 1; ; wait = Math.Min(wait * 2, 64))
        {
            var left = false;
            foreach (var group in _groups) left |= CgroupSweep.Kill(group.Home);
            if (!left && _groups.All(group => CgroupSweep.TryRemove(group.Home))) return;
            await Task.Delay(wait).ConfigureAwait(false);
        }
    }

    private int SpawnFromInside(Func<int> spawn)
    {
        try
        {
            foreach (var group in _groups.Where(g => g.Version == 1)) Join(group, 0);
            return spawn();
        }
        finally
        {
            foreach (var home in _homes.Where(g => g.Version == 1)) Join(home, 0);
            for (var i = 0; i < _groups.Count; i++)
            {
                if (_groups[i].Version == 1) BringBack(_groups[i], _homes[i]);
            }
        }
    }

    /// <summary>The runtime may begin a thread of its own at any time, from any thread: one that it began meanwhile was born in the group. No thread of the host stays there, to be bounded or killed with it.</summary>
    private static void BringBack(CgroupHierarchy group, CgroupHierarchy home)
    {
        string own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        while (CgroupHierarchy.Words(Path.Combine(group.Home, "cgroup.procs")).Contains(own))
        {
            foreach (string thread in CgroupHierarchy.Words(Path.Combine(group.Home, "tasks")))
            {
                if (!Directory.Exists($"/proc/self/task/{thread}")) continue;
                Join(home, int.Parse(thread, CultureInfo.InvariantCulture));
            }
        }
    }

    /// <summary>Moves a thread in version 1, a process in version 2; 0 is who asks.</summary>
    private static void Join(CgroupHierarchy group, int who) =>
        File.WriteAllText(Path.Combine(group.Home, CgroupTable.JoinFile(group.Version)), who.ToString(CultureInfo.InvariantCulture));

    private static void Set(CgroupHierarchy group, CgroupController controller, Limits limits)
    {
        foreach (var (file, value, onlyWithSwap) in CgroupTable.Settings(group.Version, controller, limits))
        {
            string path = Path.Combine(group.Home, file);
            if (!onlyWithSwap || File.Exists(path)) File.WriteAllText(path, value);
        }
    }
}
