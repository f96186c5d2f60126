using Paddock.Wasm.Compilation;

namespace Paddock.Wasm;

/// <summary>A function that the host gives to a guest. An exception it throws passes through the guest's frames to the outermost <see cref="Function.Call(ReadOnlySpan{WasmValue}, Span{WasmValue})"/>; no guest can catch it.</summary>
/// <param name="arguments">One value for each parameter.</param>
/// <param name="results">To be filled, one value for each result.</param>
public delegate void HostCallback(ReadOnlySpan<WasmValue> arguments, Span<WasmValue> results);

/// <summary>A function of a guest or of the host, together with the instance it belongs to.</summary>
public sealed class Function : Extern
{
    internal readonly nint Code;
    internal readonly CallTarget Target;

    internal Function(FuncType type, nint code, CallTarget target)
    {
        Type = type;
        Code = code;
        Target = target;
    }

    /// <summary>Its parameters and results.</summary>
    public FuncType Type { get; }

    internal override ExternKind Kind => ExternKind.Function;

    /// <summary>A function that runs <paramref name="callback"/>.</summary>
    public static Function FromHost(FuncType type, HostCallback callback)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(callback);
        return new Function(type, SignatureCode.HostStub(type), new HostTarget(type, callback));
    }

    /// <summary>Calls it and waits for its end. One thread at a time may be inside an instance and those it is linked with.</summary>
    /// <exception cref="TrapException">The guest trapped, or was stopped by a limit of the host.</exception>
    /// <exception cref="ArgumentException">The number of arguments or results is not the type's.</exception>
    public void Call(ReadOnlySpan<WasmValue> arguments, Span<WasmValue> results)
    {
        if (arguments.Length != Type.Parameters.Count) throw new ArgumentException($"{Type.Parameters.Count} arguments expected.", nameof(arguments));
        if (results.Length != Type.Results.Count) throw new ArgumentException($"{Type.Results.Count} results expected.", nameof(results));
        var invoke = SignatureCode.Invoker(Type);
        if (Target is not Instance instance)
        {
            invoke(Code, Target, arguments, results);
            return;
        }

        instance.Linked.Enter(instance);
        try
        {
            invoke(Code, Target, arguments, results);
        }
        finally
        {
            // The group may have been taken into another one meanwhile; that one counts this entry now.
            instance.Linked.Leave();
        }
    }

    /// <summary>Calls it with at most one result; the default value when it has none.</summary>
    /// <inheritdoc cref="Call(ReadOnlySpan{WasmValue}, Span{WasmValue})" path="/exception"/>
    public WasmValue Call(params ReadOnlySpan<WasmValue> arguments)
    {
        if (Type.Results.Count > 1) throw new InvalidOperationException("The function has several results.");
        var result = default(WasmValue);
        Call(arguments, new Span<WasmValue>(ref result)[..Type.Results.Count]);
        return result;
    }
}
