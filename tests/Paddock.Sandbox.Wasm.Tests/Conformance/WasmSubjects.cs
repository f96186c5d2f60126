using Paddock.Conformance;

namespace Paddock.Sandbox.Wasm.Tests.Conformance;

/// <summary>The runtimes inside the WebAssembly engine.</summary>
public sealed class WasmSubjects : ISubjects
{
    private const string JavaScriptGuest = """
        let calls = 0;
        const deep = () => deep() + 1;
        exports.echo = (c) => c.input;
        exports.fail = () => { throw new Error('it failed') };
        exports.text = () => 1n;
        exports.loop = () => { for (;;) {} };
        exports.memory = () => { const all = []; for (;;) all.push(new Array(1000).fill(1)) };
        exports.deep = () => deep();
        exports.large = () => '1'.repeat(200000);
        exports.log = () => { console.log('hello') };
        exports.flood = () => { for (;;) console.log('again') };
        exports.ask = (c) => c.host.kv.get('k').catch((e) => e.code);
        exports.asks = async (c) => { for (;;) await c.host.kv.get('k').catch(() => 0) };
        exports.count = () => ++calls;
        exports.file = () => typeof require === 'undefined' && typeof std === 'undefined' ? null : 'there is a way';
        exports.env = () => typeof process === 'undefined' ? null : 'there is a way';
        """;

    private static readonly Dictionary<string, string> CFunctions = new()
    {
        ["completes"] = "echo",
        ["guest error"] = "exit",
        ["result that is no JSON"] = "text",
        ["endless loop"] = "loop",
        ["endless sleep"] = "sleep",
        ["memory without end"] = "memory",
        ["recursion without end"] = "deep",
        ["large result"] = "large",
        ["log"] = "log",
        ["log without end"] = "flood",
        ["host call denied"] = "cache_get",
        ["host calls without end"] = "ask",
        ["fresh state"] = "count",
        ["kept state"] = "count",
        ["cancellation"] = "loop",
        ["no file of the host"] = "file",
        ["no environment of the host"] = "env",
    };

    /// <summary>Every runtime of this project.</summary>
    public static IReadOnlyList<Subject> All { get; } =
    [
        new("JavaScript", () => RuntimeFixture.Spec(JavaScriptGuest), Subject.Changed(CFunctions, ("guest error", "fail"), ("unknown function", "no_such"), ("host call denied", "ask"), ("host calls without end", "asks"), ("endless sleep", null), ("kept state", null)), new Dictionary<string, string>
        {
            ["endless sleep"] = "nothing sleeps; awaiting nothing is GUEST_DEADLOCK",
            ["kept state"] = "refused: state belongs into the store",
        }),
        new("gk (C)", () => Guests.Spec(Guests.Gk), CFunctions, new Dictionary<string, string>
        {
            ["unknown function"] = "gk_call takes any name; the plugin decides",
        }),
        new("Extism (C)", () => Guests.Spec(Guests.Extism), Subject.Changed(CFunctions,
            ("guest error", "fail"), ("unknown function", "no_such"), ("endless loop", "loop_forever"), ("endless sleep", "nap"), ("memory without end", "memory_bomb"), ("recursion without end", "recurse"),
            ("large result", "large_result"), ("log", "log_line"), ("host call denied", "ask_once"), ("host calls without end", "ask_forever"), ("cancellation", "loop_forever")), new Dictionary<string, string>()),
        new("Extism (AssemblyScript)", () => Guests.Spec(Guests.AssemblyScript), Subject.Changed(CFunctions,
            ("guest error", "fail"), ("unknown function", "no_such"), ("endless loop", "loop_forever"), ("endless sleep", null), ("memory without end", "memory_bomb"), ("recursion without end", "recurse"),
            ("large result", "large_result"), ("log", "log_line"), ("host call denied", null), ("host calls without end", null), ("cancellation", "loop_forever"), ("no file of the host", null), ("no environment of the host", null)), new Dictionary<string, string>
        {
            ["endless sleep"] = "the language has none",
            ["host call denied"] = "Extism's library has no host functions but its own; the same code as C's",
            ["host calls without end"] = "as above",
            ["no file of the host"] = "the language has none",
            ["no environment of the host"] = "the language has none",
        }),
        new("WASI command (C)", () => Guests.Spec(Guests.Command), Subject.Changed(CFunctions,
            ("guest error", "no_such"), ("no environment of the host", "path"), ("host call denied", null), ("host calls without end", null), ("kept state", null)), new Dictionary<string, string>
        {
            ["unknown function"] = "the program decides; it exits with an error",
            ["host call denied"] = "a command has no host functions",
            ["host calls without end"] = "a command has no host functions",
            ["kept state"] = "refused: each call is a run of its own",
        }),
    ];
}
