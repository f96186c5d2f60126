using Paddock.Sandbox.Wasm.Calls;
using Paddock.Wasm;
using Paddock.Wasm.Wasi;

namespace Paddock.Sandbox.Wasm.Abi;

/// <summary>An instance of a plugin's module with what it imports. One call at a time, on guest threads only.</summary>
internal sealed class WasmGuest : IInterruptible, IDisposable
{
    private readonly WasmProgram _program;
    private readonly Dictionary<string, Function> _functions = new(StringComparer.Ordinal);
    private Instance? _instance;
    private LinearMemory? _memory;

    private WasmGuest(WasmProgram program, GuestCall call)
    {
        _program = program;
        Call = call;
        Abi = program.CreateAbi(this);
    }

    internal GuestAbi Abi { get; }

    /// <summary>The call that the instance works for.</summary>
    internal GuestCall Call { get; private set; }

    internal ModuleInterface Interface => _program.Module.Interface;

    internal LinearMemory Memory => _memory ??= _instance!.GetMemory("memory");

    /// <summary>Whether its state can be kept, and set again.</summary>
    internal bool CanBeImaged => _instance!.CanBeImaged;

    /// <summary>Makes an instance for <paramref name="call"/>, which may end it already while its start function runs.</summary>
    /// <exception cref="WasmException">It wants what there is not.</exception>
    /// <exception cref="TrapException">Its start function, or a segment, trapped.</exception>
    internal static WasmGuest Start(WasmProgram program, GuestCall call)
    {
        var guest = new WasmGuest(program, call);
        var imports = new Imports();
        WasiImports.Add(imports, guest.Interface, new GuestSystem(guest), () => guest.Memory);
        guest.Abi.AddImports(imports, guest.Interface);
        var options = new InstanceOptions
        {
            TrapOnMemoryLimit = true,
            MaxMemoryBytes = call.Limits.MemoryBytes,
            MaxStackBytes = call.Limits.StackBytes,
            MaxTableElements = program.MaxTableElements,
        };
        program.Module.Instantiate(imports, options, guest.Created);
        return guest;
    }

    internal GuestImage Capture() => new(_instance!.Capture(), Abi.Capture());

    /// <summary>Gives the instance to a call in the state that an image holds, or as it is when there is none.</summary>
    internal void Begin(GuestImage? image, GuestCall call)
    {
        _instance!.ClearInterrupt();
        if (image is not null) Reset(image);
        _instance.MaxMemoryBytes = Math.Max(call.Limits.MemoryBytes, _instance.MemoryBytes);
        _instance.MaxStackBytes = call.Limits.StackBytes;
        Call = call;
        call.Deadline.Watch(this);
        call.Deadline.ThrowIfReached();
    }

    /// <summary>Sets its state, giving back memory that it has grown beyond it.</summary>
    internal void Reset(GuestImage image)
    {
        _instance!.MaxMemoryBytes = long.MaxValue;
        _instance.Restore(image.Instance);
        Abi.Restore(image.Abi);
    }

    internal bool HasGrown(GuestImage image) => _instance!.MemoryBytes > image.Instance.MemoryBytes;

    internal WasmValue Invoke(string function, params ReadOnlySpan<WasmValue> arguments)
    {
        if (!_functions.TryGetValue(function, out var found)) _functions.Add(function, found = _instance!.GetFunction(function));
        return found.Call(arguments);
    }

    /// <summary>Calls a function that may end by exiting.</summary>
    /// <exception cref="CallFailedException">It exited with something else than 0.</exception>
    internal void CallToExit(string function)
    {
        try
        {
            Invoke(function);
        }
        catch (WasiExitException e) when (e.Code == 0)
        {
        }
    }

    /// <summary>From any thread: ends the guest's code where it is.</summary>
    public void Interrupt() => _instance?.Interrupt();

    public void Dispose() => _instance?.Dispose();

    private void Created(Instance instance)
    {
        _instance = instance;
        Call.Deadline.Watch(this);
        Call.Deadline.ThrowIfReached();
    }
}

/// <summary>The state every call starts from.</summary>
/// <param name="Instance">Memory and globals.</param>
/// <param name="Abi">What the interface keeps beside them.</param>
internal sealed record GuestImage(InstanceImage Instance, object? Abi);
