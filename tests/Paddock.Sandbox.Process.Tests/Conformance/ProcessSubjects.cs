using Paddock.Conformance;

namespace Paddock.Sandbox.Process.Tests.Conformance;

/// <summary>The runtimes in processes of their own.</summary>
public sealed class ProcessSubjects : ISubjects
{
    // What a sandboxed program may see of files is the system's programs, and of variables those that every program is given.
    private const string PythonGuest = """
        import os, time
        from paddock import host, HostError
        calls = 0
        def run(**kwargs): return kwargs
        def fail(): raise ValueError('it failed')
        def text(): return {1, 2}
        def loop():
            while True: pass
        def nap():
            time.sleep(3600)
        def memory():
            kept = []
            while len(kept) < 1024: kept.append(b'1' * (1 << 20))
        def deep(): return deep() + 1
        def large(): return '1' * 200000
        def log(): print('hello')
        def flood():
            while True: print('again')
        def ask():
            try: return host.kv.get('k')
            except HostError as e: return e.code
        def asks():
            while True:
                try: host.kv.get('k')
                except HostError: pass
        def count():
            global calls
            calls += 1
            return calls
        def file():
            seen = [p for p in ('/etc/shadow', '/etc/hostname', '/root', '/home', '/work', '/var/lib') if os.access(p, os.R_OK)]
            return [p for p in seen if not os.path.isdir(p) or os.listdir(p)] or None
        def env(): return sorted(set(os.environ) - {'PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'PWD', 'LC_CTYPE'}) or None
        """;

    private const string NodeGuest = """
        const fs = require('fs');
        let calls = 0;
        const deep = () => deep() + 1;
        exports.run = (c) => c.input;
        exports.fail = () => { throw new Error('it failed') };
        exports.text = () => 1n;
        exports.loop = () => { for (;;) {} };
        exports.nap = () => new Promise(() => {});
        exports.memory = () => { const all = []; while (all.length < 1e6) all.push(new Array(1000).fill(1)) };
        exports.deep = () => deep();
        exports.large = () => '1'.repeat(200000);
        exports.log = () => { console.log('hello') };
        exports.flood = () => { for (;;) console.log('again') };
        exports.ask = (c) => c.host.kv.get('k').catch((e) => e.code);
        exports.asks = async (c) => { for (;;) await c.host.kv.get('k').catch(() => 0) };
        exports.count = () => ++calls;
        const readable = (p) => { try { return fs.statSync(p).isDirectory() ? fs.readdirSync(p).length > 0 : fs.readFileSync(p).length > 0 } catch { return false } };
        exports.file = () => ['/etc/shadow', '/etc/hostname', '/root', '/home', '/work', '/var/lib'].find(readable) ?? null;
        exports.env = () => Object.keys(process.env).find((k) => !['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'PWD'].includes(k)) ?? null;
        """;

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

    private static readonly Dictionary<string, string> s_functions = new()
    {
        ["completes"] = "run",
        ["guest error"] = "fail",
        ["unknown function"] = "no_such",
        ["result that is no JSON"] = "text",
        ["endless loop"] = "loop",
        ["endless sleep"] = "nap",
        ["memory without end"] = "memory",
        ["recursion without end"] = "deep",
        ["large result"] = "large",
        ["log"] = "log",
        ["log without end"] = "flood",
        ["host call denied"] = "ask",
        ["host calls without end"] = "asks",
        ["fresh state"] = "count",
        ["kept state"] = "count",
        ["cancellation"] = "loop",
        ["no file of the host"] = "file",
        ["no environment of the host"] = "env",
    };

    /// <inheritdoc/>
    public static IReadOnlyList<Subject> All { get; } =
    [
        new("Python", () => Plugins.Python(PythonGuest), s_functions, new Dictionary<string, string>()) { MemoryBytes = 64 << 20 },
        new("Node", () => Plugins.Node(NodeGuest), s_functions, new Dictionary<string, string>()) { MemoryBytes = 160 << 20 },
        new(".NET", Plugins.Dotnet, s_functions, new Dictionary<string, string>()) { MemoryBytes = 96 << 20 },
        new("command (script)", () => Plugins.Command(CommandGuest), Subject.Changed(
            s_functions, ("unknown function", null), ("recursion without end", null), ("host call denied", null), ("host calls without end", null), ("kept state", null)), new Dictionary<string, string>
        {
            ["unknown function"] = "the program decides; it exits with an error",
            ["recursion without end"] = "the program's own end, by its exit code or a signal",
            ["host call denied"] = "a command has no host functions",
            ["host calls without end"] = "a command has no host functions",
            ["kept state"] = "refused: each call is a run of its own",
        }) { MemoryBytes = 64 << 20 },
    ];
}
