namespace Paddock.Policy;

/// <summary>What a manifest asks for, the same for every dialect.</summary>
internal static class Asked
{
    public const string GoatKit = "goatkit";
    public const string AiSwa = "ai-swa";
    public const string Nexus = "nexus";
    public const string GituContainer = "gitu-container";

    // Gitu's filesystem names no directory: it asks for those that policy names, whichever they are.
    // SECURITY: it is this list, and not what is in it, that means so. "/" is the scope of nobody: no manifest and no policy can say it, and no grant has it.
    private static readonly IReadOnlyList<string> AnyDirectory = ["/"];

    /// <summary>Whether it asks for directories without saying which.</summary>
    public static bool IsAnyDirectory(Permission asked) => ReferenceEquals(asked.Scope, AnyDirectory);

    /// <summary>The permissions, with what a dialect means by a scope it leaves out.</summary>
    // SECURITY: an empty scope is "all" only where the dialect says so (GoatKit: its tables, its own part of the cache; AI-SWA: its
    // network), and then it is written out as *: of that holds what policy names, and all of it only where policy says * itself.
    public static IReadOnlyList<Permission> Permissions(PluginManifest manifest) => manifest.Dialect switch
    {
        GoatKit or AiSwa => [.. manifest.Permissions.Select(p => p.Scope.Count == 0 && IsAll(manifest.Dialect, p.Type) ? p with { Scope = ["*"] } : p)],
        GituContainer => [.. manifest.Permissions.Select(p => p.Type == PermissionType.Files ? p with { Scope = AnyDirectory } : p)],
        _ => manifest.Permissions,
    };

    /// <summary>The capabilities. Two dialects know none unless declared, and mean by none all that they register; policy still grants each.</summary>
    public static IReadOnlyList<string> Capabilities(PluginManifest manifest)
    {
        var asked = manifest.Capabilities;
        if (asked.Required.Count + asked.Optional.Count > 0) return [.. asked.Required, .. asked.Optional];
        return manifest.Dialect is GoatKit or Nexus ? ["*"] : [];
    }

    // AI-SWA's network is the hosts that policy names, whichever they are.
    private static bool IsAll(string dialect, PermissionType type) =>
        dialect == GoatKit ? type is PermissionType.Db or PermissionType.Cache or PermissionType.Kv : type == PermissionType.Http;
}
