namespace Paddock.Sandbox.Process;

/// <summary>Removes what a host that was killed left behind.</summary>
internal static class CgroupSweep
{
    internal static void RemoveLeftovers(CgroupHierarchy hierarchy)
    {
        foreach (string host in Directory.EnumerateDirectories(hierarchy.Home, HostName.Prefix + "*"))
        {
            if (!HostName.IsOfTheDead(Path.GetFileName(host))) continue;
            foreach (string group in Directory.EnumerateDirectories(host)) TryEmpty(group);
            TryRemove(host);
        }
    }

    /// <summary>Removes a group; false while something is in it.</summary>
    internal static bool TryRemove(string directory)
    {
        try
        {
            Directory.Delete(directory);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Signals all that is in a group.</summary>
    internal static bool Kill(string directory)
    {
        string file = Path.Combine(directory, "cgroup.procs");
        string[] members = CgroupHierarchy.Words(file);
        foreach (string member in members)
        {
            // SECURITY: whatever put a thread of the host there, the host is not what is to be killed.
            if (int.TryParse(member, out int pid) && pid > 0 && pid != Environment.ProcessId) ChildProcess.Kill(pid, _ => CgroupHierarchy.Words(file).Contains(member));
        }

        return members.Length > 0;
    }

    private static void TryEmpty(string group)
    {
        // What is killed needs a moment to go; a group that is still held is tried again by the next host.
        for (var attempt = 0; attempt < 50; attempt++)
        {
            Kill(group);
            if (TryRemove(group)) return;
            Thread.Sleep(2);
        }
    }
}
