using SQLitePCL;
using Paddock.HostApi.Databases;

namespace Paddock.HostApi.Tests.Databases;

/// <summary>A database file with tables that the plugin may see, may write, and may not know; the latter hold the canary.</summary>
internal sealed class SqliteSample : ISuiteEngine, IDisposable
{
    private readonly sqlite3 _connection;

    internal SqliteSample(string schema)
    {
        Base = Directory.CreateTempSubdirectory("paddock-sql-").FullName;
        Path = System.IO.Path.Combine(Base, "app.db");
        _ = SqliteNative.Version;
        raw.sqlite3_open(Path, out _connection);
        Run("PRAGMA synchronous = OFF; BEGIN; " + schema + "; COMMIT");
    }

    internal string Base { get; }

    internal string Path { get; }

    public DatabaseOptions Options => new DatabaseOptions().AddSqlite("default", Path);

    public string Surroundings() =>
        Rows("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2") + Rows("SELECT * FROM ticket_words_data") + string.Join(',', Directory.EnumerateFiles(Base).Where(f => !f.EndsWith("-journal", StringComparison.Ordinal)).Order());

    /// <summary>Runs statements without any restriction: the control.</summary>
    public void Run(string sql)
    {
        var code = raw.sqlite3_exec(_connection, sql);
        if (code != raw.SQLITE_OK) throw new InvalidOperationException(raw.sqlite3_errmsg(_connection).utf8_to_string() + " in " + sql);
    }

    /// <summary>All values of a query's rows, without any restriction.</summary>
    public string Rows(string sql, params object?[] values)
    {
        var text = new System.Text.StringBuilder();
        if (raw.sqlite3_prepare_v2(_connection, sql, out var statement) != raw.SQLITE_OK) return "ERROR " + raw.sqlite3_errmsg(_connection).utf8_to_string();
        using (statement)
        {
            for (var i = 0; i < values.Length; i++)
            {
                _ = values[i] switch
                {
                    null => raw.sqlite3_bind_null(statement, i + 1),
                    int number => raw.sqlite3_bind_int64(statement, i + 1, number),
                    bool yes => raw.sqlite3_bind_int64(statement, i + 1, yes ? 1 : 0),
                    var value => raw.sqlite3_bind_text(statement, i + 1, (string)value),
                };
            }

            while (raw.sqlite3_step(statement) == raw.SQLITE_ROW)
            {
                for (var i = 0; i < raw.sqlite3_column_count(statement); i++) text.Append(raw.sqlite3_column_text(statement, i).utf8_to_string()).Append('|');
                text.Append('\n');
            }
        }

        return text.ToString();
    }

    internal void AllowExtensions() => raw.sqlite3_enable_load_extension(_connection, 1);

    public void Dispose()
    {
        _connection.Dispose();
        Directory.Delete(Base, recursive: true);
    }
}
