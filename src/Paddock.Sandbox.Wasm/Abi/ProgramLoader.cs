using Paddock.Sandbox.Wasm.Calls;
using Paddock.Wasm;
using Paddock.Wasm.Compilation;
using Paddock.Wasm.Wasi;

namespace Paddock.Sandbox.Wasm.Abi;

/// <summary>From a module's bytes to a sandbox: decode, validate, compile, find the interface, initialise once, keep the state. On a guest thread.</summary>
internal static class ProgramLoader
{
    /// <exception cref="SandboxLoadException">The module is refused, or failed.</exception>
    internal static ISandbox Load(WebAssemblyRuntime runtime, SandboxSpec spec, Limits limits, Deadline deadline)
    {
        var program = Compile(runtime.Options, spec.Files[spec.Entry], deadline);
        var image = Initialize(program, Call(spec, limits, deadline, runtime.Options.TimeProvider), spec.Stateful, out var registration);
        return new WebAssemblySandbox(runtime, program, image, registration, spec);
    }

    /// <summary>The call that an initialisation is.</summary>
    internal static GuestCall Call(SandboxSpec spec, Limits limits, Deadline deadline, TimeProvider clock) =>
        new(limits, RefusingHostChannel.Instance, deadline, clock, null) { InitialRandom = new InitialRandom(spec.Digest) };

    /// <summary>Makes an instance and lets it initialise; null where its state cannot be kept apart from it.</summary>
    private static GuestImage? Initialize(WasmProgram program, GuestCall call, bool stateful, out byte[]? registration)
    {
        WasmGuest? guest = null;
        try
        {
            guest = WasmGuest.Start(program, call);
            if (stateful && !guest.Abi.CanKeepState) throw CallFailedException.Fault(ErrorCodes.RuntimeUnavailable, "Each call of a WASI command is a run of its own; what is to be kept belongs into the plugin's store.");
            registration = guest.Abi.Initialize();
            return guest.CanBeImaged ? guest.Capture() : null;
        }
        catch (Exception e) when (FailureOf(e, call.Deadline) is { } failure)
        {
            throw new SandboxLoadException(failure.Error);
        }
        finally
        {
            call.Deadline.Dispose();
            guest?.Dispose();
        }
    }

    private static WasmProgram Compile(WebAssemblyRuntimeOptions options, ReadOnlyMemory<byte> bytes, Deadline deadline)
    {
        // SECURITY: the time to compile grows with what is compiled, and a function is compiled whole: both are bounded before anything else is done.
        if (bytes.Length > options.MaxModuleBytes) throw TooLarge($"The module has {bytes.Length} bytes; at most {options.MaxModuleBytes} are allowed.");
        try
        {
            var decoded = ModuleDecoder.Decode(bytes);
            if (decoded.FunctionCount > options.MaxFunctions) throw TooLarge($"The module has {decoded.FunctionCount} functions; at most {options.MaxFunctions} are allowed.");
            if (decoded.LargestFunctionBytes > options.MaxFunctionBytes) throw TooLarge($"A function of the module has {decoded.LargestFunctionBytes} bytes; at most {options.MaxFunctionBytes} are allowed.");
            var validated = ModuleValidator.Validate(decoded);
            var createAbi = AbiDetection.Detect(validated.Interface);
            return new WasmProgram(ModuleCompiler.Compile(validated, deadline.Token), createAbi, (uint)options.MaxTableElements);
        }
        catch (WasmException e)
        {
            throw new SandboxLoadException(Refusal(e));
        }
        catch (OperationCanceledException)
        {
            throw new SandboxLoadException(CallFailure.Limit(deadline.Reason ?? ErrorCodes.TimeLimit).Error);
        }
    }

    /// <summary>What an exception that guest code ended with means; null when it is the host's own.</summary>
    internal static CallFailure? FailureOf(Exception exception, Deadline deadline) => exception switch
    {
        LimitBreachException e => CallFailure.Limit(e.Code),
        TrapException e => CallFailure.Trap(e.Code, deadline),
        CallFailedException e => e.Failure,
        WasiExitException e => CallFailure.Fault(ErrorCodes.GuestError, $"The program exited with {e.Code}."),
        WasmException { Kind: WasmErrorKind.TooLarge } => CallFailure.Limit(ErrorCodes.MemoryLimit),
        WasmException e => new CallFailure(CallStatus.GuestFault, Refusal(e)),
        KeyNotFoundException => CallFailure.Fault(ErrorCodes.EntryPointNotFound, "The module does not export what its interface needs."),
        _ => null,
    };

    private static CallError Refusal(WasmException e) => e.Kind switch
    {
        WasmErrorKind.Unlinkable => new CallError(ErrorCodes.ImportUnknown, e.Message),
        WasmErrorKind.TooLarge => new CallError(ErrorCodes.CodeLimit, e.Message),
        _ => new CallError(ErrorCodes.CompileError, e.Message),
    };

    private static SandboxLoadException TooLarge(string message) => new(new CallError(ErrorCodes.CodeLimit, message));
}
