namespace Paddock.Sandbox.Process;

/// <summary>What every program sees of the host's own files: programs and libraries, nothing of anybody's.</summary>
internal sealed class SystemView
{
    /// <summary>Where a program that is given by name alone is looked for.</summary>
    internal static readonly IReadOnlyList<string> ProgramDirectories = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"];

    /// <summary>The user inside, where nobody is root: of no importance outside.</summary>
    internal const string UserId = "1000";

    private static readonly byte[] Users = [.. "plugin:x:1000:1000::/tmp:/usr/sbin/nologin\n"u8], Groups = [.. "plugin:x:1000:\n"u8];

    private static readonly string[] Roots = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];

    // The dynamic linker's cache, and Debian's links from a program's common name to the one that is installed.
    private static readonly string[] Settings = ["/etc/ld.so.cache", "/etc/alternatives"];

    // bubblewrap's own /dev holds terminals too, and a second memory file system without a size.
    private static readonly string[] Devices =
    [
        "--tmpfs", "/dev", .. new[] { "null", "zero", "full", "random", "urandom" }.SelectMany(name => new[] { "--dev-bind", "/dev/" + name, "/dev/" + name }),
        "--symlink", "/proc/self/fd", "/dev/fd", "--symlink", "/proc/self/fd/0", "/dev/stdin", "--symlink", "/proc/self/fd/1", "/dev/stdout",
        "--symlink", "/proc/self/fd/2", "/dev/stderr", "--symlink", "/tmp", "/dev/shm", "--remount-ro", "/dev",
    ];

    // What the kernel tells there of the machine and of other users, and no program needs.
    private static readonly string[] Masked =
        ["cmdline", "config.gz", "diskstats", "interrupts", "kallsyms", "kcore", "keys", "key-users", "locks", "modules", "partitions", "sched_debug", "timer_list", "vmallocinfo"];

    private readonly string[] _before;
    private readonly string[] _after;

    internal SystemView(IReadOnlyList<string> systemPaths, Defences lifted)
    {
        _before = [.. Programs(), .. systemPaths.SelectMany(path => new[] { "--ro-bind", path, path })];
        _after = [.. Processes(lifted), .. Devices];
    }

    /// <summary>The arguments that come before the program's own files.</summary>
    internal void AddPrograms(BubblewrapArguments arguments)
    {
        arguments.Add(_before);
        arguments.AddFile("/etc/passwd", Users);
        arguments.AddFile("/etc/group", Groups);
    }

    /// <summary>The arguments that come after it.</summary>
    internal void AddDevices(BubblewrapArguments arguments) => arguments.Add(_after);

    private static IEnumerable<string> Programs()
    {
        foreach (var argument in new[] { "--ro-bind", "/usr", "/usr" }) yield return argument;
        foreach (string root in Roots)
        {
            var directory = new DirectoryInfo(root);
            if (!directory.Exists) continue;
            string[] shown = directory.LinkTarget is { } target ? ["--symlink", target, root] : ["--ro-bind", root, root];
            foreach (string argument in shown) yield return argument;
        }

        foreach (string path in Settings.Where(Path.Exists))
        {
            foreach (var argument in new[] { "--ro-bind", path, path }) yield return argument;
        }
    }

    private static IEnumerable<string> Processes(Defences lifted)
    {
        // Without a namespace of its own there is no private view to be had.
        if (lifted.HasFlag(Defences.ProcessNamespace)) return ["--dev-bind", "/proc", "/proc"];
        string[] masked = lifted.HasFlag(Defences.MaskedProc) ? [] : Masked;
        return ["--proc", "/proc", .. masked.Where(name => Path.Exists("/proc/" + name)).SelectMany(name => new[] { "--ro-bind", "/dev/null", "/proc/" + name })];
    }
}
