using Paddock.HostApi.Files;

namespace Paddock.HostApi.Shell;

/// <summary>The directories that a plugin's commands see: those of its files grants, under their own names.</summary>
internal sealed class ShellDirectories(IReadOnlyList<Grant> files)
{
    /// <summary>Where a command starts: the directory asked for, or the only one that is granted; null for none.</summary>
    /// <exception cref="HostCallException">No grant covers it, or it is no directory.</exception>
    internal string? Find(string? asked)
    {
        if (asked is null) return Roots() is [var only] ? Checked(only, ".") : null;
        var path = GrantedPath.Find(files, asked) ?? throw new HostCallException(ErrorCodes.PermissionDenied, "No grant covers cwd.");
        return Checked(path.Root, path.Relative);
    }

    /// <summary>Every granted directory, writable where a grant says so.</summary>
    internal IReadOnlyList<ProcessMount> Mounts() => [.. Roots().Order(StringComparer.Ordinal).Select(root =>
    {
        Checked(root, ".");
        return new ProcessMount(root, root, files.Any(g => (g.Permission.Access & Access.Write) != 0 && g.Permission.Scope.Any(s => s.TrimEnd('/') == root)));
    })];

    private string[] Roots() => [.. files.SelectMany(g => g.Permission.Scope.Select(s => s.TrimEnd('/'))).Where(r => r.Length > 1 && r[0] == '/').Distinct(StringComparer.Ordinal)];

    // SECURITY: a granted directory that was exchanged for a link is not shown; links beneath it lead nowhere but within the sandbox.
    private static string Checked(string root, string relative)
    {
        using var granted = GrantedRoot.Open(root);
        using var directory = granted.OpenDirectory(relative);
        return relative == "." ? root : $"{root}/{relative}";
    }
}
