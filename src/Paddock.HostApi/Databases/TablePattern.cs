namespace Paddock.HostApi.Databases;

/// <summary>
/// One entry of a <c>db</c> permission's scope: <c>tickets</c>, <c>ticket_*</c>, <c>*</c>, each of the default database; <c>reports:sales</c>
/// of a named one; <c>sales.orders</c> and <c>sales.*</c> of another schema (PostgreSQL). A star stands at the end only, and never for a
/// database, a schema or a table of the database engine itself.
/// </summary>
public readonly record struct TablePattern
{
    private TablePattern(string database, string? schema, string name, bool isPrefix)
    {
        Database = database;
        Schema = schema;
        Name = name;
        IsPrefix = isPrefix;
    }

    /// <summary>Name of the database.</summary>
    public string Database { get; }

    /// <summary>The schema; null for the database's first one.</summary>
    public string? Schema { get; }

    /// <summary>The table's name, or what it begins with.</summary>
    public string Name { get; }

    /// <summary>Whether <see cref="Name"/> is only the beginning.</summary>
    public bool IsPrefix { get; }

    /// <summary>Reads a pattern; false for what is none. What is none covers nothing.</summary>
    public static bool TryParse(string? text, out TablePattern pattern)
    {
        pattern = default;
        if (string.IsNullOrEmpty(text) || text.Length > 200 || text.Any(char.IsControl)) return false;
        var colon = text.IndexOf(':');
        var database = colon < 0 ? DatabaseOptions.DefaultName : text[..colon];
        var rest = text[(colon + 1)..];
        var isPrefix = rest.EndsWith('*');
        if (isPrefix) rest = rest[..^1];
        var dot = rest.IndexOf('.');
        var schema = dot < 0 ? null : rest[..dot];
        var name = rest[(dot + 1)..];
        if (database.Length == 0 || schema is { Length: 0 } || (name.Length == 0 && !isPrefix)) return false;
        if (database.Contains('*') || rest.Contains('*') || rest.Contains(':') || name.Contains('.')) return false;
        pattern = new TablePattern(database, schema, name, isPrefix);
        return true;
    }

    /// <summary>Whether it covers a table.</summary>
    /// <param name="schema">The table's schema; null for the database's first one.</param>
    /// <param name="table">The table's name as the database knows it.</param>
    /// <param name="comparison">How the database compares names.</param>
    public bool Covers(string? schema, string table, StringComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(table);
        return string.Equals(Schema, schema, comparison) && (IsPrefix ? table.StartsWith(Name, comparison) : table.Equals(Name, comparison));
    }
}
