namespace Paddock.HostApi.Databases;

/// <summary>Which tables of one database the grants of a moment open. Immutable.</summary>
internal sealed class TableRights : IEquatable<TableRights>
{
    private readonly HashSet<TablePattern> _read = [];
    private readonly HashSet<TablePattern> _write = [];

    /// <summary>What these grants open in this database.</summary>
    internal TableRights(string database, IReadOnlyList<Grant> grants)
    {
        foreach (var grant in grants)
        {
            if (grant.Permission.Type != PermissionType.Db) continue;
            foreach (var text in grant.Permission.Scope)
            {
                if (!TablePattern.TryParse(text, out var pattern) || pattern.Database != database) continue;
                if ((grant.Permission.Access & Access.Read) != 0) _read.Add(pattern);
                if ((grant.Permission.Access & Access.Write) != 0) _write.Add(pattern);
            }
        }
    }

    /// <summary>Whether these grants open a table for reading, or for writing.</summary>
    internal bool Allow(Access access, string? schema, string table, StringComparison comparison)
    {
        var patterns = access == Access.Read ? _read : _write;
        foreach (var pattern in patterns)
        {
            if (pattern.Covers(schema, table, comparison)) return true;
        }

        return false;
    }

    /// <summary>Whether these grants open all that the others do, by the same patterns.</summary>
    internal bool Includes(TableRights other) => _read.IsSupersetOf(other._read) && _write.IsSupersetOf(other._write);

    public bool Equals(TableRights? other) => other is not null && _read.SetEquals(other._read) && _write.SetEquals(other._write);

    public override bool Equals(object? obj) => Equals(obj as TableRights);

    public override int GetHashCode() => HashCode.Combine(_read.Count, _write.Count);
}
