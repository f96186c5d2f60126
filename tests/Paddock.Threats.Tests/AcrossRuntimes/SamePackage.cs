using System.Text;
using Paddock.Packaging;
using Paddock.Policy;

namespace Paddock.Threats.Tests.AcrossRuntimes;

/// <summary>One package, byte for byte, at two levels of isolation: only its policy is another.</summary>
internal static class SamePackage
{
    private const string JavaScript = """
        const deep = (n) => deep(n + 1) + 1;
        class Odd extends Error { constructor(m) { super(m); this.name = 'Odd'; } }
        exports.values = () => [0.1 + 0.2, -0, 1e21, 5e-324, 'ü 😀 \u0000 <&>', { b: undefined, a: null, c: [undefined, () => 1] }, new Date(0)];
        exports.nothing = () => undefined;
        exports.echo = (c) => c.input;
        exports.odd = () => { throw new Odd('an odd one'); };
        exports.thrown = () => { throw 'a text'; };
        exports.type = () => null.property;
        exports.big = () => 1n;
        exports.deep = () => deep(0);
        exports.large = () => '1'.repeat(3000000);
        exports.loop = () => { for (;;) {} };
        exports.log = () => { console.debug('a', { b: [1] }); console.error('two\nlines'); return 1; };
        exports.flood = () => { for (;;) console.log('again'); };
        exports.denied = (c) => c.host.kv.get('other');
        exports.caught = (c) => c.host.kv.get('other').catch((e) => [e.name, e.code, e.message, e instanceof Error]);
        exports.asks = async (c) => { for (;;) await c.host.kv.get('mine:a'); };
        exports.kept = async (c) => { await c.host.kv.set('mine:a', { deep: [1, 'ü'] }); return [await c.host.kv.get('mine:a'), await c.host.kv.list('mine:')]; };
        """;

    private const string Python = """
        from paddock import host, HostError
        class Odd(Exception):
            pass
        def values(): return [0.1 + 0.2, -0.0, 1e21, 5e-324, 'ü 😀 \x00 <&>', {'a': None}, 2 ** 70]
        def nothing(): pass
        def echo(value): return value
        def odd(): raise Odd('an odd one')
        def thrown(): raise SystemExit(3)
        def type(): return None.property
        def big(): return {1}
        def deep(n=0): return deep(n + 1) + 1
        def large(): return '1' * 3000000
        def loop():
            while True: pass
        def log():
            print('a', {'b': [1]})
            return 1
        def flood():
            while True: print('again')
        def memory():
            kept = []
            while True: kept.append(b'1' * (1 << 20))
        def denied(): return host.kv.get('other')
        def caught():
            try: host.kv.get('other')
            except HostError as error: return [error.code, str(error)]
        def asks():
            while True: host.kv.get('mine:a')
        def kept():
            host.kv.set('mine:a', {'deep': [1, 'ü']})
            return [host.kv.get('mine:a'), host.kv.list('mine:')]
        """;

    private static readonly string[] s_functions = ["values", "nothing", "echo", "odd", "thrown", "type", "big", "no_such", "deep", "large", "loop", "log", "flood", "denied", "caught", "asks", "kept"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Installs the package and runs it at both levels: the same bytes, errors with their places, codes, logs and numbers of host calls.</summary>
    public static async Task RunsTheSameAsync(WholeHost host, string runtime, IsolationLevel one, IsolationLevel other)
    {
        string folder = host.Folder("same"), entry = runtime == "python" ? "plugin.py" : "main.js";
        await File.WriteAllTextAsync(Path.Combine(folder, "plugin.yaml"), $$"""
            apiVersion: paddock/v1
            name: same
            version: 1.0.0
            runtime: {{runtime}}
            entry: {{entry}}
            limits: { memory: 160MiB, timeout: 30s, processes: 64 }
            permissions: [{ type: kv, access: [read, write], scope: ["mine:"] }]
            """, Ct);
        await File.WriteAllTextAsync(Path.Combine(folder, entry), runtime == "python" ? Python : JavaScript, Ct);
        string digest = (await host.InstallAsync(PackageSource.FromDirectory(folder))).Digest;
        string[] functions = runtime == "python" ? [.. s_functions, "memory"] : s_functions;
        var first = await OutcomesAsync(host, digest, functions, one);
        Assert.Equal(first, await OutcomesAsync(host, digest, functions, other));
        Assert.Contains(first, o => o.StartsWith("caught Completed", StringComparison.Ordinal) && o.Contains(ErrorCodes.PermissionDenied, StringComparison.Ordinal));
    }

    private static async Task<List<string>> OutcomesAsync(WholeHost host, string digest, string[] functions, IsolationLevel level)
    {
        var policy = new PluginPolicy { Status = PolicyStatus.Approved, Grants = [new(PermissionType.Kv, Access.Read | Access.Write, ["mine:"])], IsolationFloor = level };
        Assert.Null((await host.Packages.SetPolicyAsync(WholeHost.Operator, "same", policy, digest, Ct)).Error);
        var outcomes = new List<string>();
        foreach (string function in functions)
        {
            // Errors in a row would stop it for a while; what goes well in between is a call too.
            await host.CallAsync("same", "nothing");
            var call = new NamedCall { Function = function, Input = "{\"value\":[1,{\"a\":\"ü\"}]}"u8.ToArray(), Timeout = function == "loop" ? TimeSpan.FromSeconds(2) : null };
            if (function != "echo") call = call with { Input = "null"u8.ToArray() };
            var called = await host.Get<IPluginCalls>().CallAsync(WholeHost.Operator, "same", call, Ct);
            var result = called.Value.Result;
            var error = result.Error;
            // How much of an endless log is there when the call is ended is chance; that it is ended is not.
            string logs = function == "flood" ? "" : string.Join('|', result.Logs.Select(l => $"{l.Severity} {l.Message}"));
            outcomes.Add($"{function} {result.Status} {error?.Code} {error?.Name} {error?.Message} {error?.Line}:{error?.Column} {Encoding.UTF8.GetString(result.Value.Span)} {logs} {result.HostCalls}");
        }

        return outcomes;
    }
}
