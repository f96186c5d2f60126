using System.Reflection;
using System.Reflection.Emit;

namespace Paddock.Wasm.Compilation;

/// <summary>Calls. The callee's instance is the last argument; results after the first travel through the callee's <see cref="CallTarget"/>.</summary>
internal sealed partial class FunctionEmitter
{
    private void EmitCall(int index)
    {
        var type = _module.Types[(int)_module.Functions[index]];
        Consume(type.Parameters.Count);
        if (_methods[index] is { } method)
        {
            LoadInstance();
            _il.Emit(OpCodes.Call, method);
            PushResults(type, null);
            return;
        }

        LoadInstance();
        _il.Emit(OpCodes.Ldfld, Members.Functions);
        LoadInteger(index);
        _il.Emit(OpCodes.Ldelem_Ref);
        EmitCallFunction(type);
    }

    private void EmitCallIndirect(int typeIndex, int table)
    {
        var type = _module.Types[typeIndex];
        Consume(type.Parameters.Count + 1);
        LoadInteger(typeIndex);
        LoadInteger(table);
        LoadInstance();
        _il.Emit(OpCodes.Call, Members.ResolveIndirect);
        EmitCallFunction(type);
    }

    /// <summary>Calls the <see cref="Function"/> on the CIL stack with the arguments below it.</summary>
    private void EmitCallFunction(FuncType type)
    {
        var function = Take(typeof(Function));
        _il.Emit(OpCodes.Stloc, function);
        _il.Emit(OpCodes.Ldloc, function);
        _il.Emit(OpCodes.Ldfld, Members.FunctionTarget);
        _il.Emit(OpCodes.Ldloc, function);
        _il.Emit(OpCodes.Ldfld, Members.FunctionCode);
        _il.EmitCalli(OpCodes.Calli, CallingConventions.Standard, SignatureCode.ReturnType(type), SignatureCode.ParameterTypes(type, typeof(object)), null);
        PushResults(type, function);
        Free(function);
    }

    private void PushResults(FuncType type, LocalBuilder? function)
    {
        if (type.Results.Count == 0) return;
        Push(type.Results[0]);
        if (type.Results.Count == 1) return;
        StashAll();
        for (var i = 1; i < type.Results.Count; i++)
        {
            LoadTarget(function);
            _il.Emit(OpCodes.Ldfld, type.Results[i].IsReference() ? Members.ExtraReferences : Members.ExtraBits);
            LoadInteger(i);
            _il.Emit(type.Results[i].IsReference() ? OpCodes.Ldelem_Ref : OpCodes.Ldelem_I8);
            FromBits(type.Results[i]);
            Push(type.Results[i]);
            StashAll();
        }
    }

    private void LoadTarget(LocalBuilder? function)
    {
        if (function is null)
        {
            LoadInstance();
            return;
        }

        _il.Emit(OpCodes.Ldloc, function);
        _il.Emit(OpCodes.Ldfld, Members.FunctionTarget);
    }
}
