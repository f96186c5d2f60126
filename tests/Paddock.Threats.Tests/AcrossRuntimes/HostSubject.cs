using System.Text;
using System.Text.Json.Nodes;
using Paddock.Sandbox.GoPlugin.Tests;
using Paddock.Sandbox.Wasm.Tests;

namespace Paddock.Threats.Tests.AcrossRuntimes;

/// <summary>A runtime at a level of isolation, with a package whose guest asks the host for what it is told to.</summary>
/// <param name="Name">What is shown; also the package's name.</param>
/// <param name="Runtime">As the manifest says it.</param>
/// <param name="Isolation">As the manifest says it.</param>
/// <param name="Entry">Name of the guest's file.</param>
/// <param name="Guest">Its bytes.</param>
public sealed record HostSubject(string Name, string Runtime, string Isolation, string Entry, Func<byte[]> Guest)
{
    private const string JavaScript = """
        exports.ask = async (c) => { try { return { value: await c.host.call(c.input.name, c.input.args) }; } catch (e) { return { code: e.code }; } };
        exports.let = (c) => c.host.call(c.input.name, c.input.args);
        exports.all = (c) => Promise.all(c.input.calls.map((one) => c.host.call(one.name, one.args)));
        exports.say = () => { console.warn('hello'); return null; };
        """;

    private const string Python = """
        import asyncio
        from paddock import host, HostError
        def ask(name, args):
            try:
                return {'value': host.call(name, args)}
            except HostError as error:
                return {'code': error.code}
        def let(name, args):
            return host.call(name, args)
        async def all(calls):
            return await asyncio.gather(*(host.aio.call(one['name'], one['args']) for one in calls))
        def say():
            import sys
            print('hello', file=sys.stderr)
        """;

    private static readonly string[] s_calls = ["ask", "let", "all", "say", "host"];

    /// <summary>Those that need no container engine.</summary>
    public static IReadOnlyList<HostSubject> Processes { get; } =
    [
        new("javascript", "javascript", "inprocess", "main.js", () => Encoding.UTF8.GetBytes(JavaScript)),
        new("javascript-worker", "javascript", "process", "main.js", () => Encoding.UTF8.GetBytes(JavaScript)),
        new("wasm-gk", "wasm", "inprocess", "main.wasm", () => Guests.Gk) { Wire = HostWire.Direct, Gaps = s_gkGaps },
        new("wasm-gk-worker", "wasm", "process", "main.wasm", () => Guests.Gk) { Wire = HostWire.Direct, Gaps = s_gkGaps },
        new("python", "python", "process", "plugin.py", () => Encoding.UTF8.GetBytes(Python)),
        new("node", "node", "process", "main.js", () => Encoding.UTF8.GetBytes(JavaScript)),
        new("go-grpc", "go-plugin", "process", "plugin", () => GoPrograms.Build("tests/Paddock.Threats.Tests/AcrossRuntimes/Go")),
        new("go-netrpc", "go-plugin", "process", "plugin", () => GoPrograms.Build("tests/Paddock.Sandbox.GoPlugin.Tests/Programs/goatkit"))
        {
            Wire = HostWire.Uncaught,
            Gaps = new Dictionary<string, string> { ["at once"] = "the guest of the other protocol is asked; it is the same code of the host", ["logs"] = "as above" },
        },
    ];

    /// <summary>Those that do.</summary>
    public static IReadOnlyList<HostSubject> Containers { get; } =
    [
        new("python-container", "python", "container", "plugin.py", () => Encoding.UTF8.GetBytes(Python)),
        new("node-container", "node", "container", "main.js", () => Encoding.UTF8.GetBytes(JavaScript)),
        new("javascript-container", "javascript", "container", "main.js", () => Encoding.UTF8.GetBytes(JavaScript)),
        new("wasm-gk-container", "wasm", "container", "main.wasm", () => Guests.Gk) { Wire = HostWire.Direct, Gaps = s_gkGaps },
    ];

    /// <summary>How its guest is told what to ask for.</summary>
    public HostWire Wire { get; init; }

    /// <summary>What cannot be asked of it, and why. <c>codes</c> stands for every host call that fails.</summary>
    public IReadOnlyDictionary<string, string> Gaps { get; init; } = new Dictionary<string, string>();

    private static IReadOnlyDictionary<string, string> s_gkGaps => new Dictionary<string, string>
    {
        ["codes"] = "gk's host_call answers 0 for every failure; the interface has no codes",
        ["at once"] = "gk's host_call waits",
        ["uncaught"] = "as for codes",
        ["logs"] = "the ABI's own test has it",
        ["depth"] = "the guest hands on what it is given; it cannot ask for itself",
    };

    /// <summary>Writes its package.</summary>
    public void Write(string folder, string permissions)
    {
        string manifest = $"""
            apiVersion: paddock/v1
            name: {Name}
            version: 1.0.0
            runtime: {Runtime}
            isolation: {Isolation}
            entry: {Entry}
            secrets: [api_key]
            limits: {"{ memory: 128MiB, timeout: 120s, processes: 64 }"}
            contributes:
              exports: [{string.Join(", ", s_calls)}]
            permissions:
            {permissions}
            """;
        File.WriteAllText(Path.Combine(folder, "plugin.yaml"), manifest);
        File.WriteAllBytes(Path.Combine(folder, Entry), Guest());
    }

    /// <summary>The plugin's function and input that make a host call and answer what the guest caught.</summary>
    public (string Function, string Input) Ask(string function, string arguments) => Wire switch
    {
        HostWire.Direct => (function, arguments),
        HostWire.Uncaught => ("host", Call(function, arguments)),
        _ => ("ask", Call(function, arguments)),
    };

    /// <summary>The same, where the guest lets a failure through.</summary>
    public (string Function, string Input) Let(string function, string arguments) => (Wire == HostWire.Uncaught ? "host" : "let", Call(function, arguments));

    /// <summary>What a guest learnt, in one form.</summary>
    public (string? Value, string? Code) Learnt(string answer)
    {
        if (Wire != HostWire.Caught) return IsJson(answer) ? (answer, null) : (null, answer);
        var learnt = IsJson(answer) ? JsonNode.Parse(answer) as JsonObject : null;
        return learnt is null ? (null, answer) : learnt.ContainsKey("code") ? (null, (string?)learnt["code"]) : (learnt["value"]?.ToJsonString() ?? "null", null);
    }

    private static string Call(string function, string arguments) => $$"""{"name":"{{function}}","args":{{arguments}}}""";

    private static bool IsJson(string text)
    {
        try
        {
            using var document = System.Text.Json.JsonDocument.Parse(text);
            return true;
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }

    public override string ToString() => Name;
}

/// <summary>How a guest is told what to ask the host for.</summary>
public enum HostWire
{
    /// <summary>A function that catches what the host call fails with, and says its code.</summary>
    Caught,

    /// <summary>A function that lets it through.</summary>
    Uncaught,

    /// <summary>The function's name is the host function's.</summary>
    Direct,
}
