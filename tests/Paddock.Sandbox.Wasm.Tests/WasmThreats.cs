using System.Text;
using Paddock.Sandbox.Wasm.Abi;

namespace Paddock.Sandbox.Wasm.Tests;

/// <summary>THREATS rows 31 to 33 for WebAssembly plugins. Each attack has its control: the same payload where the defence is lifted.</summary>
public sealed class WasmThreats(WasmFixture wasm)
{
    private const string Echo = """(memory (export "memory") 1) (func (export "gk_malloc") (param i32) (result i32) i32.const 1024)""";
    private const string Zero = "(param i32 i32 i32 i32) (result i64)";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static byte[] LargeFunction { get; } = Answering(string.Concat(Enumerable.Repeat("i32.const 1 drop ", 100_000)));

    private static byte[] ManyFunctions { get; } = Guests.Wat($"(module {Echo} {string.Concat(Enumerable.Repeat("(func)", 52_000))} {Answer("")})");

    [Fact]
    public async Task T31_LargeFunction_IsRefusedBeforeItIsCompiled()
    {
        Assert.Equal(ErrorCodes.CodeLimit, (await wasm.LoadError(LargeFunction)).Code);
        Assert.Equal("7", await Lifted(new WebAssemblyRuntimeOptions { MaxFunctionBytes = 1 << 20 }, LargeFunction));
    }

    [Fact]
    public async Task T31_ManyFunctions_AreRefusedBeforeTheyAreCompiled()
    {
        Assert.Equal(ErrorCodes.CodeLimit, (await wasm.LoadError(ManyFunctions)).Code);
        Assert.Equal("7", await Lifted(new WebAssemblyRuntimeOptions { MaxFunctions = 60_000 }, ManyFunctions));
    }

    [Fact]
    public async Task T31_MoreFunctionsThanTheRuntimeTakes_AreRefusedWhateverIsAllowed()
    {
        var module = Guests.Wat($"(module {Echo} {string.Concat(Enumerable.Repeat("(func)", 70_000))} {Answer("")})");
        await using var runtime = new WebAssemblyRuntime(new WebAssemblyRuntimeOptions { MaxFunctions = 1_000_000 });
        var e = await Assert.ThrowsAsync<SandboxLoadException>(async () => await runtime.CreateAsync(Guests.Spec(module), Stop));
        Assert.Equal(ErrorCodes.CodeLimit, e.Error.Code);
    }

    [Fact]
    public async Task T31_LongCompilation_EndsWithTheInitialisationsTime()
    {
        var module = Guests.Wat($"(module {Echo} {string.Concat(Enumerable.Repeat("(func (param i32) (result i32) local.get 0 i32.const 1 i32.add)", 40_000))} {Answer("")})");
        Assert.Equal(ErrorCodes.TimeLimit, (await wasm.LoadError(module, new Limits { InitTimeout = TimeSpan.FromMilliseconds(50) })).Code);
        await using var sandbox = await wasm.Load(module, new Limits { InitTimeout = TimeSpan.FromMinutes(2) });
    }

    [Fact]
    public async Task T31_LargeModule_IsRefusedBeforeItIsRead()
    {
        await using var runtime = new WebAssemblyRuntime(new WebAssemblyRuntimeOptions { MaxModuleBytes = 100 });
        var e = await Assert.ThrowsAsync<SandboxLoadException>(async () => await runtime.CreateAsync(Guests.Spec(LargeFunction), Stop));
        Assert.Equal(ErrorCodes.CodeLimit, e.Error.Code);
    }

    [Theory]
    [InlineData("(table 5000000 funcref)")]
    [InlineData("(table 600000 funcref) (table 600000 externref)")]
    public async Task T32_LargeTables_AreRefused(string tables)
    {
        var module = Guests.Wat($"(module {Echo} {tables} {Answer("")})");
        Assert.Equal(ErrorCodes.MemoryLimit, (await wasm.LoadError(module)).Code);
        Assert.Equal("7", await Lifted(new WebAssemblyRuntimeOptions { MaxTableElements = 10_000_000 }, module));
    }

    [Fact]
    public async Task T32_TableGrowth_StopsAtTheBudget()
    {
        var module = Guests.Wat($"(module {Echo} (table 1 funcref) {Answer("(table.grow 0 (ref.null func) (i32.const 2000000)) i32.const -1 i32.ne if unreachable end")})");
        Assert.Equal("7", await wasm.Value(module, "f"));
        await using var runtime = new WebAssemblyRuntime(new WebAssemblyRuntimeOptions { MaxTableElements = 10_000_000 });
        await using var sandbox = await runtime.CreateAsync(Guests.Spec(module), Stop);
        Assert.Equal(ErrorCodes.GuestTrap, (await sandbox.CallAsync(Guests.Call("f"), RefusingHostChannel.Instance, Stop)).Error?.Code);
    }

    [Theory]
    [InlineData("""(module (memory (export "memory") 2000) (func (export "_start")))""", ErrorCodes.MemoryLimit)]
    [InlineData("""(module (memory (export "memory") 1) (data (i32.const 65535) "ab") (func (export "_start")))""", ErrorCodes.GuestTrap)]
    [InlineData("""(module (memory (export "memory") 1) (table 1 funcref) (elem (i32.const 1) $s) (func $s) (func (export "_start")))""", ErrorCodes.GuestTrap)]
    [InlineData("""(module (memory (export "memory") 1) (func $s (drop (memory.grow (i32.const 5000)))) (start $s) (func (export "_start")))""", ErrorCodes.MemoryLimit)]
    [InlineData("""(module (memory (export "memory") 1) (func $s loop br 0 end) (start $s) (func (export "_start")))""", ErrorCodes.TimeLimit)]
    [InlineData("""(module (memory (export "memory") 1) (func $s call $s) (start $s) (func (export "_start")))""", ErrorCodes.StackLimit)]
    public async Task T32_StartThatFails_IsRefusedWithItsCode(string text, string code)
    {
        var limits = new Limits { InitTimeout = TimeSpan.FromMilliseconds(code == ErrorCodes.TimeLimit ? 300 : 60_000) };
        Assert.Equal(code, (await wasm.LoadError(Guests.Wat(text), limits)).Code);
        await using var control = await wasm.Load(Guests.Wat("""(module (memory (export "memory") 1) (func $s) (start $s) (func (export "_start")))"""));
    }

    [Fact]
    public async Task T32_ReusedInstance_ShowsNothingOfTheCallBefore()
    {
        // Answers with what the last call left: in its memory, beyond the memory's first size, in a global and in a table.
        var module = Guests.Wat($$"""
            (module {{Echo}} (global $g (mut i32) (i32.const 0)) (table 2 funcref) (elem declare func $left)
              (func $left)
              (func (export "gk_call") {{Zero}}
                (i32.store8 (i32.const 0) (i32.add (i32.const 48) (i32.or (i32.load (i32.const 32768)) (i32.or (global.get $g) (i32.eqz (ref.is_null (table.get 0 (i32.const 1))))))))
                (i32.store (i32.const 32768) (i32.const 1))
                (global.set $g (i32.const 1))
                (if (i32.load8_u (local.get 0)) (then (if (i32.eq (i32.load8_u (local.get 0)) (i32.const 116)) (then (table.set 0 (i32.const 1) (ref.func $left))))))
                (drop (memory.grow (i32.const 1)))
                (i32.store (i32.const 65536) (i32.const 1))
                (i64.const 1)))
            """);
        await using var fresh = await wasm.Load(module);
        await using var kept = await wasm.Load(module, stateful: true);
        foreach (var function in new[] { "x", "x", "t", "x" }) Assert.Equal("0", await Text(fresh, function));
        Assert.Equal("0", await Text(kept, "x"));
        Assert.Equal("1", await Text(kept, "x"));
    }

    [Theory]
    [InlineData("""(call $host_call (i32.const ADDRESS) (i32.const 9) (i32.const 0) (i32.const 0)) drop""", 1000)]
    [InlineData("""(call $host_call (i32.const 1000) (i32.const 9) (i32.const ADDRESS) (i32.const 2)) drop""", 1010)]
    [InlineData("""(call $log (i32.const 1) (i32.const ADDRESS) (i32.const 4))""", 1000)]
    public async Task T33_GoatKit_AddressOutsideOfMemory_Traps(string call, int inside)
    {
        byte[] Module(int address) => Guests.Wat($$"""
            (module (import "gk" "host_call" (func $host_call (param i32 i32 i32 i32) (result i64))) (import "gk" "log" (func $log (param i32 i32 i32)))
              {{Echo}} (data (i32.const 1000) "cache_get {}") {{Answer(call.Replace("ADDRESS", address.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal))}})
            """);
        Assert.Equal("7", await wasm.Value(Module(inside), "f"));
        foreach (var outside in new[] { 65535, 65536, -1, int.MinValue }) Assert.Equal(ErrorCodes.GuestTrap, (await wasm.Run(Module(outside), "f")).Error?.Code);
    }

    [Theory]
    [InlineData("i32.const 65535", "i64.const 0")]
    [InlineData("i32.const -1", "i64.const 0")]
    [InlineData("i32.const 1024", "i64.const 0x0000ffff00000002")]
    [InlineData("i32.const 1024", "i64.const 0xffffffff00000010")]
    public async Task T33_GoatKit_AnswersOutsideOfMemory_Trap(string malloc, string result)
    {
        byte[] Module(string allocated, string answered) => Guests.Wat($"""(module (memory (export "memory") 1) (func (export "gk_malloc") (param i32) (result i32) {allocated}) (func (export "gk_call") {Zero} {answered}))""");
        Assert.Equal(ErrorCodes.GuestTrap, (await wasm.Run(Module(malloc, result), "function")).Error?.Code);
        Assert.Equal("null", await wasm.Value(Module("i32.const 1024", "i64.const 0"), "function"));
    }

    [Fact]
    public async Task T33_GoatKit_ResultOfFourGigabytes_IsALimit() =>
        Assert.Equal(ErrorCodes.ResultLimit, (await wasm.Run(Guests.Wat($"(module {Echo} (func (export \"gk_call\") {Zero} i64.const 0x00000000ffffffff))"), "f")).Error?.Code);

    [Fact]
    public async Task T33_GoatKit_HostCallFromMalloc_IsRefused()
    {
        var module = Guests.Wat($$"""
            (module (import "gk" "host_call" (func $host_call (param i32 i32 i32 i32) (result i64))) (memory (export "memory") 1)
              (func (export "gk_malloc") (param i32) (result i32) (drop (call $host_call (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 0))) i32.const 1024)
              (func (export "gk_call") {{Zero}} i64.const 0))
            """);
        var result = await wasm.Run(module, "f");
        Assert.Equal((ErrorCodes.GuestTrap, 0), (result.Error?.Code, result.HostCalls));
    }

    [Theory]
    [InlineData("args_get", "A B")]
    [InlineData("args_sizes_get", "A 64")]
    [InlineData("args_sizes_get", "64 A")]
    [InlineData("environ_sizes_get", "A 64")]
    [InlineData("clock_time_get", "0 L A")]
    [InlineData("clock_res_get", "0 A")]
    [InlineData("random_get", "A 16")]
    [InlineData("fd_write", "1 A 1 64")]
    [InlineData("fd_write", "1 128 1 A")]
    [InlineData("fd_read", "0 A 1 64")]
    [InlineData("fd_fdstat_get", "1 A")]
    [InlineData("fd_filestat_get", "1 A")]
    [InlineData("poll_oneoff", "A 192 1 64")]
    [InlineData("poll_oneoff", "128 A 1 64")]
    [InlineData("poll_oneoff", "128 192 1 A")]
    public async Task T33_Wasi_AddressOutsideOfMemory_Traps(string function, string arguments)
    {
        byte[] Module(int address)
        {
            var given = arguments.Split(' ');
            var types = string.Join(' ', given.Select(a => a == "L" ? "i64" : "i32"));
            var values = string.Join(' ', given.Select(a => a switch { "L" => "i64.const 1", "A" => $"i32.const {address}", "B" => $"i32.const {address}", _ => $"i32.const {a}" }));
            return Guests.Wat($"""
                (module (import "wasi_snapshot_preview1" "{function}" (func $f (param {types}) (result i32))) (memory (export "memory") 1)
                  (data (i32.const 136) "\01") (func (export "_start") {values} call $f if unreachable end))
                """);
        }

        Assert.Equal("null", await wasm.Value(Module(256), null));
        foreach (var outside in new[] { 65535, -1, int.MinValue }) Assert.Equal(ErrorCodes.GuestTrap, (await wasm.Run(Module(outside), null)).Error?.Code);
    }

    [Theory]
    [InlineData("load_u8", "(param i64) (result i32)", "A", "drop")]
    [InlineData("load_u64", "(param i64) (result i64)", "A", "drop")]
    [InlineData("store_u8", "(param i64 i32)", "A (i32.const 1)", "")]
    [InlineData("store_u64", "(param i64 i64)", "A (i64.const 1)", "")]
    [InlineData("output_set", "(param i64 i64)", "A (i64.const 0)", "")]
    [InlineData("log_info", "(param i64)", "A", "")]
    [InlineData("error_set", "(param i64)", "A", "")]
    [InlineData("config_get", "(param i64) (result i64)", "A", "drop")]
    [InlineData("var_get", "(param i64) (result i64)", "A", "drop")]
    [InlineData("var_set", "(param i64 i64)", "A (i64.const 0)", "")]
    public async Task T33_Extism_AddressOutsideOfMemory_Traps(string function, string type, string arguments, string after)
    {
        byte[] Module(string address) => Guests.Wat($"""
            (module (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64))) (import "extism:host/env" "{function}" (func $f {type})) (memory (export "memory") 1)
              (func (export "f") (result i32) (local $a i64) (local.set $a (call $alloc (i64.const 16))) (call $f {arguments.Replace("A", address, StringComparison.Ordinal)}) {after} i32.const 0))
            """);
        Assert.Equal("null", await wasm.Value(Module("(local.get $a)"), "f"));
        foreach (var outside in new[] { "(i64.const 65537)", "(i64.const -1)", "(i64.const 0x7fffffffffffffff)", "(i64.const 0x100000000)" })
            Assert.Equal(ErrorCodes.GuestTrap, (await wasm.Run(Module(outside), "f")).Error?.Code);
    }

    [Theory]
    [InlineData("""(module (import "gk" "host_call" (func (param i32 i32 i32 i32) (result i64))) (memory (export "memory") 1))""", ErrorCodes.AbiUnknown)]
    [InlineData("""(module (memory (export "memory") 1))""", ErrorCodes.AbiUnknown)]
    [InlineData("""(module (import "extism:host/env" "input_length" (func (result i64))) (memory (export "memory") 1) (func (export "gk_malloc") (param i32) (result i32) i32.const 1) (func (export "gk_call") (param i32 i32 i32 i32) (result i64) i64.const 0))""", ErrorCodes.AbiUnknown)]
    [InlineData("""(module (import "wasi_snapshot_preview1" "no_such" (func)) (memory (export "memory") 1) (func (export "_start")))""", ErrorCodes.ImportUnknown)]
    [InlineData("""(module (import "wasi_snapshot_preview1" "sched_yield" (func (result i64))) (memory (export "memory") 1) (func (export "_start")))""", ErrorCodes.ImportUnknown)]
    [InlineData("""(module (import "paddock" "grant_everything" (func)) (memory (export "memory") 1) (func (export "_start")))""", ErrorCodes.ImportUnknown)]
    public async Task Load_UnknownOrAmbiguousInterface_IsRefused(string text, string code) => Assert.Equal(code, (await wasm.LoadError(Guests.Wat(text))).Code);

    private static byte[] Answering(string before) => Guests.Wat($"(module {Echo} {Answer(before)})");

    /// <summary>A gk_call that does something and then answers 7.</summary>
    private static string Answer(string before) => $"""(func (export "gk_call") {Zero} {before} (i32.store8 (i32.const 0) (i32.const 55)) i64.const 1)""";

    private static async Task<string> Lifted(WebAssemblyRuntimeOptions options, byte[] module)
    {
        await using var runtime = new WebAssemblyRuntime(options);
        await using var sandbox = await runtime.CreateAsync(Guests.Spec(module, new Limits { InitTimeout = TimeSpan.FromMinutes(2), Timeout = TimeSpan.FromMinutes(2) }), Stop);
        return await Text(sandbox, "f");
    }

    private static async Task<string> Text(ISandbox sandbox, string function)
    {
        var result = await sandbox.CallAsync(Guests.Call(function), RefusingHostChannel.Instance, Stop);
        return result.Error is { } error ? error.Code : Encoding.UTF8.GetString(result.Value.Span);
    }
}
