using System.Reflection;
using System.Runtime.CompilerServices;

namespace Paddock.Wasm.Compilation;

/// <summary>A module as CIL, in a collectible assembly of its own. The JIT compiles a function when it is first called. Immutable; any number of instances, on any thread.</summary>
public sealed class CompiledModule
{
    private readonly Type _code;
    private readonly nint[] _pointers;

    internal CompiledModule(DecodedModule module, Type code)
    {
        Module = module;
        _code = code;
        ImportedFunctions = module.ImportedFunctions;
        _pointers = new nint[module.Functions.Count];
        MaxResults = module.Types.Count == 0 ? 0 : module.Types.Max(t => t.Results.Count);
    }

    internal DecodedModule Module { get; }

    /// <summary>What it imports and exports.</summary>
    public ModuleInterface Interface => Module.Interface;

    internal int ImportedFunctions { get; }

    internal int MaxResults { get; }

    /// <summary>Makes an instance: checks the imports, allocates, runs segments and the start function.</summary>
    /// <param name="imports">What it may import.</param>
    /// <param name="options">The host's limits; null for the defaults.</param>
    /// <param name="created">Called with the instance before any segment is placed and its start function runs: from then on it can be interrupted, and host functions can reach its memory. It must not be called yet.</param>
    /// <exception cref="WasmException">Unlinkable, or larger than the options allow.</exception>
    /// <exception cref="TrapException">A segment is out of bounds, or the start function trapped. The memory is released, unless something else holds a function of the instance.</exception>
    public Instance Instantiate(Imports imports, InstanceOptions? options = null, Action<Instance>? created = null)
    {
        ArgumentNullException.ThrowIfNull(imports);
        return Instantiation.Run(this, imports, options ?? new InstanceOptions(), created);
    }

    /// <summary>Has the JIT compile every function now instead of at its first call. Takes seconds for a large module; from any thread.</summary>
    public void Prepare(CancellationToken cancellationToken = default)
    {
        for (var i = ImportedFunctions; i < _pointers.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RuntimeHelpers.PrepareMethod(Method((uint)i).MethodHandle);
        }
    }

    internal FuncType TypeOf(uint function) => Module.Types[(int)Module.Functions[(int)function]];

    internal nint CodePointer(uint function)
    {
        ref var pointer = ref _pointers[function];
        if (pointer == 0) pointer = Method(function).MethodHandle.GetFunctionPointer();
        return pointer;
    }

    internal ReadOnlySpan<byte> DataOf(int segment) => Module.Bytes.Span.Slice(Module.Data[segment].Start, Module.Data[segment].Length);

    private MethodInfo Method(uint function) =>
        _code.GetMethod(ModuleCompiler.MethodName(function), BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)
        ?? throw new InvalidOperationException($"Function {function} was not compiled.");
}
