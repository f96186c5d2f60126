using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Paddock.Sandbox.Wasm.Calls;
using Paddock.Wasm;
using ValueType = Paddock.Wasm.ValueType;

namespace Paddock.Sandbox.Wasm.Abi;

/// <summary>The functions of Extism's host for one instance. A handle that is passed to one that takes it is freed by it.</summary>
internal sealed class ExtismHost(ExtismAbi abi, WasmGuest guest)
{
    private const int MaxNameBytes = 200;
    private const int LeastLogLevel = 0;

    private static readonly Dictionary<(string Module, string Name), HostBody> Functions = Table();

    private ExtismResponse _response;

    internal void Clear() => _response = default;

    internal void AddImports(Imports imports, ModuleInterface wanted)
    {
        foreach (var import in wanted.Imports)
        {
            if (!Functions.TryGetValue((import.Module, import.Name), out var body)) continue;
            imports.Add(import.Module, import.Name, Function.FromHost(body.Type, (a, r) => body.Run(this, a, r)));
        }
    }

    private static Dictionary<(string, string), HostBody> Table()
    {
        var table = new Dictionary<(string, string), HostBody>();
        AddMemory(table);
        AddInput(table);
        AddHost(table);

        // What AssemblyScript's runtime imports of its host.
        Add(table, "env", "abort", "iiii", "", static (h, a, _) => h.Abort((uint)a[0].AsI32(), a[2].AsI32(), a[3].AsI32()));
        Add(table, "env", "seed", "", "d", static (h, _, r) => r[0] = h.Seed());
        return table;
    }

    private static void AddMemory(Dictionary<(string, string), HostBody> table)
    {
        Environment(table, "alloc", "I", "I", static (h, a, r) => r[0] = h.Memory.Allocate(a[0].AsI64()));
        Environment(table, "free", "I", "", static (h, a, _) => h.Memory.Free(a[0].AsI64()));
        Environment(table, "length", "I", "I", static (h, a, r) => r[0] = (long)h.Memory.Length(a[0].AsI64()));
        Environment(table, "length_unsafe", "I", "I", static (h, a, r) => r[0] = (long)h.Memory.Length(a[0].AsI64()));
        Environment(table, "load_u8", "I", "i", static (h, a, r) => r[0] = (int)h.Memory.Range(a[0].AsI64(), 1)[0]);
        Environment(table, "load_u64", "I", "I", static (h, a, r) => r[0] = (long)h.Memory.LoadU64(a[0].AsI64()));
        Environment(table, "store_u8", "Ii", "", static (h, a, _) => h.Memory.Range(a[0].AsI64(), 1)[0] = (byte)a[1].AsI32());
        Environment(table, "store_u64", "II", "", static (h, a, _) => h.Memory.StoreU64(a[0].AsI64(), (ulong)a[1].AsI64()));
    }

    private static void AddInput(Dictionary<(string, string), HostBody> table)
    {
        Environment(table, "input_length", "", "I", static (h, _, r) => r[0] = (long)h.Input.Length);
        Environment(table, "input_load_u8", "I", "i", static (h, a, r) => r[0] = (int)h.InputAt(a[0].AsI64(), 1)[0]);
        Environment(table, "input_load_u64", "I", "I", static (h, a, r) => r[0] = (long)BinaryPrimitives.ReadUInt64LittleEndian(h.InputAt(a[0].AsI64(), 8)));
        Environment(table, "output_set", "II", "", static (h, a, _) => h.SetOutput(a[0].AsI64(), a[1].AsI64()));
        Environment(table, "error_set", "I", "", static (h, a, _) => h.SetError(a[0].AsI64()));
        Environment(table, "error_get", "", "I", static (h, _, r) => r[0] = h.Abi.Error);
    }

    private static void AddHost(Dictionary<(string, string), HostBody> table)
    {
        Environment(table, "config_get", "I", "I", static (h, a, r) => r[0] = h.Give(h.Abi.Config(h.Memory.Block(a[0].AsI64())), a[0].AsI64()));
        Environment(table, "var_get", "I", "I", static (h, a, r) => r[0] = h.Give(h.Abi.Variable(h.Memory.Block(a[0].AsI64())), a[0].AsI64()));
        Environment(table, "var_set", "II", "", static (h, a, _) => h.SetVariable(a[0].AsI64(), a[1].AsI64()));
        Environment(table, "http_request", "II", "I", static (h, a, r) => r[0] = h.HttpRequest(a[0].AsI64(), a[1].AsI64()));
        Environment(table, "http_status_code", "", "i", static (h, _, r) => r[0] = h._response.Status);
        Environment(table, "http_headers", "", "I", static (h, _, r) => r[0] = h._response.Headers is { } headers ? h.Memory.Store(headers) : 0L);
        Environment(table, "get_log_level", "", "i", static (_, _, r) => r[0] = LeastLogLevel);
        foreach (var (name, severity) in new[] { ("trace", LogSeverity.Debug), ("debug", LogSeverity.Debug), ("info", LogSeverity.Info), ("warn", LogSeverity.Warn), ("error", LogSeverity.Error) })
            Environment(table, "log_" + name, "I", "", (h, a, _) => h.Log(severity, a[0].AsI64()));
        Add(table, ExtismAbi.UserModule, "paddock_call", "II", "I", static (h, a, r) => r[0] = h.Ask(a[0].AsI64(), a[1].AsI64()));
    }

    private ExtismAbi Abi => abi;

    private ExtismMemory Memory => abi.Memory;

    private ReadOnlySpan<byte> Input => abi.Input.Span;

    private ReadOnlySpan<byte> InputAt(long offset, int length) => offset >= 0 && offset <= Input.Length - length
        ? Input.Slice((int)offset, length)
        : throw new TrapException(TrapCode.MemoryOutOfBounds);

    private void SetOutput(long address, long length)
    {
        Memory.Range(address, length);
        abi.Output = (address, length);
    }

    private void SetError(long address)
    {
        if (address != 0) Memory.Block(address);
        abi.Error = address;
    }

    private long Give(byte[]? value, long taken)
    {
        Memory.Free(taken);
        return value is null ? 0 : Memory.Store(value);
    }

    private void SetVariable(long key, long value)
    {
        abi.SetVariable(Memory.Block(key), value == 0 ? null : Memory.Block(value).ToArray());
        Memory.Free(key);
        Memory.Free(value);
    }

    private void Log(LogSeverity severity, long message)
    {
        guest.Call.Log.Add(severity, Memory.Block(message));
        Memory.Free(message);
    }

    /// <summary>A refusal ends the call, as it does in Extism; the plugin's caller sees the host's code.</summary>
    private long HttpRequest(long request, long body)
    {
        byte[] arguments;
        try
        {
            arguments = ExtismResponse.Request(Memory.Block(request), body == 0 ? default : Memory.Block(body));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw CallFailedException.Fault(ErrorCodes.InvalidArgument, "The request is not a JSON object of the right form.");
        }

        Memory.Free(request);
        Memory.Free(body);
        var reply = guest.Call.Ask("http.request", arguments);
        if (reply.Error is { } error) throw new CallFailedException(new CallFailure(CallStatus.GuestFault, error));
        _response = ExtismResponse.Read(reply.Value, out var content);
        return Memory.Store(content);
    }

    /// <summary>Any host function: its name and its arguments as JSON; {"value":…} or {"error":{"code","message"}} back.</summary>
    private long Ask(long name, long arguments)
    {
        var function = Memory.Block(name);
        var given = Memory.Block(arguments);
        if (function.Length > MaxNameBytes || given.Length > GuestCall.MaxHostCallBytes) throw new LimitBreachException(ErrorCodes.HostCallLimit);
        var text = GuestText.Clean(Encoding.UTF8.GetString(function));
        var copy = given.ToArray();
        Memory.Free(name);
        Memory.Free(arguments);
        var reply = guest.Call.Ask(text, copy);
        return Memory.Store(reply.Error is { } error
            ? JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object> { ["error"] = new Dictionary<string, string> { ["code"] = error.Code, ["message"] = error.Message } })
            : [.. "{\"value\":"u8, .. reply.Value.Span, .. "}"u8]);
    }

    /// <summary>AssemblyScript's strings are UTF-16, with their length in bytes in the four bytes before them.</summary>
    private void Abort(uint message, int line, int column)
    {
        var text = message >= 4 ? Encoding.Unicode.GetString(guest.Memory.Slice(message, Math.Min(guest.Memory.ReadU32(message - 4), 2000))) : "";
        throw CallFailedException.Fault(ErrorCodes.GuestError, GuestText.Clean($"{text} ({line}:{column})"));
    }

    private double Seed()
    {
        Span<byte> bytes = stackalloc byte[8];
        guest.Call.FillRandom(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes) >>> 11;
    }

    private static void Environment(Dictionary<(string, string), HostBody> table, string name, string parameters, string results, HostAction action) =>
        Add(table, ExtismAbi.EnvironmentModule, name, parameters, results, action);

    private static void Add(Dictionary<(string, string), HostBody> table, string module, string name, string parameters, string results, HostAction action) =>
        table.Add((module, name), new HostBody(new FuncType([.. parameters.Select(TypeOf)], [.. results.Select(TypeOf)]), action));

    private static ValueType TypeOf(char letter) => letter switch { 'i' => ValueType.I32, 'I' => ValueType.I64, _ => ValueType.F64 };

    private delegate void HostAction(ExtismHost host, ReadOnlySpan<WasmValue> arguments, Span<WasmValue> results);

    private sealed record HostBody(FuncType Type, HostAction Run);
}
