using System.Text;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Paddock.HostApi.Cache;

namespace Paddock.HostApi.Tests.Effects;

public sealed class CacheTests
{
    private readonly MemoryDistributedCache _cache = new(Options.Create(new MemoryDistributedCacheOptions()));
    private readonly EffectDoor _door;

    public CacheTests() => _door = new EffectDoor(HostFunctions.Cache(_cache, new CacheFunctionOptions { ValueBytes = 100, PluginBytes = 600, PluginKeys = 3 }));

    [Fact]
    public async Task Cache_SetGetDelete_KeepsAnyJson()
    {
        _door.Grant(PermissionType.Cache, Access.Read | Access.Write, "*");
        Assert.False((await _door.Value("cache.get", new { key = "a" })).GetProperty("found").GetBoolean());
        Assert.True((await _door.Value("cache.set", new { key = "a", value = new { n = 1 }, ttl = 60 })).GetProperty("ok").GetBoolean());
        Assert.Equal("""{"value":{"n":1},"found":true}""", (await _door.Value("cache.get", new { key = "a" })).GetRawText());
        Assert.True((await _door.Value("cache.delete", new { key = "a" })).GetProperty("ok").GetBoolean());
        Assert.False((await _door.Value("cache.get", new { key = "a" })).GetProperty("found").GetBoolean());
    }

    [Fact]
    public async Task Cache_Scopes_ArePrefixesAndAccessIsEach()
    {
        _door.Grant(PermissionType.Cache, Access.Read, "app:").Grant(PermissionType.Cache, Access.Write, "app:w");
        Assert.Null(await _door.Code("cache.get", new { key = "app:x" }));
        Assert.Equal(ErrorCodes.PermissionDenied, await _door.Code("cache.get", new { key = "ap" }));
        Assert.Equal(ErrorCodes.PermissionDenied, await _door.Code("cache.set", new { key = "app:x", value = 1 }));
        Assert.Equal(ErrorCodes.PermissionDenied, await _door.Code("cache.delete", new { key = "app:x" }));
        Assert.Null(await _door.Code("cache.set", new { key = "app:w", value = 1 }));
    }

    [Fact]
    public async Task CacheGet_CacheInMemory_CompletesSynchronously()
    {
        _door.Grant(PermissionType.Cache, Access.Read | Access.Write, "*");
        await _door.Call("cache.set", new { key = "a", value = 1 });
        Assert.True(_door.Door.Open(EffectDoor.Scope()).InvokeAsync("cache.get", "{\"key\":\"a\"}"u8.ToArray(), TestContext.Current.CancellationToken).AsTask().IsCompletedSuccessfully);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\r\nflush_all")]
    [InlineData("a\0b")]
    public async Task Cache_KeyThatIsNone_IsRefused(string key)
    {
        _door.Grant(PermissionType.Cache, Access.Read | Access.Write, "*");
        Assert.Equal(ErrorCodes.InvalidArgument, await _door.Code("cache.set", new { key, value = 1 }));
    }

    [Fact]
    public async Task Cache_TooMuch_IsRefused_AndRoomComesBack()
    {
        _door.Grant(PermissionType.Cache, Access.Read | Access.Write, "*");
        Assert.Equal(ErrorCodes.InvalidArgument, await _door.Code("cache.get", new { key = new string('é', 128) }));
        Assert.Equal(ErrorCodes.InvalidArgument, await _door.Code("cache.set", new { key = "a", value = new string('x', 100) }));
        foreach (var key in new[] { "a", "b", "c", "c" }) Assert.Null(await _door.Code("cache.set", new { key, value = 1 }));
        Assert.Equal(ErrorCodes.QuotaExceeded, await _door.Code("cache.set", new { key = "d", value = 1 }));
        await _door.Call("cache.delete", new { key = "b" });
        Assert.Null(await _door.Code("cache.set", new { key = "d", value = 1 }));

        // Another plugin has room of its own.
        _door.GrantTo("other", PermissionType.Cache, Access.Write, "*");
        Assert.Null((await _door.Call(EffectDoor.Scope("other"), "cache.set", new { key = "a", value = 1 })).Error);
    }

    [Fact]
    public async Task T56_SeparatorsInKeysAndNames_NeverReachAnotherPluginsValue()
    {
        // The neighbours' names are such as a store might once hold; ours tries to be each of them by its key.
        string[] neighbours = ["a", "a:b", "stats:x", "#id-stats", "@t", "A", "a%003a"];
        foreach (var neighbour in neighbours)
        {
            _door.GrantTo(neighbour, PermissionType.Cache, Access.Read | Access.Write, "*");
            await _door.Call(EffectDoor.Scope(neighbour), "cache.set", new { key = "k", value = "canary" });
        }

        _door.Grant(PermissionType.Cache, Access.Read, "*");
        foreach (var key in neighbours.SelectMany(n => new[] { $"{n}:k", $":{n}:k", $"../{n}:k", $"plugin:{n}:k", "k", "b:k", "x:k" }))
            Assert.False((await _door.Value("cache.get", new { key })).GetProperty("found").GetBoolean(), key);

        // Nor do tenants, nor names that differ where some caches see no difference.
        foreach (var scope in new[] { EffectDoor.Scope("a", "t"), EffectDoor.Scope("b") })
            Assert.DoesNotContain("canary", Encoding.UTF8.GetString((await _door.Call(scope, "cache.get", new { key = "k" })).Value.Span), StringComparison.Ordinal);
        var all = neighbours.SelectMany(n => new[] { EffectDoor.Scope(n), EffectDoor.Scope(n, "t"), EffectDoor.Scope("") with { PluginId = n } }).Select(s => CacheKey.Of(s, "k")).ToArray();
        Assert.Equal(all.Length, all.Distinct(StringComparer.OrdinalIgnoreCase).Count());

        // Control: names and keys merely joined. "a" reads what "a:b" wrote.
        static string Joined(string name, string key) => $"plugin:{name}:{key}";
        _cache.SetString(Joined("a:b", "k"), "canary");
        Assert.Equal("canary", _cache.GetString(Joined("a", "b:k")));
    }
}
