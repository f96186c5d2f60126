using SQLitePCL;
using Paddock.HostApi.Databases;

namespace Paddock.HostApi.Tests.Databases;

/// <summary>A database file with tables that the plugin may see, may write, and may not know; the latter hold the canary.</summary>
internal sealed class SqliteSample : IDisposable
{
    private readonly sqlite3 _connection;

    internal SqliteSample(string schema)
    {
        Base = Directory.CreateTempSubdirectory("paddock-sql-").FullName;
        Path = System.IO.Path.Combine(Base, "app.db");
        _ = SqliteNative.Version;
        raw.sqlite3_open(Path, out _connection);
        Run(schema);
    }

    internal string Base { get; }

    internal string Path { get; }

    /// <summary>Runs statements without any restriction: the control.</summary>
    internal void Run(string sql)
    {
        var code = raw.sqlite3_exec(_connection, sql);
        if (code != raw.SQLITE_OK) throw new InvalidOperationException(raw.sqlite3_errmsg(_connection).utf8_to_string() + " in " + sql);
    }

    /// <summary>All values of a query's rows, without any restriction.</summary>
    internal string Rows(string sql)
    {
        var text = new System.Text.StringBuilder();
        if (raw.sqlite3_prepare_v2(_connection, sql, out var statement) != raw.SQLITE_OK) return "ERROR " + raw.sqlite3_errmsg(_connection).utf8_to_string();
        using (statement)
        {
            while (raw.sqlite3_step(statement) == raw.SQLITE_ROW)
            {
                for (var i = 0; i < raw.sqlite3_column_count(statement); i++) text.Append(raw.sqlite3_column_text(statement, i).utf8_to_string()).Append('|');
                text.Append('\n');
            }
        }

        return text.ToString();
    }

    public void Dispose()
    {
        _connection.Dispose();
        Directory.Delete(Base, recursive: true);
    }
}
