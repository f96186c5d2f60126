namespace Paddock.HostApi.Files;

/// <summary>The directories that a plugin's files grants let its programs see by themselves, and what stands against any of them.</summary>
internal sealed class GrantedMounts(GrantableRoots roots, SpecialFiles special)
{
    private const int Most = 32;

    /// <summary>One directory of a grant.</summary>
    internal sealed record Mount(string Root, bool Writable, Grant Grant)
    {
        /// <summary>Why it cannot be shown, for the host alone; null where it can.</summary>
        internal string? Refusal { get; init; }

        /// <summary>Which directory it was when it was looked at.</summary>
        internal string? Identity { get; init; }
    }

    /// <summary>Every directory that is granted, each once, a directory within another left out where it has no more than that.</summary>
    /// <param name="files">The grants that hold now.</param>
    /// <param name="asked">What the manifest asks to do in directories; a grant of more gives no more.</param>
    internal IReadOnlyList<Mount> Of(IReadOnlyList<Grant> files, Access asked)
    {
        var granted = files.Select(g => (Grant: g, Access: g.Permission.Access & asked)).Where(g => (g.Access & Access.Read) != 0)
            .SelectMany(g => g.Grant.Permission.Scope.Select(s => new Mount(s.TrimEnd('/'), (g.Access & Access.Write) != 0, g.Grant)))
            .Where(m => m.Root.Length > 1 && m.Root[0] == '/')
            .GroupBy(m => m.Root, StringComparer.Ordinal).Select(same => same.OrderByDescending(m => m.Writable).First())
            .OrderBy(m => m.Root, StringComparer.Ordinal).ToArray();
        Mount[] mounts = [.. granted.Where(m => !Array.Exists(granted, o => IsWithin(m.Root, o.Root) && (o.Writable || !m.Writable)))];
        return [.. mounts.Select((m, i) => i < Most ? Look(m) : m with { Refusal = $"There are more than {Most} of them." })];
    }

    // SECURITY: looked at again at every call. What was granted may have become a link, or hold the host's data or an engine's socket by now.
    private Mount Look(Mount mount)
    {
        string? refusal = roots.Refuse(mount.Root, out string plain) ?? (plain == mount.Root ? null : "It is not written in its one form.")
            ?? (SteadyPath.Is(mount.Root) ? null : "Somebody else may rename a directory on its path.");
        if (refusal is not null) return mount with { Refusal = refusal };
        // A warm process that holds the directory which had this name before is not what the grant shows now.
        refusal = special.Find(mount.Root, out string? identity);
        return mount with { Refusal = refusal, Identity = identity };
    }

    private static bool IsWithin(string inner, string outer) => inner.Length > outer.Length && inner[outer.Length] == '/' && inner.StartsWith(outer, StringComparison.Ordinal);
}
