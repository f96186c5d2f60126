using System.Buffers;

namespace Paddock.HostApi.Cache;

/// <summary>Where a plugin's key lies in the application's cache: <c>plugin:NAME:KEY</c>.</summary>
internal static class CacheKey
{
    private static readonly SearchValues<char> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-");

    // SECURITY: a plugin "a" with the key "b:c" must not meet a plugin "a:b" with the key "c". The part before a plugin's own key has
    // no separator in it but those written here, and a name's first character tells its kind, so no two plugins share a beginning.
    internal static string Of(HostCallScope scope, string key)
    {
        var named = scope.PluginName.Length > 0;
        var name = Safe(named ? scope.PluginName : scope.PluginId);
        return (scope.Tenant == Principal.DefaultTenant, named) switch
        {
            (true, true) => string.Concat("plugin:", name, ":", key),
            (true, false) => string.Concat("plugin:#", name, ":", key),
            (false, true) => $"plugin:@{Safe(scope.Tenant)}:{name}:{key}",
            (false, false) => $"plugin:@{Safe(scope.Tenant)}:#{name}:{key}",
        };
    }

    private static string Safe(string name) => name.AsSpan().ContainsAnyExcept(Plain) ? Escaped(name) : name;

    // Capitals too: a cache that compares without regard to case must still keep plugins apart.
    private static string Escaped(string name) =>
        string.Concat(name.Select(c => Plain.Contains(c) ? c.ToString() : $"%{(int)c:x4}"));
}
