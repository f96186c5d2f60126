using SQLitePCL;

namespace Paddock.HostApi.Databases;

/// <summary>
/// Answers SQLite's authorizer while a guest's statement is prepared and run. SQLite asks for every table, column and function that it
/// resolves, through views, triggers, subqueries and common table expressions; the statement's text is never looked at here.
/// </summary>
internal sealed class SqliteJudge(SqliteSchema schema, TableRights rights, bool onlyReads, Action<Access, string>? touched)
{
    private const StringComparison Names = StringComparison.OrdinalIgnoreCase;
    private readonly HashSet<(Access Access, string Table)> _used = [];
    private readonly HashSet<string> _unresolved = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The first refusal, in words for the guest; null while there is none.</summary>
    internal string? Refusal { get; private set; }

    /// <summary>Set for the second preparation of a statement that has been judged whole: what it then reads in addition, SQLite reads to keep foreign keys.</summary>
    internal bool KeepsForeignKeys { get; set; }

    /// <summary>Whether a table was found that the statement writes. What writes without that (VACUUM) is no statement on rows.</summary>
    internal bool Writes { get; private set; }

    /// <summary>Forbidden tables that a name without columns may mean, or a common table expression of that name: SQLite does not say which.</summary>
    internal IReadOnlySet<string> Unresolved => _unresolved;

    /// <summary>The authorizer's question. Never throws: an exception would cross native frames.</summary>
    internal int Ask(int action, string? first, string? second, string? database)
    {
        try
        {
            return Allows(action, first ?? "", second ?? "", database) ? raw.SQLITE_OK : raw.SQLITE_DENY;
        }
        catch (Exception)
        {
            Refusal ??= "The statement could not be judged.";
            return raw.SQLITE_DENY;
        }
    }

    /// <summary>Refuses the statement for what another look at it found.</summary>
    internal void Refuse(Access access, string table)
    {
        touched?.Invoke(access, table);
        Refusal ??= $"No grant to {(access == Access.Read ? "read" : "write")} the table {table}.";
    }

    /// <summary>Whether all that the statement was allowed to touch is allowed by these grants too.</summary>
    internal bool StillHolds(TableRights now)
    {
        foreach (var (access, table) in _used)
        {
            if (now.Allow(access, null, table, Names)) continue;
            Refuse(access, table);
            return false;
        }

        return true;
    }

    private bool Allows(int action, string first, string second, string? database)
    {
        switch (action)
        {
            case raw.SQLITE_SELECT or raw.SQLITE_RECURSIVE:
                return true;
            case raw.SQLITE_READ:
                return MayRead(first, second, database);
            case raw.SQLITE_INSERT or raw.SQLITE_UPDATE or raw.SQLITE_DELETE:
                return MayWrite(first, database);
            case raw.SQLITE_FUNCTION:
                return SqliteFunctions.Allow(second) || Refused($"The function {second} is not for plugins.");
            default:
                // SECURITY: ATTACH, PRAGMA, transactions, every change of the schema, and whatever a later SQLite asks.
                return Refused("The statement does what is not for plugins. It may read and change rows.");
        }
    }

    private bool MayRead(string table, string column, string? database)
    {
        if (IsOfEngine(table, database)) return Refused($"The table {table} is not for plugins.");
        if (rights.Allow(Access.Read, null, table, Names) && schema.Find(table) is SqliteObject.Table or SqliteObject.View) return Used(Access.Read, table);
        var found = schema.Find(table);
        if (found == SqliteObject.None)
        {
            if (SqliteFunctions.Tables.Contains(table)) return true;
            if (column.Length == 0 && database is null && !schema.IsModule(table)) return true; // The name of a common table expression.
            return Refused($"The table {table} is not for plugins.");
        }

        if (found == SqliteObject.Virtual) return Refused($"The table {table} is virtual; virtual tables are not for plugins.");
        if (KeepsForeignKeys) return true;
        if (found == SqliteObject.Table && column.Length == 0 && database is null) return _unresolved.Add(table) | true;
        Refuse(Access.Read, table);
        return false;
    }

    private bool MayWrite(string table, string? database)
    {
        if (IsOfEngine(table, database) || schema.Find(table) is not (SqliteObject.Table or SqliteObject.View)) return Refused($"The table {table} is not for plugins.");
        if (onlyReads) return Refused($"db.query only reads; write the table {table} with db.exec.");
        if (rights.Allow(Access.Write, null, table, Names)) return Writes = Used(Access.Write, table);
        Refuse(Access.Write, table);
        return false;
    }

    private static bool IsOfEngine(string table, string? database) =>
        (database is not null && !database.Equals("main", Names)) || table.StartsWith("sqlite_", Names);

    private bool Used(Access access, string table)
    {
        if (_used.Add((access, table))) touched?.Invoke(access, table);
        return true;
    }

    private bool Refused(string why)
    {
        Refusal ??= why;
        return false;
    }
}
