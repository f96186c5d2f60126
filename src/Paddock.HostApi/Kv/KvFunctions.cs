using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Paddock.HostApi.Kv;

/// <summary>A function on the plugin's own store. A scope is a list of key prefixes; <c>*</c> alone stands for all keys.</summary>
internal abstract class KvFunction(string name, Access access, string keyMember, params string[] members)
    : HostFunction(name, PermissionType.Kv, access, members)
{
    private const int LongestKey = 255;

    internal override string Target(JsonElement arguments) => Key(arguments);

    internal override bool Covers(Permission granted, JsonElement arguments) => Arguments.StartsWithOne(arguments, keyMember, granted.Scope);

    protected string Key(JsonElement arguments)
    {
        var key = keyMember == "prefix" ? Arguments.OptionalText(arguments, keyMember) ?? "" : Arguments.Text(arguments, keyMember);
        if (key.Length == 0 && keyMember == "key") throw Arguments.Invalid("key is empty.");
        return Encoding.UTF8.GetByteCount(key) <= LongestKey ? key : throw Arguments.Invalid($"{keyMember} is longer than {LongestKey} bytes.");
    }
}

/// <summary>kv.get {key}: the value, or null.</summary>
internal sealed class GetValue(IKeyValueStore store) : KvFunction("kv.get", Access.Read, "key", "key")
{
    internal override async ValueTask<HostReply> PerformAsync(HostCall call, CancellationToken cancellationToken) =>
        HostReply.Ok(await store.GetAsync(call.Scope.Tenant, call.Scope.PluginId, Key(call.Arguments), cancellationToken).ConfigureAwait(false) ?? "null"u8.ToArray());
}

/// <summary>kv.set {key, value}: true. The value is any JSON.</summary>
internal sealed class SetValue(IKeyValueStore store, HostApiOptions options) : KvFunction("kv.set", Access.Write, "key", "key", "value")
{
    internal override async ValueTask<HostReply> PerformAsync(HostCall call, CancellationToken cancellationToken)
    {
        if (!call.Arguments.TryGetProperty("value", out var value)) throw Arguments.Invalid("value is missing.");
        var bytes = JsonMarshal.GetRawUtf8Value(value).ToArray();
        if (bytes.Length > options.KvValueBytes) throw Arguments.Invalid($"The value is longer than {options.KvValueBytes} bytes.");
        return await store.SetAsync(call.Scope.Tenant, call.Scope.PluginId, Key(call.Arguments), bytes, options.KvBytes, options.KvKeys, cancellationToken).ConfigureAwait(false)
            ? Json(true)
            : HostReply.Fail(ErrorCodes.QuotaExceeded, "The plugin's store is full.");
    }
}

/// <summary>kv.delete {key}: whether there was one.</summary>
internal sealed class DeleteValue(IKeyValueStore store) : KvFunction("kv.delete", Access.Delete, "key", "key")
{
    internal override async ValueTask<HostReply> PerformAsync(HostCall call, CancellationToken cancellationToken) =>
        Json(await store.DeleteAsync(call.Scope.Tenant, call.Scope.PluginId, Key(call.Arguments), cancellationToken).ConfigureAwait(false));
}

/// <summary>kv.list {prefix?, limit?}: keys in ordinal order. A grant for a prefix covers lists within that prefix.</summary>
internal sealed class ListKeys(IKeyValueStore store) : KvFunction("kv.list", Access.Read, "prefix", "prefix", "limit")
{
    private const int Most = 1000;

    internal override async ValueTask<HostReply> PerformAsync(HostCall call, CancellationToken cancellationToken) =>
        Json(await store.ListAsync(call.Scope.Tenant, call.Scope.PluginId, Key(call.Arguments), Arguments.OptionalNumber(call.Arguments, "limit", Most, Most), cancellationToken).ConfigureAwait(false));
}
