using System.Text;
using Paddock.HostApi.Files;

namespace Paddock.Permissions;

/// <summary>What can be asked for, and what can be granted. Nothing is read as "all": an empty scope is refused.</summary>
internal sealed class PermissionRules(GrantableRoots roots)
{
    private const int LongestScope = 50;
    private const int LongestPath = 4096;
    private const int LongestName = 255;

    /// <summary>What is wrong with the form of a permission; all that an author is told.</summary>
    // SECURITY: whether a directory exists is the operator's to know. A request is checked for its form alone.
    public static IReadOnlyList<Finding> CheckForm(Permission permission)
    {
        var findings = new List<Finding>();
        var known = permission.Type is PermissionType.Shell or PermissionType.Http ? Access.Execute : Access.Read | Access.Write | Access.Delete;
        if (permission.Access == Access.None || (permission.Access & ~known) != 0)
            findings.Add(new Finding(ServiceErrorCodes.ActionsInvalid, $"The actions for {permission.Type} are one or more of: {known}.") { Path = "actions" });
        if (permission.Scope.Count is 0 or > LongestScope)
            findings.Add(Scope($"The scope has {permission.Scope.Count} entries.", null, $"Name 1 to {LongestScope}; nothing stands for everything."));
        for (int i = 0; i < permission.Scope.Count && i < LongestScope; i++)
        {
            if (Refuse(permission.Type, permission.Scope[i]) is { } reason) findings.Add(Scope(reason, i, null));
        }

        return findings;
    }

    /// <summary>The permission as it is granted, directories in their one form; or what stands against it.</summary>
    public Result<Permission> Grantable(Permission permission)
    {
        if (CheckForm(permission) is { Count: > 0 } malformed) return ServiceError.Invalid(malformed);
        if (permission.Type != PermissionType.Files) return permission;
        var findings = new List<Finding>();
        var granted = new List<string>();
        for (int i = 0; i < permission.Scope.Count; i++)
        {
            if (roots.Refuse(permission.Scope[i], out string root) is { } reason) findings.Add(Scope(reason, i, "Grant an existing directory that holds nothing of the system or of this host."));
            else granted.Add(root);
        }

        return findings.Count == 0 ? permission with { Scope = granted } : ServiceError.Invalid(findings);
    }

    private static string? Refuse(PermissionType type, string entry) => type switch
    {
        PermissionType.Files => entry.Length is 0 or > LongestPath || !entry.StartsWith('/') || entry.Any(char.IsControl) || entry.Split('/').Contains("..")
            ? "It is no absolute path of printable characters without '..'." : null,
        PermissionType.Kv => entry.Length == 0 || Encoding.UTF8.GetByteCount(entry) > LongestName ? $"It is no key prefix of 1 to {LongestName} bytes; * stands for all keys." : null,
        PermissionType.Shell => entry.Length is 0 or > LongestName || entry.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '/' or '*') ? "It is no plain command name." : null,
        PermissionType.Http => entry.Length > LongestName || !ScopeEntry.IsValid(type, entry) ? "It is no host: api.example.com, *.example.com, or * for every public one, each with http:// or https:// before it or a port after it." : null,
        _ => "There is no such kind of permission.",
    };

    private static Finding Scope(string message, int? index, string? mend) =>
        new(ServiceErrorCodes.ScopeInvalid, message) { Path = index is null ? "scope" : $"scope[{index}]", Mend = mend };
}
