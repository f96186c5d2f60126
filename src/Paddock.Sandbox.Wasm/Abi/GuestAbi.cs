using System.Text.Json;
using System.Text.Unicode;
using Paddock.Sandbox.Wasm.Calls;
using Paddock.Wasm;

namespace Paddock.Sandbox.Wasm.Abi;

/// <summary>
/// How host and module of one instance talk: which functions it may import, how it is initialised and called, how bytes pass between them.
/// SECURITY: every address and length that passes here is the guest's; bytes are only reached through <see cref="LinearMemory.Slice"/> and are
/// copied before anything looks at them.
/// </summary>
internal abstract class GuestAbi(WasmGuest guest)
{
    // As deep as the host's own readers of results need; the default of 64 is less than programs use.
    private const int MaxJsonDepth = 256;

    protected WasmGuest Guest => guest;

    /// <summary>Offers what <paramref name="wanted"/> may import besides WASI.</summary>
    internal abstract void AddImports(Imports imports, ModuleInterface wanted);

    /// <summary>Runs the module's own initialisation, and asks it what it contributes: UTF-8 JSON, unchecked, or null.</summary>
    internal abstract byte[]? Initialize();

    /// <summary>Calls a function: UTF-8 JSON in, UTF-8 JSON out, unchecked; empty for nothing.</summary>
    internal abstract byte[] Run(string? function, SandboxCall call);

    /// <summary>Whether an instance can be called again without being reset.</summary>
    internal virtual bool CanKeepState => true;

    /// <summary>Keeps the state that is not the instance's own.</summary>
    internal virtual object? Capture() => null;

    /// <summary>Sets that state.</summary>
    internal virtual void Restore(object? state)
    {
    }

    /// <summary>A result, when it is JSON; <c>null</c> for nothing.</summary>
    /// <exception cref="CallFailedException">It is something else.</exception>
    internal static byte[] CheckedJson(byte[] result)
    {
        if (result.AsSpan().IndexOfAnyExcept(" \t\r\n"u8) < 0) return "null"u8.ToArray();
        // The reader does not look into strings.
        if (!Utf8.IsValid(result)) throw NotJson();
        try
        {
            var reader = new Utf8JsonReader(result, new JsonReaderOptions { MaxDepth = MaxJsonDepth });
            while (reader.Read())
            {
            }

            return result;
        }
        catch (JsonException)
        {
            throw NotJson();
        }
    }

    /// <summary>Calls the first of some initialisers that the module exports, each without parameters or results. Exiting with 0 is their right.</summary>
    protected void CallFirst(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (guest.Interface.ExportedFunction(name) is not { Parameters.Count: 0, Results.Count: 0 }) continue;
            guest.CallToExit(name);
            return;
        }
    }

    /// <summary>Copies bytes out of the instance.</summary>
    protected byte[] Copy(uint address, uint length, int most, string limitCode)
    {
        if (length > (uint)most) throw new LimitBreachException(limitCode);
        return length == 0 ? [] : guest.Memory.Slice(address, length).ToArray();
    }

    private static CallFailedException NotJson() => CallFailedException.Fault(ErrorCodes.ResultInvalid, "What the function returned is not JSON.");
}
