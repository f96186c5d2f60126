using System.Text;
using Paddock.Sandbox.Wasm.Calls;
using Paddock.Wasm;

namespace Paddock.Sandbox.Wasm.Abi;

/// <summary>
/// A WASI command: an ordinary program that reads JSON from its standard input and writes JSON to its standard output. The function's name is
/// its first argument; config and context are in its environment. What it writes to standard error is logged. Each call is a run of its own.
/// </summary>
internal sealed class CommandAbi(WasmGuest guest) : GuestAbi(guest)
{
    internal const string Start = "_start";

    /// <summary>Whether a module is such a program.</summary>
    internal static bool Fits(ModuleInterface module) =>
        module.ExportsMemory("memory") && module.ExportedFunction(Start) is { Parameters.Count: 0, Results.Count: 0 };

    internal override bool CanKeepState => false;

    internal override void AddImports(Imports imports, ModuleInterface wanted)
    {
    }

    internal override byte[]? Initialize() => null;

    internal override byte[] Run(string? function, SandboxCall call)
    {
        var session = Guest.Call;
        session.Arguments = string.IsNullOrEmpty(function) ? ["plugin"u8.ToArray()] : ["plugin"u8.ToArray(), Encoding.UTF8.GetBytes(function)];
        session.Environment = [.. Variables(call)];
        session.Input = call.Input;
        session.Output = new MemoryStream();
        Guest.CallToExit(Start);
        return session.Output.ToArray();
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Variables(SandboxCall call)
    {
        if (call.Config is { IsEmpty: false } config) yield return Concat("PADDOCK_CONFIG="u8, config.Span);
        if (call.Context is { IsEmpty: false } context) yield return Concat("PADDOCK_CONTEXT="u8, context.Span);
    }

    private static byte[] Concat(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => [.. a, .. b];
}
