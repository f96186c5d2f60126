namespace Paddock.HostApi.Files;

/// <summary>A path as a guest gave it, split into the granted root that it falls under and what follows. Lexical only: what is really there, the kernel decides (<see cref="GrantedRoot"/>).</summary>
internal readonly record struct GrantedPath(Grant Grant, string Root, string Relative)
{
    private const int LongestPath = 4096;

    /// <summary>The root for a path: the one it starts with, segment by segment, or for a relative path the only one there is.</summary>
    internal static GrantedPath? Find(IEnumerable<Grant> grants, string path)
    {
        Check(path);
        var roots = grants.SelectMany(g => g.Permission.Scope.Select(s => (Grant: g, Root: s.Length > 1 ? s.TrimEnd('/') : s))).ToArray();
        if (path.StartsWith('/'))
        {
            // SECURITY: a prefix without its separator; /data must not cover /data2.
            foreach (var (grant, root) in roots.OrderByDescending(r => r.Root.Length))
            {
                if (path == root) return new GrantedPath(grant, root, ".");
                if (path.StartsWith(root + "/", StringComparison.Ordinal)) return new GrantedPath(grant, root, path[(root.Length + 1)..].TrimStart('/'));
            }

            return null;
        }

        return roots.Select(r => r.Root).Distinct(StringComparer.Ordinal).Count() == 1
            ? new GrantedPath(roots[0].Grant, roots[0].Root, path)
            : null;
    }

    private static void Check(string path)
    {
        if (path.Length is 0 or > LongestPath || path.Contains('\0')) throw Arguments.Invalid("path is empty, too long, or has a NUL.");
        if (path.Split('/').Contains("..")) throw Arguments.Invalid("path has a '..' segment.");
    }
}
