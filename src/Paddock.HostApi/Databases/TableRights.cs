namespace Paddock.HostApi.Databases;

/// <summary>Which tables of one database the grants of a moment open. Immutable.</summary>
internal sealed class TableRights
{
    private readonly List<TablePattern> _read = [];
    private readonly List<TablePattern> _write = [];

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
        var patterns = access == Access.Read ? _read : access == Access.Write ? _write : [];
        foreach (var pattern in patterns)
        {
            if (pattern.Covers(schema, table, comparison)) return true;
        }

        return false;
    }
}
