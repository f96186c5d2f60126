using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Paddock.Wasm.Compilation;

/// <summary>Calls compiled code with arguments from a span.</summary>
internal delegate void Invoker(nint code, CallTarget target, ReadOnlySpan<WasmValue> arguments, Span<WasmValue> results);

/// <summary>The code that depends on a signature alone: the way in from the host, and the way out to it.</summary>
internal static class SignatureCode
{
    private static readonly ConditionalWeakTable<FuncType, Invoker> Invokers = [];

    // A function holds its type, so the code lives as long as a function that uses it.
    private static readonly ConditionalWeakTable<FuncType, Type> Stubs = [];
    private const string StubName = "stub";

    internal static Type ReturnType(FuncType type) => type.Results.Count == 0 ? typeof(void) : type.Results[0].Clr();

    internal static Type[] ParameterTypes(FuncType type, Type target) => [.. type.Parameters.Select(p => p.Clr()), target];

    internal static Invoker Invoker(FuncType type) => Invokers.GetValue(type, EmitInvoker);

    /// <summary>Code with the calling convention of compiled functions that boxes its arguments and calls a <see cref="HostTarget"/>.</summary>
    internal static nint HostStub(FuncType type) => Stubs.GetValue(type, EmitHostStub).GetMethod(StubName)!.MethodHandle.GetFunctionPointer();

    private static Invoker EmitInvoker(FuncType type)
    {
        var method = new DynamicMethod("invoke", typeof(void), [typeof(nint), typeof(CallTarget), typeof(ReadOnlySpan<WasmValue>), typeof(Span<WasmValue>)], typeof(Instance).Module, skipVisibility: true);
        var il = method.GetILGenerator();
        for (var i = 0; i < type.Parameters.Count; i++)
        {
            il.Emit(OpCodes.Ldarga_S, (byte)2);
            il.Emit(OpCodes.Ldc_I4, i);
            il.Emit(OpCodes.Call, typeof(SignatureCode).GetMethod(Getter(type.Parameters[i]), BindingFlags.Static | BindingFlags.NonPublic)!);
        }

        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldarg_0);
        il.EmitCalli(OpCodes.Calli, CallingConventions.Standard, ReturnType(type), ParameterTypes(type, typeof(object)), null);
        if (type.Results.Count > 0)
        {
            var first = il.DeclareLocal(type.Results[0].Clr());
            il.Emit(OpCodes.Stloc, first);
            il.Emit(OpCodes.Ldarga_S, (byte)3);
            il.Emit(OpCodes.Ldloc, first);
            il.Emit(OpCodes.Call, typeof(SignatureCode).GetMethod(nameof(SetFirst), BindingFlags.Static | BindingFlags.NonPublic, [typeof(Span<WasmValue>).MakeByRefType(), type.Results[0].Clr()])!);
        }

        for (var i = 1; i < type.Results.Count; i++)
        {
            il.Emit(OpCodes.Ldarga_S, (byte)3);
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Ldc_I4, i);
            il.Emit(OpCodes.Call, typeof(SignatureCode).GetMethod(type.Results[i].IsReference() ? nameof(SetExtraReference) : nameof(SetExtraBits), BindingFlags.Static | BindingFlags.NonPublic)!);
        }

        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<Invoker>();
    }

    private static Type EmitHostStub(FuncType type)
    {
        var assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Paddock.Wasm.Host"), AssemblyBuilderAccess.RunAndCollect);
        assembly.SetCustomAttribute(new CustomAttributeBuilder(ModuleCompiler.IgnoresAccessChecks, [typeof(Instance).Assembly.GetName().Name!]));
        var stub = assembly.DefineDynamicModule("Host").DefineType("Stub", TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed);
        var method = stub.DefineMethod(StubName, MethodAttributes.Static | MethodAttributes.Public, ReturnType(type), ParameterTypes(type, typeof(object)));
        var il = method.GetILGenerator();
        var arguments = il.DeclareLocal(typeof(WasmValue[]));
        il.Emit(OpCodes.Ldc_I4, type.Parameters.Count);
        il.Emit(OpCodes.Newarr, typeof(WasmValue));
        il.Emit(OpCodes.Stloc, arguments);
        for (var i = 0; i < type.Parameters.Count; i++)
        {
            il.Emit(OpCodes.Ldloc, arguments);
            il.Emit(OpCodes.Ldc_I4, i);
            il.Emit(OpCodes.Ldarg, (short)i);
            il.Emit(OpCodes.Call, typeof(WasmValue).GetMethod(Factory(type.Parameters[i]))!);
            il.Emit(OpCodes.Stelem, typeof(WasmValue));
        }

        il.Emit(OpCodes.Ldarg, (short)type.Parameters.Count);
        il.Emit(OpCodes.Ldloc, arguments);
        il.Emit(OpCodes.Ldc_I4, type.Results.Count);
        il.Emit(OpCodes.Call, typeof(SignatureCode).GetMethod(nameof(CallHost), BindingFlags.Static | BindingFlags.NonPublic)!);
        if (type.Results.Count == 0)
        {
            il.Emit(OpCodes.Pop);
        }
        else
        {
            il.Emit(OpCodes.Ldc_I4_0);
            il.Emit(OpCodes.Ldelema, typeof(WasmValue));
            il.Emit(OpCodes.Call, typeof(WasmValue).GetMethod(Reader(type.Results[0]))!);
        }

        il.Emit(OpCodes.Ret);
        return stub.CreateType();
    }

    private static WasmValue[] CallHost(object target, WasmValue[] arguments, int results)
    {
        var values = results == 0 ? [] : new WasmValue[results];
        Unsafe.As<HostTarget>(target).Invoke(arguments, values);
        return values;
    }

    private static int GetI32(in ReadOnlySpan<WasmValue> values, int index) => values[index].AsI32();

    private static long GetI64(in ReadOnlySpan<WasmValue> values, int index) => values[index].AsI64();

    private static float GetF32(in ReadOnlySpan<WasmValue> values, int index) => values[index].AsF32();

    private static double GetF64(in ReadOnlySpan<WasmValue> values, int index) => values[index].AsF64();

    private static object? GetRef(in ReadOnlySpan<WasmValue> values, int index) => values[index].Reference;

    private static void SetFirst(ref Span<WasmValue> results, int value) => results[0] = value;

    private static void SetFirst(ref Span<WasmValue> results, long value) => results[0] = value;

    private static void SetFirst(ref Span<WasmValue> results, float value) => results[0] = value;

    private static void SetFirst(ref Span<WasmValue> results, double value) => results[0] = value;

    private static void SetFirst(ref Span<WasmValue> results, object? value) => results[0] = WasmValue.FromRef(value);

    private static void SetExtraBits(ref Span<WasmValue> results, CallTarget target, int index) => results[index] = WasmValue.FromI64(target.ExtraBits[index]);

    private static void SetExtraReference(ref Span<WasmValue> results, CallTarget target, int index) => results[index] = WasmValue.FromRef(target.ExtraReferences[index]);

    private static string Getter(ValueType type) => type switch
    {
        ValueType.I32 => nameof(GetI32),
        ValueType.I64 => nameof(GetI64),
        ValueType.F32 => nameof(GetF32),
        ValueType.F64 => nameof(GetF64),
        _ => nameof(GetRef),
    };

    private static string Factory(ValueType type) => type switch
    {
        ValueType.I32 => nameof(WasmValue.FromI32),
        ValueType.I64 => nameof(WasmValue.FromI64),
        ValueType.F32 => nameof(WasmValue.FromF32),
        ValueType.F64 => nameof(WasmValue.FromF64),
        _ => nameof(WasmValue.FromRef),
    };

    private static string Reader(ValueType type) => type switch
    {
        ValueType.I32 => nameof(WasmValue.AsI32),
        ValueType.I64 => nameof(WasmValue.AsI64),
        ValueType.F32 => nameof(WasmValue.AsF32),
        ValueType.F64 => nameof(WasmValue.AsF64),
        _ => nameof(WasmValue.AsRef),
    };
}
