namespace Paddock.HostApi.Files;

/// <summary>A path as a guest gave it, split into the granted root that it falls under and what follows. Lexical only: what is really there, the kernel decides (<see cref="GrantedRoot"/>).</summary>
internal readonly record struct GrantedPath(Grant Grant, string Root, string Relative)
{
    private const int LongestPath = 4096;

    /// <summary>The root for a path: the one it starts with, segment by segment, or for a relative path the only one there is.</summary>
    internal static GrantedPath? Find(IEnumerable<Grant> grants, string path)
    {
        Check(path);

        // SECURITY: an empty, relative or all-embracing scope, however it came to be stored, covers nothing.
        var roots = grants.SelectMany(g => g.Permission.Scope.Select(s => (Grant: g, Root: s.TrimEnd('/'))))
            .Where(r => r.Root.Length > 1 && r.Root[0] == '/').ToArray();
        if (path.StartsWith('/'))
        {
            // SECURITY: a prefix without its separator; /data must not cover /data2.
            foreach (var (grant, root) in roots.OrderByDescending(r => r.Root.Length))
            {
                if (path == root || path.StartsWith(root + "/", StringComparison.Ordinal)) return new GrantedPath(grant, root, Plain(path[root.Length..]));
            }

            return null;
        }

        return roots.Select(r => r.Root).Distinct(StringComparer.Ordinal).Count() == 1
            ? new GrantedPath(roots[0].Grant, roots[0].Root, Plain(path))
            : null;
    }

    /// <summary>Without empty segments and <c>.</c>; <c>.</c> for the root itself.</summary>
    private static string Plain(string path)
    {
        var plain = string.Join('/', path.Split('/').Where(s => s is not ("" or ".")));
        return plain.Length == 0 ? "." : plain;
    }

    private static void Check(string path)
    {
        if (path.Length is 0 or > LongestPath || path.Contains('\0')) throw Arguments.Invalid("path is empty, too long, or has a NUL.");
        var segments = path.Split('/');
        if (segments.Contains("..")) throw Arguments.Invalid("path has a '..' segment.");
        if (segments.Any(s => s.StartsWith(GrantedRoot.TemporaryPrefix, StringComparison.Ordinal))) throw Arguments.Invalid("path has a name that the host keeps for itself.");
    }
}
