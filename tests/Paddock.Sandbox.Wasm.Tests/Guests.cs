using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Paddock.Sandbox.Wasm.Tests;

/// <summary>Guests as the tests need them: C through clang, text through wat2wasm, each compiled once.</summary>
internal static class Guests
{
    private static readonly ConcurrentDictionary<string, Lazy<byte[]>> Compiled = new(StringComparer.Ordinal);

    private static string Root { get; } = FindRoot();

    public static byte[] Gk => C("gk.c", "-mexec-model=reactor");

    public static byte[] Extism => C("extism.c", "-mexec-model=reactor");

    public static byte[] Command => C("command.c");

    public static byte[] AssemblyScript => Once("extism.ts", output => Run("node", [
        Path.Combine(Root, "guest/assemblyscript/node_modules/assemblyscript/bin/asc.js"), Path.Combine(Root, "tests/Paddock.Sandbox.Wasm.Tests/Guests/extism.ts"),
        "--path", Path.Combine(Root, "guest/assemblyscript/node_modules"), "-O", "--outFile", output]));

    /// <summary>A file of the folder Guests, by clang for WASI.</summary>
    public static byte[] C(string file, params string[] options) => Once(file, output =>
        Run("clang", ["--target=wasm32-wasi", "-O2", .. options, "-I", Path.Combine(Root, "guest/c"), Path.Combine(Root, "tests/Paddock.Sandbox.Wasm.Tests/Guests", file), "-o", output]));

    /// <summary>A module in the text format.</summary>
    public static byte[] Wat(string text) => Once(text, output =>
    {
        var source = output + ".wat";
        File.WriteAllText(source, text);
        Run("wat2wasm", [source, "-o", output]);
        File.Delete(source);
    });

    public static SandboxSpec Spec(byte[] module, Limits? limits = null, bool stateful = false) => new()
    {
        Digest = Convert.ToHexStringLower(SHA256.HashData(module)),
        Runtime = PluginRuntime.Wasm,
        Files = new Dictionary<string, ReadOnlyMemory<byte>> { ["plugin.wasm"] = module },
        Entry = "plugin.wasm",
        Limits = limits ?? new Limits(),
        Stateful = stateful,
    };

    public static SandboxCall Call(string? function, string input = "null") => new() { Function = function, Input = Encoding.UTF8.GetBytes(input) };

    private static byte[] Once(string key, Action<string> compile) => Compiled.GetOrAdd(key, _ => new Lazy<byte[]>(() =>
    {
        var output = Path.Combine(Path.GetTempPath(), $"paddock-guest-{Guid.NewGuid():N}.wasm");
        compile(output);
        var bytes = File.ReadAllBytes(output);
        File.Delete(output);
        return bytes;
    })).Value;

    private static void Run(string program, string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program}: {errors}");
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Paddock.slnx"))) folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Not in a working copy.");
        return folder;
    }
}
