namespace Paddock.AspNetCore;

/// <summary>How enumerations are written and read. Spelled out, so that renaming a member changes no interface.</summary>
internal static class Names
{
    private static readonly (string Name, Access Access)[] Actions =
        [("read", Access.Read), ("write", Access.Write), ("execute", Access.Execute), ("delete", Access.Delete)];

    public static string Of(CallStatus status) => status switch
    {
        CallStatus.Completed => "completed",
        CallStatus.GuestFault => "guest_fault",
        CallStatus.LimitExceeded => "limit_exceeded",
        CallStatus.Denied => "denied",
        CallStatus.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    public static string Of(LogSeverity severity) => severity switch
    {
        LogSeverity.Debug => "debug",
        LogSeverity.Info => "info",
        LogSeverity.Warn => "warn",
        LogSeverity.Error => "error",
        _ => throw new ArgumentOutOfRangeException(nameof(severity)),
    };

    public static string Of(PrincipalRole role) => role switch
    {
        PrincipalRole.Agent => "agent",
        PrincipalRole.Author => "author",
        PrincipalRole.Operator => "operator",
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };

    public static string Of(PluginRuntime runtime) => runtime switch
    {
        PluginRuntime.JavaScript => "javascript",
        PluginRuntime.Wasm => "wasm",
        PluginRuntime.Python => "python",
        PluginRuntime.Node => "node",
        PluginRuntime.Container => "container",
        PluginRuntime.Dotnet => "dotnet",
        PluginRuntime.GoPlugin => "go-plugin",
        PluginRuntime.Command => "command",
        PluginRuntime.Template => "template",
        _ => throw new ArgumentOutOfRangeException(nameof(runtime)),
    };

    public static string Of(GrantState state) => state switch
    {
        GrantState.Active => "active",
        GrantState.Suspended => "suspended",
        GrantState.Expired => "expired",
        GrantState.Revoked => "revoked",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    public static string Of(PermissionRequestStatus status) => status switch
    {
        PermissionRequestStatus.Pending => "pending",
        PermissionRequestStatus.Approved => "approved",
        PermissionRequestStatus.Denied => "denied",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    public static PermissionRequestStatus? RequestStatus(string? name) => name switch
    {
        "pending" => PermissionRequestStatus.Pending,
        "approved" => PermissionRequestStatus.Approved,
        "denied" => PermissionRequestStatus.Denied,
        _ => null,
    };

    public static string Of(PermissionType type) => type switch
    {
        PermissionType.Files => "files",
        PermissionType.Kv => "kv",
        PermissionType.Shell => "shell",
        PermissionType.Db => "db",
        PermissionType.Cache => "cache",
        PermissionType.Http => "http",
        PermissionType.Email => "email",
        PermissionType.Config => "config",
        PermissionType.PluginCall => "plugin_call",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    public static PermissionType? Resource(string? name) => name switch
    {
        "files" => PermissionType.Files,
        "http" => PermissionType.Http,
        "kv" => PermissionType.Kv,
        "shell" => PermissionType.Shell,
        _ => null,
    };

    public static string[] Of(Access access) => [.. Actions.Where(a => access.HasFlag(a.Access)).Select(a => a.Name)];

    /// <summary>The access that a list of actions means; null where one is not known or stands there twice.</summary>
    public static Access? AccessOf(IReadOnlyList<string> actions)
    {
        var access = Access.None;
        foreach (string action in actions)
        {
            var one = Actions.FirstOrDefault(a => a.Name == action).Access;
            if (one == Access.None || access.HasFlag(one)) return null;
            access |= one;
        }

        return access;
    }
}
