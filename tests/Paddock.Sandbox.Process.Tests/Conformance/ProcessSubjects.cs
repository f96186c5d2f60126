using Paddock.Conformance;

namespace Paddock.Sandbox.Process.Tests.Conformance;

/// <summary>The runtimes in processes of their own.</summary>
public sealed class ProcessSubjects : ISubjects
{
    // What a sandboxed program may see of files is the system's programs, and of variables those that every program is given.
    private static readonly string s_python = ProtocolGuests.Python(
        """
        def file():
            seen = [p for p in ('/etc/shadow', '/etc/hostname', '/root', '/home', '/work', '/var/lib') if os.access(p, os.R_OK)]
            return [p for p in seen if not os.path.isdir(p) or os.listdir(p)] or None
        """,
        "PATH", "HOME", "TMPDIR", "LANG", "TZ", "PWD", "LC_CTYPE");

    private static readonly string s_node = ProtocolGuests.Node(
        """
        const readable = (p) => { try { return fs.statSync(p).isDirectory() ? fs.readdirSync(p).length > 0 : fs.readFileSync(p).length > 0 } catch { return false } };
        exports.file = () => ['/etc/shadow', '/etc/hostname', '/root', '/home', '/work', '/var/lib'].find(readable) ?? null;
        """,
        "PATH", "HOME", "TMPDIR", "LANG", "TZ", "PWD");

    private const string CommandGuest = """
        #!/usr/bin/python3
        import json, os, sys, time
        what = sys.argv[1] if len(sys.argv) > 1 else 'run'
        given = json.load(sys.stdin)
        def readable(p): return (os.listdir(p) if os.path.isdir(p) else open(p).read()) if os.access(p, os.R_OK) else None
        def loop():
            while True: pass
        def memory():
            kept = []
            while len(kept) < 1024: kept.append(b'1' * (1 << 20))
        def flood():
            while True: print('again', file=sys.stderr)
        result = {
            'run': lambda: given,
            'fail': lambda: sys.exit(3),
            'text': lambda: None,
            'loop': loop,
            'nap': lambda: time.sleep(3600),
            'memory': memory,
            'large': lambda: '1' * 200000,
            'log': lambda: print('hello', file=sys.stderr),
            'flood': flood,
            'count': lambda: 1 if not os.path.exists('/tmp/x') and open('/tmp/x', 'w') else 2,
            'file': lambda: [p for p in ('/etc/shadow', '/etc/hostname', '/root', '/home', '/work', '/var/lib') if readable(p)] or None,
            'env': lambda: sorted(set(os.environ) - {'PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'PWD', 'LC_CTYPE', 'PLUGIN_ARGS_B64'}) or None,
        }[what]()
        print('no json' if what == 'text' else json.dumps(result, separators=(',', ':')))
        """;

    /// <inheritdoc/>
    public static IReadOnlyList<Subject> All { get; } =
    [
        new("Python", () => Plugins.Python(s_python), ProtocolGuests.Functions, new Dictionary<string, string>()) { MemoryBytes = 64 << 20 },
        new("Node", () => Plugins.Node(s_node), ProtocolGuests.Functions, new Dictionary<string, string>()) { MemoryBytes = 160 << 20 },
        new(".NET", Plugins.Dotnet, ProtocolGuests.Functions, new Dictionary<string, string>()) { MemoryBytes = 96 << 20 },
        new("command (script)", () => Plugins.Command(CommandGuest), Subject.Changed(
            ProtocolGuests.Functions, ("unknown function", null), ("recursion without end", null), ("host call denied", null), ("host calls without end", null), ("kept state", null)), new Dictionary<string, string>
        {
            ["unknown function"] = "the program decides; it exits with an error",
            ["recursion without end"] = "the program's own end, by its exit code or a signal",
            ["host call denied"] = "a command has no host functions",
            ["host calls without end"] = "a command has no host functions",
            ["kept state"] = "refused: each call is a run of its own",
        }) { MemoryBytes = 64 << 20 },
    ];
}
