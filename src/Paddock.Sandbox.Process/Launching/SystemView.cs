namespace Paddock.Sandbox.Process;

/// <summary>What every program sees of the host's own files: programs and libraries, nothing of anybody's.</summary>
internal sealed class SystemView
{
    /// <summary>Where a program that is given by name alone is looked for.</summary>
    internal static readonly IReadOnlyList<string> ProgramDirectories = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"];

    /// <summary>The user inside, where nobody is root: of no importance outside.</summary>
    internal const string UserId = "1000";

    private const string Users = "plugin:x:1000:1000::/tmp:/usr/sbin/nologin\n", Groups = "plugin:x:1000:\n";

    private static readonly string[] Roots = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];

    // The dynamic linker's cache, and Debian's links from a program's common name to the one that is installed.
    private static readonly string[] Settings = ["/etc/ld.so.cache", "/etc/alternatives"];

    private static readonly string[] Devices = ["null", "zero", "full", "random", "urandom"];

    // What the kernel tells there of the machine and of other users, and no program needs.
    private static readonly string[] Masked =
        ["cmdline", "config.gz", "diskstats", "interrupts", "kallsyms", "kcore", "keys", "key-users", "locks", "modules", "partitions", "sched_debug", "timer_list", "vmallocinfo"];

    private readonly string[] _before;
    private readonly string[] _after;

    internal SystemView(IReadOnlyList<string> systemPaths, Defences lifted)
    {
        _before = [.. Programs(), .. systemPaths.SelectMany(path => new[] { "--ro-bind", path, path })];
        _after = [.. ProcessesAndDevices(lifted.HasFlag(Defences.MaskedProc) ? [] : Masked)];
    }

    /// <summary>The arguments that come before the program's own files.</summary>
    internal void AddPrograms(BubblewrapArguments arguments)
    {
        arguments.Add(_before);
        arguments.AddFile("/etc/passwd", System.Text.Encoding.UTF8.GetBytes(Users));
        arguments.AddFile("/etc/group", System.Text.Encoding.UTF8.GetBytes(Groups));
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

    private static List<string> ProcessesAndDevices(string[] masked)
    {
        List<string> arguments = ["--proc", "/proc"];
        foreach (string name in masked.Where(name => Path.Exists("/proc/" + name))) arguments.AddRange(["--ro-bind", "/dev/null", "/proc/" + name]);

        // bubblewrap's own /dev holds terminals too, and a second memory file system without a size.
        arguments.AddRange(["--tmpfs", "/dev"]);
        foreach (string name in Devices) arguments.AddRange(["--dev-bind", "/dev/" + name, "/dev/" + name]);
        arguments.AddRange(["--symlink", "/proc/self/fd", "/dev/fd", "--symlink", "/proc/self/fd/0", "/dev/stdin", "--symlink", "/proc/self/fd/1", "/dev/stdout"]);
        arguments.AddRange(["--symlink", "/proc/self/fd/2", "/dev/stderr", "--symlink", "/tmp", "/dev/shm", "--remount-ro", "/dev"]);
        return arguments;
    }
}
