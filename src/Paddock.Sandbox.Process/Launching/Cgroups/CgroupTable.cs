using System.Globalization;

namespace Paddock.Sandbox.Process;

/// <summary>A resource that a cgroup bounds.</summary>
internal enum CgroupController
{
    Memory,
    Cpu,
    Pids,
}

/// <summary>Which file of which controller takes which limit: all that the two versions of cgroups differ in.</summary>
internal static class CgroupTable
{
    // setpriv becomes bubblewrap's monitor, and bubblewrap keeps an init of its own inside: two processes that are not the guest's.
    private const int OwnProcesses = 2;

    private const long PeriodMicroseconds = 100_000;

    internal static readonly IReadOnlyList<CgroupController> Controllers = [CgroupController.Memory, CgroupController.Cpu, CgroupController.Pids];

    private static readonly Row[] Rows =
    [
        new(1, CgroupController.Memory, "memory.limit_in_bytes", Memory),
        // Memory and swap together: the same number means no swap. The kernel leaves the file out where it does not count swap.
        new(1, CgroupController.Memory, "memory.memsw.limit_in_bytes", Memory, OnlyWithSwap: true),
        new(1, CgroupController.Cpu, "cpu.cfs_period_us", _ => Text(PeriodMicroseconds)),
        new(1, CgroupController.Cpu, "cpu.cfs_quota_us", limits => Text(Quota(limits))),
        new(1, CgroupController.Pids, "pids.max", Pids),
        new(2, CgroupController.Memory, "memory.max", Memory),
        new(2, CgroupController.Memory, "memory.swap.max", _ => "0", OnlyWithSwap: true),
        new(2, CgroupController.Memory, "memory.oom.group", _ => "1"),
        new(2, CgroupController.Cpu, "cpu.max", limits => $"{Text(Quota(limits))} {Text(PeriodMicroseconds)}"),
        new(2, CgroupController.Pids, "pids.max", Pids),
    ];

    /// <summary>Where the kernel counts processes that it killed for want of memory.</summary>
    internal static string OutOfMemoryFile(int version) => version == 1 ? "memory.oom_control" : "memory.events";

    /// <summary>The file through which a process of the one kind is moved: a thread in version 1, a process in version 2.</summary>
    internal static string JoinFile(int version) => version == 1 ? "tasks" : "cgroup.procs";

    /// <summary>What to write, in this order, so that a controller bounds a group.</summary>
    internal static IEnumerable<(string File, string Value, bool OnlyWithSwap)> Settings(int version, CgroupController controller, Limits limits) =>
        Rows.Where(row => row.Version == version && row.Controller == controller).Select(row => (row.File, row.Value(limits), row.OnlyWithSwap));

    private static string Memory(Limits limits) => Text(limits.MemoryBytes);

    private static string Pids(Limits limits) => Text(limits.Processes + OwnProcesses);

    // The kernel takes no quota below a millisecond.
    private static long Quota(Limits limits) => Math.Max(1000, (long)(limits.Cpu * PeriodMicroseconds));

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private sealed record Row(int Version, CgroupController Controller, string File, Func<Limits, string> Value, bool OnlyWithSwap = false);
}
