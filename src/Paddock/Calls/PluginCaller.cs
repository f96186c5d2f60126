using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Paddock.HostApi;
using Paddock.HostApi.PluginCalls;

namespace Paddock.Calls;

/// <summary>Calls a plugin for another one. The callee runs on its own grants; whose call it is and through whom it came is the host's word.</summary>
internal sealed class PluginCaller(Lazy<NamedCalls> calls) : IPluginCaller
{
    public async ValueTask<CallResult> CallAsync(HostCallScope caller, string plugin, string function, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken)
    {
        // SECURITY: confused deputy. On behalf of the same actor, with the least role: what a plugin may call is decided by the
        // grant that was checked, never by who happens to use it.
        var principal = new Principal(caller.Tenant, caller.Actor, PrincipalRole.Agent);
        var call = new NamedCall { Function = function, Input = Stamp(caller, arguments), Language = caller.Language, Timeout = TimeSpan.MaxValue };
        var result = await calls.Value.CallFromPluginAsync(principal, plugin, call, caller, cancellationToken).ConfigureAwait(false);
        return result.TryGetValue(out var outcome, out var error)
            ? outcome.Result
            : new CallResult { Status = CallStatus.Denied, Error = new CallError(error.Code, error.Message) };
    }

    // SECURITY: a plugin that tells another one that it speaks for an administrator. Names with an underscore in front are the
    // host's alone: the caller's are dropped, and these are written last.
    private static ReadOnlyMemory<byte> Stamp(HostCallScope caller, ReadOnlyMemory<byte> arguments)
    {
        using var document = JsonDocument.Parse(arguments);
        if (document.RootElement.ValueKind != JsonValueKind.Object) return arguments;
        var buffer = new ArrayBufferWriter<byte>(arguments.Length + 256);
        // Skipping validation allows raw values; their text was parsed before.
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        writer.WriteStartObject();
        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (member.Name.StartsWith('_')) continue;
            writer.WritePropertyName(member.Name);
            writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(member.Value), skipInputValidation: true);
        }

        writer.WriteString("_caller_plugin"u8, caller.PluginName);
        writer.WriteString("_user_id"u8, caller.Actor);
        writer.WriteBoolean("_is_admin"u8, false);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }
}
