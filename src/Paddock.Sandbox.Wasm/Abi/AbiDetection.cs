using Paddock.Sandbox.Wasm.Calls;
using Paddock.Wasm;
using Paddock.Wasm.Wasi;

namespace Paddock.Sandbox.Wasm.Abi;

/// <summary>Which interface a module is written for, by what it imports and exports alone. Nothing of it runs for that.</summary>
internal static class AbiDetection
{
    /// <exception cref="SandboxLoadException">None of the known ones, or more than one.</exception>
    internal static Func<WasmGuest, GuestAbi> Detect(ModuleInterface module)
    {
        var found = new List<(string Name, Func<WasmGuest, GuestAbi> Create)>();
        if (GoatKitAbi.Fits(module) || module.ImportsFrom(GoatKitAbi.ImportModule)) found.Add(("GoatKit's gk", static g => new GoatKitAbi(g)));
        if (ExtismAbi.Fits(module)) found.Add(("Extism", static g => new ExtismAbi(g)));
        if (found.Count == 0 && CommandAbi.Fits(module)) found.Add(("a WASI command", static g => new CommandAbi(g)));
        if (found.Count > 1) throw Refused($"The module is written for {string.Join(" and for ", found.Select(f => f.Name))}; it has to be one of them.");
        if (found.Count == 0 || (module.ImportsFrom(GoatKitAbi.ImportModule) && !GoatKitAbi.Fits(module)))
            throw Refused("The module neither exports gk_call, gk_malloc and memory (GoatKit), nor imports from extism:host (Extism), nor exports _start and memory (a WASI command).");
        return found[0].Create;
    }

    private static SandboxLoadException Refused(string message) => new(new CallError(ErrorCodes.AbiUnknown, message));
}
