using Paddock.Wasm.Compilation;

namespace Paddock.Sandbox.Wasm.Abi;

/// <summary>A module that has been checked and compiled, with the interface it is written for.</summary>
/// <param name="Module">Compiled.</param>
/// <param name="CreateAbi">Makes the host's half of the interface for an instance.</param>
/// <param name="MaxTableElements">What the tables of an instance may hold together.</param>
internal sealed record WasmProgram(CompiledModule Module, Func<WasmGuest, GuestAbi> CreateAbi, uint MaxTableElements);
