using System.Text;
using Paddock.Bench.Platform;
using Paddock.Policy;

namespace Paddock.Bench.Soak;

/// <summary>The plugins of a soak: two that keep what they are given, two that are hostile.</summary>
internal static class SoakPackages
{
    internal const string Reads = "figures:";
    internal static readonly string[] Ledgers = ["ledger-c", "ledger-js"], Hostile = ["hostile-c", "hostile-js"];
    internal static readonly string[] Acts = ["loop", "memory", "stack", "trap", "outside", "flood", "denied"];

    private static readonly Lazy<byte[]> LedgerC = new(() => BenchPackage.Compile("ledger.c")), HostileC = new(() => BenchPackage.Compile("hostile.c"));

    internal static IEnumerable<string> All => Ledgers.Concat(Hostile);

    /// <summary>A version of one of them.</summary>
    internal static BenchPackage Make(string name, int version)
    {
        var isC = name.EndsWith("-c", StringComparison.Ordinal);
        var entry = isC ? "plugin.wasm" : "main.js";
        var code = name switch
        {
            "ledger-c" => LedgerC.Value,
            "hostile-c" => HostileC.Value,
            _ => File.ReadAllBytes(BenchPackage.Guest(name.Replace("-js", ".js", StringComparison.Ordinal))),
        };
        return BenchPackage.Of(name).Write("plugin.yaml", Encoding.UTF8.GetBytes(Manifest(name, version, isC, entry))).Write(entry, code);
    }

    /// <summary>What an operator grants; without the values, a ledger is refused what it asks for.</summary>
    internal static PluginPolicy Policy(string name, bool withValues = true) => BenchPackage.Policy with
    {
        Grants = IsLedger(name) && withValues ? [new Permission(PermissionType.Kv, Access.Read | Access.Write, ["entry:"])] : [new Permission(PermissionType.Cache, Access.Read, [Reads])],
        LimitCeiling = new Limits { Timeout = TimeSpan.FromMilliseconds(IsLedger(name) ? 20_000 : 250), MemoryBytes = 32 << 20 },
    };

    private static bool IsLedger(string name) => Ledgers.Contains(name);

    private static string Manifest(string name, int version, bool isC, string entry) => $$"""
        apiVersion: paddock/v1
        name: {{name}}
        version: 1.{{version}}.0
        runtime: {{(isC ? "wasm" : "javascript")}}
        entry: {{entry}}
        permissions:
          - { type: kv, access: [read, write], scope: ["entry:"] }
          - { type: cache, access: read, scope: ["{{Reads}}"] }
        capabilities: { required: ["route:public"] }
        {{(isC ? "" : Routes(name))}}

        """;

    private static string Routes(string name)
    {
        var handlers = IsLedger(name) ? ["set", "get"] : Acts;
        return "contributes:\n  routes:\n" + string.Join('\n', handlers.Select(h => $"    - {{ method: GET, path: /soak/{name}/{h}, handler: {h}, middleware: [public] }}"));
    }
}
