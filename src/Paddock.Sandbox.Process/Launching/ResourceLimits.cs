using System.Globalization;

namespace Paddock.Sandbox.Process;

/// <summary>What is limited for each process rather than for the group (getrlimit(2)). The number of processes is not: the kernel counts it by user, over all sandboxes at once.</summary>
internal static unsafe class ResourceLimits
{
    /// <summary>.NET maps its code through a file in memory of 2 GiB, of which it uses little.</summary>
    private const long DotnetFileBytes = 2L << 30;

    private const ulong Unlimited = ulong.MaxValue;

    /// <summary>The arguments of prlimit, of util-linux. Not set from the host, which may not touch a process once it is another user's.</summary>
    internal static IEnumerable<string> Arguments(ProcessSpec spec, int descriptors, Defences lifted)
    {
        long file = Math.Max(spec.TemporaryBytes, spec.Mounts.Any(mount => mount.Writable) ? 1L << 30 : 0);
        if (spec.Profile == SyscallProfile.Dotnet) file = Math.Max(file, DotnetFileBytes);

        // SECURITY: a core dump is the guest's memory, written by the kernel outside the sandbox, wherever the host's core_pattern says.
        yield return Argument("core", 4, lifted.HasFlag(Defences.NoCoreDumps) ? Unlimited : 0);
        if (!lifted.HasFlag(Defences.SizedTemporary)) yield return Argument("fsize", 1, (ulong)file);
        yield return Argument("nofile", 7, (ulong)(1024 + descriptors));
        yield return Argument("memlock", 8, 64 << 10);
        yield return Argument("msgqueue", 12, 0);
        yield return Argument("nice", 13, 0);
        yield return Argument("rtprio", 14, 0);
    }

    // A limit may be lowered by anybody and raised by few.
    private static string Argument(string name, int resource, ulong value)
    {
        Libc.ResourceLimit limit;
        if (Libc.getrlimit(resource, &limit) != 0) throw new System.ComponentModel.Win32Exception(Libc.Error);
        ulong least = Math.Min(value, limit.Hard);
        return $"--{name}={(least == Unlimited ? "unlimited" : least.ToString(CultureInfo.InvariantCulture))}";
    }
}
