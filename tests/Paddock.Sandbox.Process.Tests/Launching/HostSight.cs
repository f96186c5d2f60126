using System.Globalization;
using System.Text;

namespace Paddock.Sandbox.Process.Tests;

/// <summary>What the host sees of processes, whoever started them.</summary>
internal static class HostSight
{
    /// <summary>A word that is in the command line of a test's own processes and of no other.</summary>
    public static string NewCanary() => "canary-" + Guid.NewGuid().ToString("N");

    /// <summary>Numbers of the processes whose command line holds the word.</summary>
    public static IReadOnlyList<int> Find(string canary)
    {
        var found = new List<int>();
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && CommandLine(pid).Contains(canary, StringComparison.Ordinal)) found.Add(pid);
        }

        return found;
    }

    /// <summary>Waits until no process with the word is left; only the test's own time limit ends it otherwise.</summary>
    public static async Task GoneAsync(string canary)
    {
        while (Find(canary).Count > 0) await Task.Delay(10, TestContext.Current.CancellationToken);
    }

    public static void Kill(string canary)
    {
        foreach (int pid in Find(canary)) ChildProcess.Kill(pid, p => CommandLine(p).Contains(canary, StringComparison.Ordinal));
    }

    /// <summary>The sandbox's groups that a process is in.</summary>
    public static IEnumerable<string> Groups(int pid) =>
        CgroupHome.OfThisProcess.Hierarchies
            .Select(hierarchy => Path.Combine(hierarchy.Home, HostName.OfThisProcess()))
            .Where(Directory.Exists)
            .SelectMany(Directory.EnumerateDirectories)
            .Where(group => CgroupHierarchy.Words(Path.Combine(group, "cgroup.procs")).Contains(pid.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The value of a line of /proc/PID/status.</summary>
    public static string Status(int pid, string key) =>
        File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith(key + ":", StringComparison.Ordinal))[(key.Length + 1)..].Trim();

    private static string CommandLine(int pid)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{pid}/cmdline"));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
