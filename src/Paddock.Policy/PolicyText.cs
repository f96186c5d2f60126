namespace Paddock.Policy;

/// <summary>The words of policies: kinds, accesses, levels.</summary>
internal static class PolicyText
{
    private static readonly (PermissionType Type, string Name)[] Types =
    [
        (PermissionType.Db, "db"), (PermissionType.Cache, "cache"), (PermissionType.Kv, "kv"), (PermissionType.Http, "http"), (PermissionType.Email, "email"),
        (PermissionType.Config, "config"), (PermissionType.Files, "files"), (PermissionType.Shell, "shell"), (PermissionType.PluginCall, "plugin_call"),
    ];

    private static readonly (Access Access, string Name)[] Accesses =
        [(Access.Read, "read"), (Access.Write, "write"), (Access.Execute, "execute"), (Access.Delete, "delete")];

    public static string Name(PermissionType type) => Array.Find(Types, t => t.Type == type).Name ?? type.ToString();

    public static PermissionType? Type(string name) => Array.FindIndex(Types, t => t.Name == name) is var i and >= 0 ? Types[i].Type : null;

    public static Access? AccessOf(string name) =>
        name == "readwrite" ? Access.Read | Access.Write : Array.FindIndex(Accesses, a => a.Name == name) is var i and >= 0 ? Accesses[i].Access : null;

    public static IReadOnlyList<string> Names(Access access) => [.. Accesses.Where(a => access.HasFlag(a.Access)).Select(a => a.Name)];

    /// <summary>The accesses that mean something for a kind. The effects that have but one are named by any, and mean that one.</summary>
    public static Access Known(PermissionType type) => type switch
    {
        PermissionType.Http or PermissionType.Email or PermissionType.Shell or PermissionType.PluginCall => Access.Execute,
        PermissionType.Config => Access.Read,
        PermissionType.Db => Access.Read | Access.Write,
        _ => Access.Read | Access.Write | Access.Delete,
    };

    public static string Describe(Permission permission) => $"{string.Join('+', Names(permission.Access))}: {string.Join(", ", permission.Scope)}";
}
