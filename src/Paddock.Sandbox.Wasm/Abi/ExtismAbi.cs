using System.Text;
using System.Text.Json;
using Paddock.Sandbox.Wasm.Calls;
using Paddock.Wasm;
using ValueType = Paddock.Wasm.ValueType;

namespace Paddock.Sandbox.Wasm.Abi;

/// <summary>
/// The Extism plugin interface: an exported function without parameters answers 0 for success; input, output and everything else are blocks of a
/// memory that the host owns. Input and output are JSON here. What Extism has no name for is asked through <c>paddock_call</c>.
/// </summary>
internal sealed class ExtismAbi : GuestAbi
{
    internal const string EnvironmentModule = "extism:host/env", UserModule = "extism:host/user";

    private const int MaxErrorBytes = 10_000, MaxVariableBytes = 1 << 20, BytesPerVariable = 64;

    private readonly ExtismHost _host;
    private Dictionary<string, byte[]> _variables = new(StringComparer.Ordinal);
    private int _variableBytes;
    private JsonDocument? _config;

    internal ExtismAbi(WasmGuest guest)
        : base(guest) => _host = new ExtismHost(this, guest);

    internal ExtismMemory Memory { get; } = new();

    internal ReadOnlyMemory<byte> Input { get; private set; }

    /// <summary>Where the result is.</summary>
    internal (long Address, long Length) Output { get; set; }

    /// <summary>The block that says why the function failed; 0 for none.</summary>
    internal long Error { get; set; }

    /// <summary>Whether a module is written for this interface.</summary>
    internal static bool Fits(ModuleInterface module) => module.ImportsFrom(EnvironmentModule) || module.ImportsFrom(UserModule);

    internal override void AddImports(Imports imports, ModuleInterface wanted) => _host.AddImports(imports, wanted);

    internal override byte[]? Initialize()
    {
        Begin(default, null);
        CallFirst("_initialize", "hs_init", "__wasm_call_ctors", "_start");
        return IsFunction("register") ? Call("register", default, null) : null;
    }

    internal override byte[] Run(string? function, SandboxCall call)
    {
        if (string.IsNullOrEmpty(function) || !IsFunction(function)) throw CallFailedException.Fault(ErrorCodes.EntryPointNotFound, $"The plugin exports no function \"{GuestText.Clean(function ?? "")}\".");
        return Call(function, call.Input, call.Config);
    }

    internal override object Capture() => (new Dictionary<string, byte[]>(_variables, StringComparer.Ordinal), _variableBytes);

    internal override void Restore(object? state)
    {
        var (variables, bytes) = ((Dictionary<string, byte[]>, int))state!;
        _variables = new Dictionary<string, byte[]>(variables, StringComparer.Ordinal);
        _variableBytes = bytes;
    }

    /// <summary>A value of the plugin's config: a string as it is, anything else as JSON; null where there is none.</summary>
    internal byte[]? Config(ReadOnlySpan<byte> key) =>
        _config?.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty(key, out var value)
            ? Encoding.UTF8.GetBytes(value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText())
            : null;

    internal byte[]? Variable(ReadOnlySpan<byte> key) => _variables.GetValueOrDefault(Encoding.UTF8.GetString(key));

    /// <summary>Sets a variable of the instance, or removes it.</summary>
    /// <exception cref="LimitBreachException">Together they are too large.</exception>
    internal void SetVariable(ReadOnlySpan<byte> key, byte[]? value)
    {
        var name = Encoding.UTF8.GetString(key);
        if (_variables.Remove(name, out var old)) _variableBytes -= old.Length + key.Length + BytesPerVariable;
        if (value is null) return;
        if (_variableBytes + value.Length + key.Length + BytesPerVariable > MaxVariableBytes) throw new LimitBreachException(ErrorCodes.MemoryLimit);
        _variableBytes += value.Length + key.Length + BytesPerVariable;
        _variables.Add(name, value);
    }

    private byte[] Call(string function, ReadOnlyMemory<byte> input, ReadOnlyMemory<byte>? config)
    {
        Begin(input, config);
        var result = Guest.Invoke(function);
        if (Guest.Interface.ExportedFunction(function)!.Results.Count > 0 && result.AsI32() != 0) throw CallFailedException.Fault(ErrorCodes.GuestError, ErrorText(result.AsI32()));
        var output = Memory.Range(Output.Address, Output.Length);
        return output.Length <= Guest.Call.Limits.ResultBytes ? output.ToArray() : throw new LimitBreachException(ErrorCodes.ResultLimit);
    }

    private void Begin(ReadOnlyMemory<byte> input, ReadOnlyMemory<byte>? config)
    {
        Memory.MaxBytes = Guest.Call.Limits.MemoryBytes;
        Memory.Clear();
        Input = input;
        Output = default;
        Error = 0;
        _host.Clear();
        _config?.Dispose();
        _config = config is { IsEmpty: false } given ? JsonDocument.Parse(given) : null;
    }

    private bool IsFunction(string name) => Guest.Interface.ExportedFunction(name) is { Parameters.Count: 0 } type
        && (type.Results.Count == 0 || (type.Results.Count == 1 && type.Results[0] == ValueType.I32));

    private string ErrorText(int code)
    {
        if (Memory.Length(Error) == 0) return $"The function answered {code}.";
        var text = Memory.Block(Error);
        return GuestText.Clean(Encoding.UTF8.GetString(text[..Math.Min(text.Length, MaxErrorBytes)]));
    }
}
