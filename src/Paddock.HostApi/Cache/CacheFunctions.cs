using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Caching.Distributed;

namespace Paddock.HostApi.Cache;

internal sealed class CacheFunctionGroup(IDistributedCache cache, CacheFunctionOptions options) : HostFunctionGroup
{
    internal override IEnumerable<HostFunction> Create(HostApiOptions host, TimeProvider clock)
    {
        var ledger = new CacheLedger(options, clock);
        return [new GetCached(cache), new SetCached(cache, ledger, options), new DeleteCached(cache, ledger)];
    }
}

/// <summary>A function on the plugin's own part of the application's cache. A grant's scope holds prefixes of keys, or <c>*</c>.</summary>
internal abstract class CacheFunction(string name, Access access, params string[] members)
    : HostFunction(name, PermissionType.Cache, access, members)
{
    internal const int LongestKey = 255;

    // What is kept is the whole reply, so that a read hands over what the cache holds, uncopied; then a newline and whose it is.
    private protected static ReadOnlySpan<byte> Before => "{\"value\":"u8;

    private protected static ReadOnlySpan<byte> After => ",\"found\":true}"u8;

    internal override string Target(JsonElement arguments) => Key(arguments);

    internal override bool Covers(Permission granted, JsonElement arguments) => Arguments.StartsWithOne(arguments, "key", granted.Scope);

    private protected static string Key(JsonElement arguments)
    {
        var key = Arguments.Text(arguments, "key");
        if (key.Length == 0 || Encoding.UTF8.GetByteCount(key) > LongestKey) throw Arguments.Invalid($"key is empty or longer than {LongestKey} bytes.");

        // SECURITY: some caches speak a line protocol; a newline in a key would begin a command of the guest's.
        foreach (var c in key)
        {
            if (char.IsControl(c)) throw Arguments.Invalid("key has a control character.");
        }

        return key;
    }
}

/// <summary>cache.get {key}: {value, found}. Completes synchronously where the cache does.</summary>
internal sealed class GetCached(IDistributedCache cache) : CacheFunction("cache.get", Access.Read, "key")
{
    private static readonly ReadOnlyMemory<byte> Missing = "{\"value\":null,\"found\":false}"u8.ToArray();

    internal override ValueTask<HostReply> PerformAsync(HostCall call, CancellationToken cancellationToken)
    {
        var read = cache.GetAsync(CacheKey.Of(call.Scope, Key(call.Arguments)), cancellationToken);
        return read.IsCompletedSuccessfully ? ValueTask.FromResult(Reply(read.Result, call.Scope.PluginId)) : Later(read, call.Scope.PluginId);
    }

    private static async ValueTask<HostReply> Later(Task<byte[]?> read, string owner) => Reply(await read.ConfigureAwait(false), owner);

    // SECURITY: what lies there might be another's: the application's, written under our key, or that of the plugin which had
    // our name before us. Keys go by names, owners by ids. Only what has our form and is our own is handed to a guest.
    private static HostReply Reply(byte[]? kept, string owner)
    {
        int length = (kept?.Length ?? 0) - owner.Length - 1;
        if (length < 0 || kept![length] != '\n' || !Ascii.Equals(kept.AsSpan(length + 1), owner)) return HostReply.Ok(Missing);
        var reply = kept.AsMemory(0, length);
        return HostReply.Ok(reply.Span.StartsWith(Before) && reply.Span.EndsWith(After) ? reply : Missing);
    }
}

/// <summary>cache.set {key, value, ttl?}: {ok}. The value is any JSON; ttl is in seconds, 0 or none for the host's default.</summary>
internal sealed class SetCached(IDistributedCache cache, CacheLedger ledger, CacheFunctionOptions options) : CacheFunction("cache.set", Access.Write, "key", "value", "ttl")
{
    internal override async ValueTask<HostReply> PerformAsync(HostCall call, CancellationToken cancellationToken)
    {
        if (!call.Arguments.TryGetProperty("value", out var value)) throw Arguments.Invalid("value is missing.");
        var reply = Kept(JsonMarshal.GetRawUtf8Value(value), call.Scope.PluginId);
        var key = CacheKey.Of(call.Scope, Key(call.Arguments));
        var timeToLive = TimeToLive(call.Arguments);
        if (!ledger.TryHold(call.Scope, key, reply.Length + key.Length, timeToLive))
            return HostReply.Fail(ErrorCodes.QuotaExceeded, "The plugin's part of the cache is full.");
        await cache.SetAsync(key, reply, new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = timeToLive }, cancellationToken).ConfigureAwait(false);
        return Json(new { ok = true });
    }

    private byte[] Kept(ReadOnlySpan<byte> value, string owner)
    {
        if (value.Length > options.ValueBytes) throw Arguments.Invalid($"The value is longer than {options.ValueBytes} bytes.");
        var kept = new byte[Before.Length + value.Length + After.Length + 1 + Encoding.UTF8.GetByteCount(owner)];
        Before.CopyTo(kept);
        value.CopyTo(kept.AsSpan(Before.Length));
        var rest = kept.AsSpan(Before.Length + value.Length);
        After.CopyTo(rest);
        rest[After.Length] = (byte)'\n';
        Encoding.UTF8.GetBytes(owner, rest[(After.Length + 1)..]);
        return kept;
    }

    private TimeSpan TimeToLive(JsonElement arguments)
    {
        if (!arguments.TryGetProperty("ttl", out var ttl)) return options.DefaultTimeToLive;
        if (ttl.ValueKind != JsonValueKind.Number || !ttl.TryGetInt64(out var seconds) || seconds < 0) throw Arguments.Invalid("ttl is no whole number of seconds from 0.");
        if (seconds == 0) return options.DefaultTimeToLive;
        return seconds < options.LongestTimeToLive.TotalSeconds ? TimeSpan.FromSeconds(seconds) : options.LongestTimeToLive;
    }
}

/// <summary>cache.delete {key}: {ok}, whether or not there was one. Needs write: it is what setting a value that is over at once would do.</summary>
internal sealed class DeleteCached(IDistributedCache cache, CacheLedger ledger) : CacheFunction("cache.delete", Access.Write, "key")
{
    internal override async ValueTask<HostReply> PerformAsync(HostCall call, CancellationToken cancellationToken)
    {
        var key = CacheKey.Of(call.Scope, Key(call.Arguments));
        await cache.RemoveAsync(key, cancellationToken).ConfigureAwait(false);
        ledger.Release(call.Scope, key);
        return Json(new { ok = true });
    }
}
