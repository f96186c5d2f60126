using System.Collections;

namespace Paddock.Wasm;

/// <summary>The context C of the validation rules (3.1.1): index spaces, and the functions whose references are declared.</summary>
internal sealed class ModuleContext
{
    private readonly BitArray _references;
    private readonly FuncType[] _types;

    public ModuleContext(DecodedModule module)
    {
        Module = module;
        ImportedFunctions = module.ImportedFunctions;
        ImportedGlobals = module.ImportedGlobals;
        _types = [.. module.Types];
        _references = new BitArray(module.Functions.Count);
    }

    public DecodedModule Module { get; }

    public int ImportedFunctions { get; }

    public int ImportedGlobals { get; }

    public FuncType TypeOfFunction(uint index) => _types[(int)Module.Functions[(int)index]];

    public FuncType Type(uint index, int offset) => index < (uint)_types.Length ? _types[index] : throw ModuleValidator.Invalid($"unknown type {index}", offset);

    public FuncType Function(uint index, int offset)
    {
        CheckFunction(index, offset);
        return TypeOfFunction(index);
    }

    public void CheckFunction(uint index, int offset)
    {
        if (index >= (uint)Module.Functions.Count) throw ModuleValidator.Invalid($"unknown function {index}", offset);
    }

    public ValueType Table(uint index, int offset) =>
        index < (uint)Module.Tables.Count ? Module.Tables[(int)index].Element : throw ModuleValidator.Invalid($"unknown table {index}", offset);

    public GlobalType Global(uint index, int offset) =>
        index < (uint)Module.Globals.Count ? Module.Globals[(int)index] : throw ModuleValidator.Invalid($"unknown global {index}", offset);

    public void CheckMemory(uint index, int offset)
    {
        if (index >= (uint)Module.Memories.Count) throw ModuleValidator.Invalid($"unknown memory {index}", offset);
    }

    public ValueType Element(uint index, int offset) =>
        index < (uint)Module.Elements.Count ? Module.Elements[(int)index].Type : throw ModuleValidator.Invalid($"unknown elem segment {index}", offset);

    /// <summary>The data section follows the code; the data count section stands in for it (5.5.16).</summary>
    public void CheckData(uint index, int offset)
    {
        if (index >= Module.DataCount.GetValueOrDefault()) throw ModuleValidator.Invalid($"unknown data segment {index}", offset);
    }

    public void DeclareReference(uint function) => _references[(int)function] = true;

    public bool IsDeclared(uint function) => _references[(int)function];
}
