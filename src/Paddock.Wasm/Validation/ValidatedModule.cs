namespace Paddock.Wasm;

/// <summary>A module that keeps every rule of the specification's validation (core 2.0, chapter 3). Made by <see cref="ModuleValidator.Validate"/> only; the compiler takes nothing less.</summary>
public sealed class ValidatedModule
{
    internal ValidatedModule(DecodedModule module) => Module = module;

    /// <summary>What it imports and exports.</summary>
    public ModuleInterface Interface => Module.Interface;

    internal DecodedModule Module { get; }
}
