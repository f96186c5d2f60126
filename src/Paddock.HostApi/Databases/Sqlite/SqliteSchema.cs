using SQLitePCL;

namespace Paddock.HostApi.Databases;

/// <summary>What a name in a database's schema stands for.</summary>
internal enum SqliteObject
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A table with rows of its own.</summary>
    Table,

    /// <summary>A view.</summary>
    View,

    /// <summary>A table that a module makes; what the module reads, the authorizer does not see.</summary>
    Virtual,
}

/// <summary>The tables of a database as one connection sees them. Names compare as SQLite's do: without regard to ASCII case.</summary>
internal sealed class SqliteSchema
{
    private readonly Dictionary<string, SqliteObject> _objects = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<long, string> _tableOfPage = [];
    private readonly HashSet<string> _modules = new(StringComparer.OrdinalIgnoreCase);

    private SqliteSchema(long version) => Version = version;

    /// <summary>The counter that every change of the schema raises.</summary>
    internal long Version { get; }

    /// <summary>Reads the schema. The connection must not be under judgement.</summary>
    internal static SqliteSchema Read(SqliteHandle handle)
    {
        var schema = new SqliteSchema(handle.Number("PRAGMA main.schema_version"));
        handle.Rows("SELECT name, tbl_name, type, rootpage FROM main.sqlite_master", row =>
        {
            var page = raw.sqlite3_column_int64(row, 3);
            var type = raw.sqlite3_column_text(row, 2).utf8_to_string();
            var name = raw.sqlite3_column_text(row, 0).utf8_to_string();
            if (type == "view") schema._objects[name] = SqliteObject.View;
            if (type == "table") schema._objects[name] = page == 0 ? SqliteObject.Virtual : SqliteObject.Table;
            if (page != 0) schema._tableOfPage[page] = raw.sqlite3_column_text(row, 1).utf8_to_string();
        });
        handle.Rows("PRAGMA module_list", row => schema._modules.Add(raw.sqlite3_column_text(row, 0).utf8_to_string()));
        return schema;
    }

    internal SqliteObject Find(string name) => _objects.GetValueOrDefault(name);

    /// <summary>Whether a name that no table has is one that a module answers to all the same (<c>pragma_table_info</c>, <c>dbstat</c>).</summary>
    internal bool IsModule(string name) => _modules.Contains(name) || name.StartsWith("pragma_", StringComparison.OrdinalIgnoreCase);

    /// <summary>The table whose rows, or whose index, begin at this page.</summary>
    internal string? TableOfPage(long page) => _tableOfPage.GetValueOrDefault(page);
}
