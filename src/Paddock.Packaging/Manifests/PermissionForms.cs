namespace Paddock.Packaging;

/// <summary>Which accesses and scopes each type of permission has.</summary>
internal static class PermissionForms
{
    public const string Types = "db, cache, kv, http, email, config, files, shell and plugin_call";

    public static PermissionType? Type(string name) => name switch
    {
        "db" => PermissionType.Db,
        "cache" => PermissionType.Cache,
        "kv" => PermissionType.Kv,
        "http" => PermissionType.Http,
        "email" => PermissionType.Email,
        "config" => PermissionType.Config,
        "files" => PermissionType.Files,
        "shell" => PermissionType.Shell,
        "plugin_call" => PermissionType.PluginCall,
        _ => null,
    };

    public static string Name(PermissionType type) => type switch
    {
        PermissionType.Db => "db",
        PermissionType.Cache => "cache",
        PermissionType.Kv => "kv",
        PermissionType.Http => "http",
        PermissionType.Email => "email",
        PermissionType.Config => "config",
        PermissionType.Files => "files",
        PermissionType.Shell => "shell",
        PermissionType.PluginCall => "plugin_call",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>All that may be asked of a type. Of most that have one access alone there is nothing to choose. Deleting rows and cached values is writing.</summary>
    public static Access Whole(PermissionType type) => type switch
    {
        PermissionType.Kv or PermissionType.Files => Access.Read | Access.Write | Access.Delete,
        PermissionType.Db or PermissionType.Cache => Access.Read | Access.Write,
        PermissionType.Config => Access.Read,
        _ => Access.Execute,
    };

    public static Access? Word(string access) => access switch
    {
        "read" => Access.Read,
        "write" => Access.Write,
        "delete" => Access.Delete,
        "readwrite" => Access.Read | Access.Write | Access.Delete,
        "execute" => Access.Execute,
        _ => null,
    };

    /// <summary>What the items of a scope are, to be read after "Expected: ". Whether one is of that form is for <see cref="ScopeEntry"/> to say.</summary>
    public static string Scope(PermissionType type) => type switch
    {
        PermissionType.Db => "tables such as tickets, ticket_*, * or reports:sales",
        PermissionType.Http => "hosts such as api.example.com, *.example.com, * or http://10.0.0.5:8080",
        PermissionType.Email => "a domain such as @example.com, or an address",
        PermissionType.Config => "keys such as App:Title, App:*, or *",
        PermissionType.Files => "absolute directories without . or .. segments, or . for the plugin's own",
        PermissionType.Shell => "names of commands, without directories or *",
        PermissionType.PluginCall => "names of plugins, or *",
        _ => "prefixes of keys, or * for all of the plugin's own",
    };
}
