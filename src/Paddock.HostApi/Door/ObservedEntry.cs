using System.Text.Json;

namespace Paddock.HostApi.Door;

/// <summary>The narrowest scope entries that cover a host call, for what is observed.</summary>
internal static class ObservedEntry
{
    /// <summary>The entries; none where the call does not name what it is for, and for a database: which tables a statement touches is the engine's to say.</summary>
    internal static IEnumerable<string> Of(HostFunction function, JsonElement arguments)
    {
        if (function.Permission is not { } type || type == PermissionType.Db || function.Target(arguments) is not { } target) return [];
        IEnumerable<string> entries = type switch
        {
            PermissionType.Http => Uri.TryCreate(target[(target.LastIndexOf(' ') + 1)..], UriKind.Absolute, out var uri) ? [Origin(uri)] : [],
            PermissionType.Email => target.Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries),
            PermissionType.PluginCall => [target.Split('/')[0]],
            _ => [target],
        };

        // A list of every key has no narrower scope than every key.
        return entries.Select(e => e.Length == 0 && type is (PermissionType.Kv or PermissionType.Cache) ? "*" : e).Where(e => ScopeEntry.IsValid(type, e));
    }

    private static string Origin(Uri uri) => uri.IsDefaultPort
        ? uri.Scheme == Uri.UriSchemeHttps ? uri.IdnHost : $"{uri.Scheme}://{uri.IdnHost}"
        : $"{uri.Scheme}://{uri.IdnHost}:{uri.Port}";
}
