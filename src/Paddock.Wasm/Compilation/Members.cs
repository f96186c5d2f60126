using System.Reflection;

namespace Paddock.Wasm.Compilation;

/// <summary>What emitted code refers to.</summary>
internal static class Members
{
    private const BindingFlags Any = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    internal static readonly FieldInfo StackLimit = Field<Instance>(nameof(Instance.StackLimit));
    internal static readonly FieldInfo InterruptFlag = Field<Instance>(nameof(Instance.InterruptFlag));
    internal static readonly FieldInfo MemoryBase = Field<Instance>(nameof(Instance.MemoryBase));
    internal static readonly FieldInfo OwnGlobals = Field<Instance>(nameof(Instance.OwnGlobals));
    internal static readonly FieldInfo ImportedGlobals = Field<Instance>(nameof(Instance.ImportedGlobals));
    internal static readonly FieldInfo Globals = Field<Instance>(nameof(Instance.Globals));
    internal static readonly FieldInfo GlobalReference = Field<Global>(nameof(Global.Reference));
    internal static readonly FieldInfo Functions = Field<Instance>(nameof(Instance.Functions));
    internal static readonly FieldInfo FunctionCode = Field<Function>(nameof(Function.Code));
    internal static readonly FieldInfo FunctionTarget = Field<Function>(nameof(Function.Target));
    internal static readonly FieldInfo ExtraBits = Field<CallTarget>(nameof(CallTarget.ExtraBits));
    internal static readonly FieldInfo ExtraReferences = Field<CallTarget>(nameof(CallTarget.ExtraReferences));

    internal static readonly MethodInfo StackCheckFailed = Operation(nameof(Instance.StackCheckFailed));
    internal static readonly MethodInfo ThrowInterrupted = Operation(nameof(Instance.ThrowInterrupted));
    internal static readonly MethodInfo ThrowOutOfBounds = Operation(nameof(Instance.ThrowOutOfBounds));
    internal static readonly MethodInfo ThrowUnreachable = Operation(nameof(Instance.ThrowUnreachable));
    internal static readonly MethodInfo ResolveIndirect = Operation(nameof(Instance.ResolveIndirect));
    internal static readonly MethodInfo Int32BitsToSingle = typeof(BitConverter).GetMethod(nameof(BitConverter.Int32BitsToSingle))!;
    internal static readonly MethodInfo Int64BitsToDouble = typeof(BitConverter).GetMethod(nameof(BitConverter.Int64BitsToDouble))!;
    internal static readonly MethodInfo SingleToInt32Bits = typeof(BitConverter).GetMethod(nameof(BitConverter.SingleToInt32Bits))!;
    internal static readonly MethodInfo DoubleToInt64Bits = typeof(BitConverter).GetMethod(nameof(BitConverter.DoubleToInt64Bits))!;

    internal static MethodInfo Operation(string name) => typeof(Instance).GetMethod(name, Any)!;

    internal static MethodInfo Numeric(string name) =>
        typeof(NumericOps).GetMethod(name, Any) ?? typeof(ConversionOps).GetMethod(name, Any) ?? throw new MissingMethodException(nameof(NumericOps), name);

    private static FieldInfo Field<T>(string name) => typeof(T).GetField(name, Any)!;
}
