using System.Diagnostics;

namespace Paddock.Bench;

/// <summary>The peer: node of this machine, in the same run.</summary>
internal static class Node
{
    private const string NewContextScript = """
        import vm from 'node:vm';
        const times = [];
        for (let i = 0; i < 3000; i++) {
          const start = performance.now();
          const f = vm.runInNewContext('(ctx) => ctx.input.a + 1');
          JSON.stringify(f({ input: JSON.parse('{"a":41}') }));
          if (i >= 1000) times.push((performance.now() - start) * 1000);
        }
        times.sort((a, b) => a - b);
        console.log(times[times.length / 2]); console.log(times[times.length * 99 / 100]);
        """;

    // QuickJS without limits and without a fresh state: what is left is how fast its code runs.
    private const string QuickJsScript = """
        import fs from 'node:fs'; import { pathToFileURL } from 'node:url';
        const [folder, source, expected] = process.argv.slice(2);
        const { QuickJS } = await import(pathToFileURL(folder + '/dist/index.js'));
        const vm = await QuickJS.create({ wasm: fs.readFileSync(folder + '/quickjs.wasm') });
        vm.evalCode(source).dispose();
        const times = [];
        for (let i = 0; i < 7; i++) {
          const start = performance.now();
          const result = vm.evalCode('JSON.stringify(work())');
          if (i > 1) times.push(performance.now() - start);
          if (vm.dump(result) !== expected) throw new Error('Another result: ' + vm.dump(result));
          result.dispose();
        }
        times.sort((a, b) => a - b);
        console.log(times[2]);
        """;

    // Prints when the call was complete, in nanoseconds of the monotonic clock that Stopwatch reads too.
    private const string ColdScript = """
        import fs from 'node:fs'; import { pathToFileURL } from 'node:url';
        const folder = process.argv[2];
        const { QuickJS } = await import(pathToFileURL(folder + '/dist/index.js'));
        const vm = await QuickJS.create({ wasm: fs.readFileSync(folder + '/quickjs.wasm') });
        if (vm.dump(vm.evalCode('((ctx) => ctx.input.a + 1)({ input: { a: 41 } })')) !== 42) throw new Error('Another result');
        console.log(String(process.hrtime.bigint()));
        """;

    private static readonly string QuickJsFolder = Path.Combine(Repository.Root, "guest", "javascript", "node_modules", "quickjs-wasi");

    /// <summary>Its major version.</summary>
    internal static int Version() => (int)Run("console.log(parseInt(process.versions.node))")[0];

    /// <summary>Microseconds of a call in a new context: p50, p99.</summary>
    internal static double[] NewContext() => Run(NewContextScript);

    /// <summary>Milliseconds of <c>work()</c> in the same QuickJS on V8's WebAssembly: the median of five warm runs.</summary>
    /// <param name="source">Defines <c>work</c>.</param>
    /// <param name="expected">What it must come to, as JSON.</param>
    internal static double QuickJsOnV8(string source, string expected) =>
        Run(QuickJsScript, QuickJsFolder, source, expected)[0];

    /// <summary>Milliseconds from the start of a process of node to the end of its first call in the same QuickJS.</summary>
    internal static double ColdQuickJs()
    {
        var start = Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency);
        return (Run(ColdScript, QuickJsFolder)[0] - start) / 1e6;
    }

    private static double[] Run(string script, params string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("paddock-bench-");
        try
        {
            var file = Path.Combine(folder.FullName, "peer.mjs");
            File.WriteAllText(file, script);
            return ChildProcess.Run("node", [file, .. arguments]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
