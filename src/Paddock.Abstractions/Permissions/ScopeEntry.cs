using System.Buffers;

namespace Paddock;

/// <summary>
/// What one entry of a permission's scope means: which values it covers, and which other entries lie within it. A star is a wildcard only
/// where this says so, at the one place this says; an entry of another form covers nothing.
/// </summary>
// SECURITY: what policy narrows by this, the host's functions match. Where this would be wider than they are, narrowing could widen; tests
// hold the two against each other.
public static class ScopeEntry
{
    private const int Longest = 4096;
    private static readonly SearchValues<char> NotInAddresses = SearchValues.Create("*,;<> \"");

    /// <summary>Whether an entry has the form of its kind. One that has not covers nothing, and is refused where it is written.</summary>
    public static bool IsValid(PermissionType type, string entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Length is 0 or > Longest || HasControl(entry)) return false;
        return type switch
        {
            PermissionType.Files => entry == "." || IsDirectory(entry),
            PermissionType.Kv or PermissionType.Cache => true,
            PermissionType.Shell => !entry.AsSpan().ContainsAny('*', '/', ' '),
            PermissionType.Http => HttpScope.TryParse(entry, out _),
            PermissionType.Email => IsEmail(entry),
            PermissionType.Db => DbParts(entry, out _, out _, out var table) && IsTrailing(table),
            PermissionType.Config => IsConfig(entry),
            PermissionType.PluginCall => IsTrailing(entry),
            _ => false,
        };
    }

    /// <summary>
    /// Whether an entry covers one value: a path, a key, a command, <c>scheme://host:port</c>, a mail address, <c>table</c> or
    /// <c>database:table</c>, a config key, a plugin's name. Does not allocate.
    /// </summary>
    public static bool Covers(PermissionType type, string entry, string value)
    {
        ArgumentNullException.ThrowIfNull(value);

        // A value is an entry without wildcards; one that reads as an entry with them is no value.
        return value.Length > 0 && !IsWildcard(type, value) && Within(type, value, entry);
    }

    /// <summary>Whether all that <paramref name="inner"/> covers is covered by <paramref name="outer"/>. False where either has not the form of its kind. Does not allocate.</summary>
    public static bool Within(PermissionType type, string inner, string outer)
    {
        if (!IsValid(type, inner) || !IsValid(type, outer)) return false;
        return type switch
        {
            PermissionType.Files => DirectoryWithin(inner, outer),
            PermissionType.Kv or PermissionType.Cache => outer == "*" || (inner != "*" && inner.StartsWith(outer, StringComparison.Ordinal)),
            PermissionType.Shell => inner == outer,
            PermissionType.Http => HttpScope.Within(inner, outer),
            PermissionType.Email => EmailWithin(inner, outer),
            PermissionType.Db => DbWithin(inner, outer),
            PermissionType.Config => ConfigWithin(inner, outer),
            _ => TrailingWithin(inner, outer),
        };
    }

    /// <summary>
    /// The entries that cover what both scopes cover: of each pair the narrower one, or none. For http a pair can also meet in between
    /// (<c>api.example.com</c> and <c>https://*.example.com</c> in <c>https://api.example.com</c>). Clear text (<c>http://</c>) has to be said by both.
    /// </summary>
    public static IReadOnlyList<string> Intersect(PermissionType type, IReadOnlyList<string> first, IReadOnlyList<string> second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var both = new List<string>();
        foreach (var a in first)
        {
            foreach (var b in second)
            {
                var narrower = Within(type, a, b) ? a : Within(type, b, a) ? b : type == PermissionType.Http ? HttpScope.Intersect(a, b) : null;
                if (narrower is not null && !both.Contains(narrower)) both.Add(narrower);
            }
        }

        return both;
    }

    private static bool IsWildcard(PermissionType type, string value) => type switch
    {
        PermissionType.Files or PermissionType.Shell => false,
        PermissionType.Kv or PermissionType.Cache => value == "*",
        PermissionType.Email => value[0] == '@',
        PermissionType.Http => value.Contains('*', StringComparison.Ordinal),
        _ => value[^1] == '*',
    };

    private static bool HasControl(string entry)
    {
        foreach (var c in entry)
        {
            if (char.IsControl(c)) return true;
        }

        return false;
    }

    // SECURITY: the root of the file system is no scope: whoever means everything has to name it, and then is refused.
    private static bool IsDirectory(string entry)
    {
        if (entry[0] != '/' || entry.Length == 1) return false;
        var rest = entry.AsSpan(1);
        if (rest[^1] == '/') rest = rest[..^1];
        foreach (var range in rest.Split('/'))
        {
            if (rest[range] is "" or "." or "..") return false;
        }

        return true;
    }

    // A prefix without its separator (/data for /database) would cover a neighbour.
    private static bool DirectoryWithin(string inner, string outer)
    {
        if (inner == "." || outer == ".") return inner == outer;
        var root = outer.AsSpan().TrimEnd('/');
        return inner.AsSpan().StartsWith(root, StringComparison.Ordinal) && (inner.Length == root.Length || inner[root.Length] == '/');
    }

    // An address, @domain for that domain alone, or @*.domain for those beneath it.
    private static bool IsEmail(string entry)
    {
        var at = entry.IndexOf('@', StringComparison.Ordinal);
        if (at < 0 || at == entry.Length - 1 || entry.IndexOf('@', at + 1) >= 0) return false;
        var beneath = entry.StartsWith("@*.", StringComparison.Ordinal);
        var rest = entry.AsSpan(beneath ? 3 : 0);

        // SECURITY: @*.com is nothing that anybody could have weighed.
        return !rest.ContainsAny(NotInAddresses) && (!beneath || (rest.IndexOf('.') > 0 && rest[^1] != '.'));
    }

    private static bool EmailWithin(string inner, string outer)
    {
        var at = inner.IndexOf('@', StringComparison.Ordinal);
        var domain = inner.AsSpan(at);

        // A domain is the same in capitals, the part before it need not be.
        if (outer[0] != '@')
            return at == outer.IndexOf('@', StringComparison.Ordinal) && inner.AsSpan(0, at).SequenceEqual(outer.AsSpan(0, at)) && domain.Equals(outer.AsSpan(at), StringComparison.OrdinalIgnoreCase);
        if (!outer.StartsWith("@*.", StringComparison.Ordinal)) return domain.Equals(outer, StringComparison.OrdinalIgnoreCase);
        if (domain.StartsWith("@*.")) return domain[2..].EndsWith(outer.AsSpan(2), StringComparison.OrdinalIgnoreCase);
        return domain.Length > outer.Length - 1 && domain.EndsWith(outer.AsSpan(2), StringComparison.OrdinalIgnoreCase);
    }

    // [database:][schema.]table. A star stands for tables alone: it reaches into no other database and no other schema.
    private static bool DbParts(string entry, out ReadOnlySpan<char> database, out ReadOnlySpan<char> schema, out ReadOnlySpan<char> table)
    {
        var colon = entry.IndexOf(':', StringComparison.Ordinal);
        database = colon < 0 ? [] : entry.AsSpan(0, colon);
        table = entry.AsSpan(colon + 1);
        var dot = table.IndexOf('.');
        schema = dot < 0 ? [] : table[..dot];
        table = table[(dot + 1)..];
        return colon != 0 && dot != 0 && table.Length > 0 && !database.Contains('*') && !schema.Contains('*') && !table.ContainsAny(':', '.');
    }

    private static bool DbWithin(string inner, string outer) =>
        DbParts(inner, out var database, out var schema, out var table) && DbParts(outer, out var outerDatabase, out var outerSchema, out var outerTable)
        && database.SequenceEqual(outerDatabase) && schema.SequenceEqual(outerSchema) && TrailingWithin(table, outerTable);

    // A star stands for everything, or for all beneath a section: Site:* covers Site:Title, never Sitemap.
    private static bool IsConfig(string entry) =>
        entry.IndexOf('*', StringComparison.Ordinal) is var star && (star < 0 || (star == entry.Length - 1 && (star == 0 || entry[star - 1] is ':' or '.')));

    // Keys of a configuration are compared without regard to case, and . stands for : in them.
    private static bool ConfigWithin(string inner, string outer)
    {
        var prefix = outer[^1] == '*';
        var length = prefix ? outer.Length - 1 : outer.Length;
        if (prefix ? inner.Length <= length : inner.Length != length) return false;
        for (var i = 0; i < length; i++)
        {
            var a = inner[i] == '.' ? ':' : char.ToLowerInvariant(inner[i]);
            var b = outer[i] == '.' ? ':' : char.ToLowerInvariant(outer[i]);
            if (a != b) return false;
        }

        return true;
    }

    private static bool IsTrailing(ReadOnlySpan<char> entry) => entry.Length > 0 && entry.IndexOf('*') is var star && (star < 0 || star == entry.Length - 1);

    private static bool TrailingWithin(ReadOnlySpan<char> inner, ReadOnlySpan<char> outer) => outer[^1] == '*'
        ? inner.StartsWith(outer[..^1], StringComparison.Ordinal)
        : inner.SequenceEqual(outer);
}
