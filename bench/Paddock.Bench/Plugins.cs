using System.Globalization;
using System.Text;

namespace Paddock.Bench;

internal static class Plugins
{
    internal const string Trivial = "module.exports = (ctx) => ctx.input.a + 1";

    internal const string Filling = "module.exports = () => new Uint8Array(4 << 20).fill(1)[5]";

    internal const string Heavy = """
        const work = () => {
          const a = [];
          for (let i = 0; i < 300000; i++) a.push((i * 7919) % 10007);
          a.sort((x, y) => x - y);
          let s = 0;
          for (const x of a) s = (s * 31 + x) | 0;
          const o = {};
          for (let i = 0; i < 100000; i++) o['k' + (i % 1000)] = i;
          const fib = (n) => (n < 2 ? n : fib(n - 1) + fib(n - 2));
          return s + ':' + Object.keys(o).length + ':' + fib(24);
        };
        """;

    internal static SandboxSpec Spec(string code) => new()
    {
        Digest = "bench",
        Runtime = PluginRuntime.JavaScript,
        Files = new Dictionary<string, ReadOnlyMemory<byte>> { ["plugin.js"] = Encoding.UTF8.GetBytes(code) },
        Entry = "plugin.js",
        Limits = new Limits(),
    };

    internal static SandboxCall Call { get; } = new() { Input = "{\"a\":41}"u8.ToArray() };

    /// <exception cref="InvalidOperationException">It did not complete: a call that fails is no figure.</exception>
    internal static async Task<CallResult> CallAsync(ISandbox sandbox)
    {
        var result = await sandbox.CallAsync(Call, RefusingHostChannel.Instance);
        return result.Status == CallStatus.Completed ? result : throw new InvalidOperationException(result.Error?.Code);
    }

    /// <summary>A source of 5 to 50 kB, different for each number; every third keeps state that it builds at its top level.</summary>
    internal static string Generated(int number)
    {
        var size = 5_000 + (number % 1000 * 45);
        var text = new StringBuilder();
        if (number % 3 == 0) text.Append("const table = new Map(); for (let i = 0; i < 500; i++) table.set('key' + i, { i, square: i * i });\n");
        for (var i = 0; text.Length < size; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"function f{number}_{i}(x) {{ const y = x + {i}; if (y > {number}) {{ return 'f{number}_{i}:' + y; }} return [y, {{ a: y }}]; }}\n");
        }

        return text.Append(CultureInfo.InvariantCulture, $"module.exports = (ctx) => f{number}_0(ctx.input.a);\n").ToString();
    }
}
