using System.Diagnostics;
using System.Globalization;

namespace Paddock.Bench;

/// <summary>The peer: node of this machine, in the same run.</summary>
internal static class Node
{
    internal static double[] Run(string script, params string[] arguments)
    {
        var file = Path.Combine(Path.GetTempPath(), $"paddock-bench-{Environment.ProcessId}.mjs");
        File.WriteAllText(file, script);
        try
        {
            using var node = Process.Start(new ProcessStartInfo("node", [file, .. arguments]) { RedirectStandardOutput = true })!;
            var output = node.StandardOutput.ReadToEnd();
            node.WaitForExit();
            return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => double.Parse(l, CultureInfo.InvariantCulture))];
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Microseconds of a call in a new context: p50, p99.</summary>
    internal const string NewContext = """
        import vm from 'node:vm';
        const script = new vm.Script('(ctx) => ctx.input.a + 1');
        const times = [];
        for (let i = 0; i < 1200; i++) {
          const t = process.hrtime.bigint();
          const f = vm.runInNewContext('(ctx) => ctx.input.a + 1');
          JSON.stringify(f({ input: JSON.parse('{"a":41}') }));
          if (i >= 200) times.push(Number(process.hrtime.bigint() - t) / 1000);
        }
        times.sort((a, b) => a - b);
        console.log(times[500]); console.log(times[990]);
        """;

    /// <summary>Milliseconds of the heavy script in the same QuickJS on V8's WebAssembly: the median of five warm runs.</summary>
    internal const string QuickJsOnV8 = """
        import fs from 'node:fs'; import { pathToFileURL } from 'node:url';
        const folder = process.argv[2];
        const { QuickJS } = await import(pathToFileURL(folder + '/dist/index.js'));
        const vm = await QuickJS.create({ wasm: fs.readFileSync(folder + '/quickjs.wasm') });
        vm.evalCode(process.argv[3]).dispose();
        const times = [];
        for (let i = 0; i < 7; i++) { const t = performance.now(); vm.evalCode('work()').dispose(); if (i > 1) times.push(performance.now() - t); }
        times.sort((a, b) => a - b);
        console.log(times[2]);
        """;
}
