namespace Paddock.Conformance;

/// <summary>The guests in Python and Node that behave in every way the list asks for. What they run in shows them its own files and variables.</summary>
public static class ProtocolGuests
{
    /// <summary>The guests' function for each behaviour.</summary>
    public static IReadOnlyDictionary<string, string> Functions { get; } = new Dictionary<string, string>
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

    /// <summary>The guest in Python.</summary>
    /// <param name="file">Its function <c>file</c>: what of the host it can read, None for nothing.</param>
    /// <param name="variables">Names of the variables that it is to have, where they are.</param>
    public static string Python(string file, params string[] variables) => $$"""
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
        {{file}}
        def env(): return sorted(set(os.environ) - {{{Quoted(variables)}}}) or None
        """;

    /// <summary>The guest in JavaScript, for Node.</summary>
    /// <param name="file">Its function <c>file</c>: what of the host it can read, null for nothing.</param>
    /// <param name="variables">Names of the variables that it is to have, where they are.</param>
    public static string Node(string file, params string[] variables) => $$"""
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
        {{file}}
        exports.env = () => Object.keys(process.env).find((k) => ![{{Quoted(variables)}}].includes(k)) ?? null;
        """;

    private static string Quoted(string[] names) => string.Join(", ", names.Select(name => $"'{name}'"));
}
