using System.Text;
using System.Text.Json;
using Paddock.Sandbox.Wasm.Calls;
using Paddock.Wasm;
using ValueType = Paddock.Wasm.ValueType;

namespace Paddock.Sandbox.Wasm.Abi;

/// <summary>
/// GoatKit's interface: <c>gk_register</c>, <c>gk_call</c> and <c>gk_malloc</c> of the module, <c>gk.host_call</c> and <c>gk.log</c> of the host.
/// A stretch of memory is passed back as <c>address &lt;&lt; 32 | length</c>.
/// </summary>
internal sealed class GoatKitAbi(WasmGuest guest) : GuestAbi(guest)
{
    internal const string ImportModule = "gk";

    private const int MaxNameBytes = 200, MaxRegistrationBytes = 4 << 20;
    private const ValueType I32 = ValueType.I32, I64 = ValueType.I64;

    private static readonly FuncType HostCallType = new([I32, I32, I32, I32], [I64]), LogType = new([I32, I32, I32], []);
    private static readonly FuncType CallType = HostCallType, RegisterType = new([], [I64]), MallocType = new([I32], [I32]), FreeType = new([I32], []);

    private readonly bool _frees = FreeType.Equals(guest.Interface.ExportedFunction("gk_free"));
    private bool _allocating;

    /// <summary>Whether a module is written for this interface.</summary>
    internal static bool Fits(ModuleInterface module) => module.ExportsMemory("memory")
        && CallType.Equals(module.ExportedFunction("gk_call")) && MallocType.Equals(module.ExportedFunction("gk_malloc"));

    internal override void AddImports(Imports imports, ModuleInterface wanted) => imports
        .Add(ImportModule, "host_call", Function.FromHost(HostCallType, HostCall))
        .Add(ImportModule, "log", Function.FromHost(LogType, Log));

    internal override byte[]? Initialize()
    {
        // TinyGo's programs have the one, Go's reactors the other.
        CallFirst("_start", "_initialize");
        if (!RegisterType.Equals(Guest.Interface.ExportedFunction("gk_register"))) return null;
        var registration = Take(Guest.Invoke("gk_register").AsI64(), MaxRegistrationBytes, ErrorCodes.ResultLimit);
        return registration.Length > 0 ? registration : null;
    }

    internal override byte[] Run(string? function, SandboxCall call)
    {
        if (string.IsNullOrEmpty(function)) throw CallFailedException.Fault(ErrorCodes.EntryPointNotFound, "The plugin has no function that a call without a name goes to.");
        var (name, nameLength) = Give(Encoding.UTF8.GetBytes(function));
        var (input, inputLength) = call.Input.Span is [] or [(byte)'n', (byte)'u', (byte)'l', (byte)'l'] ? default : Give(call.Input.Span);
        var packed = Guest.Invoke("gk_call", name, nameLength, input, inputLength).AsI64();
        var result = Take(packed, Guest.Call.Limits.ResultBytes, ErrorCodes.ResultLimit);
        Free(name);
        Free(input);
        return result;
    }

    /// <summary>(name, name length, arguments, arguments length) → reply, or 0.</summary>
    private void HostCall(ReadOnlySpan<WasmValue> arguments, Span<WasmValue> results)
    {
        if (_allocating) throw CallFailedException.Fault(ErrorCodes.GuestTrap, "The plugin called the host while the host asked it for memory.");
        var name = GoatKitFunction.NameOf(Bytes(arguments[0], arguments[1], MaxNameBytes));
        var reply = Ask(name, Bytes(arguments[2], arguments[3], GuestCall.MaxHostCallBytes));
        results[0] = Pack(reply);
    }

    private ReadOnlyMemory<byte> Ask(string name, ReadOnlySpan<byte> arguments)
    {
        if (name == "log") return LogFields(arguments);
        if (GoatKitFunction.Find(name) is not { } function) return Failed($"unknown host function: {name}");
        byte[] request;
        try
        {
            request = function.Request(arguments);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Failed($"{name}: {ErrorCodes.InvalidArgument}: The arguments are not a JSON object of the right form.");
        }

        var reply = Guest.Call.Ask(function.Canonical, request);
        return reply.Error is { } error ? Failed($"{name}: {error.Code}: {error.Message}") : function.Reply(reply.Value);
    }

    /// <summary>The interface has no way to pass an error back; the plugin's log is where its author finds it.</summary>
    private ReadOnlyMemory<byte> Failed(string message)
    {
        Guest.Call.Log.Add(LogSeverity.Error, GuestText.Clean(message));
        return default;
    }

    private ReadOnlyMemory<byte> LogFields(ReadOnlySpan<byte> arguments)
    {
        if (GoatKitFunction.ReadLog(arguments) is not { } entry) return Failed("log: the arguments are not a JSON object of the right form.");
        if (Encoding.UTF8.GetByteCount(entry.Message) > Guest.Call.Log.BytesLeft) throw new LimitBreachException(ErrorCodes.LogLimit);
        Guest.Call.Log.Add(entry.Severity, GuestText.Clean(entry.Message));
        return """{"ok":true}"""u8.ToArray();
    }

    /// <summary>(level, message, length): 0 debug, 1 info, 2 warning, 3 error.</summary>
    private void Log(ReadOnlySpan<WasmValue> arguments, Span<WasmValue> results)
    {
        var severity = arguments[0].AsI32() switch { <= 0 => LogSeverity.Debug, 1 => LogSeverity.Info, 2 => LogSeverity.Warn, _ => LogSeverity.Error };
        Guest.Call.Log.Add(severity, Guest.Memory.Slice((uint)arguments[1].AsI32(), (uint)arguments[2].AsI32()));
    }

    private ReadOnlySpan<byte> Bytes(WasmValue address, WasmValue length, int most)
    {
        var bytes = Guest.Memory.Slice((uint)address.AsI32(), (uint)length.AsI32());
        return bytes.Length <= most ? bytes : throw new LimitBreachException(ErrorCodes.HostCallLimit);
    }

    private long Pack(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty) return 0;
        var (address, length) = Give(bytes.Span);
        return ((long)address << 32) | (uint)length;
    }

    /// <summary>Copies bytes into memory that the module allocates. It is never asked for none.</summary>
    private (int Address, int Length) Give(ReadOnlySpan<byte> bytes)
    {
        _allocating = true;
        var address = Guest.Invoke("gk_malloc", bytes.Length).AsI32();
        _allocating = false;
        if (address == 0) throw new LimitBreachException(ErrorCodes.MemoryLimit);
        bytes.CopyTo(Guest.Memory.Slice((uint)address, (uint)bytes.Length));
        return (address, bytes.Length);
    }

    private byte[] Take(long packed, int most, string limitCode) => Copy((uint)(packed >>> 32), (uint)packed, most, limitCode);

    /// <summary>Gives back what the host has had allocated. A result is the module's own: it may be static.</summary>
    private void Free(int address)
    {
        if (address != 0 && _frees) Guest.Invoke("gk_free", address);
    }

    internal override void Restore(object? state) => _allocating = false;
}
