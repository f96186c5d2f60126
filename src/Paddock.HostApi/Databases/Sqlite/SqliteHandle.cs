using System.Text;
using SQLitePCL;

namespace Paddock.HostApi.Databases;

/// <summary>A raw connection that gives a guest's statement as little as SQLite can be told to give.</summary>
internal sealed class SqliteHandle : IDisposable
{
    private readonly DatabaseOptions _options;
    private readonly sqlite3 _connection;
    private readonly strdelegate_authorizer _authorizer;
    private readonly delegate_progress _progress;
    private SqliteJudge? _judge;
    private CancellationToken _deadline;

    private SqliteHandle(sqlite3 connection, DatabaseOptions options)
    {
        _connection = connection;
        _options = options;
        _authorizer = (_, action, first, second, database, _) => _judge?.Ask(action, first, second, database) ?? raw.SQLITE_OK;
        _progress = _ => _deadline.IsCancellationRequested ? 1 : 0;
    }

    internal SqliteSchema? Schema { get; private set; }

    internal int Changes => raw.sqlite3_changes(_connection);

    /// <summary>Opens a file that is there.</summary>
    internal static SqliteHandle Open(string path, bool onlyReads, DatabaseOptions options)
    {
        _ = SqliteNative.Version;
        var code = raw.sqlite3_open_v2(path, out var connection, (onlyReads ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE) | raw.SQLITE_OPEN_NOMUTEX, null);
        if (code != raw.SQLITE_OK)
        {
            connection?.Dispose();
            throw new HostCallException(ErrorCodes.DatabaseError, "The database cannot be opened.");
        }

        var handle = new SqliteHandle(connection, options);
        try
        {
            handle.Confine(onlyReads);
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Runs a statement of the host's own.</summary>
    internal void Execute(string sql) => Rows(sql, _ => { });

    /// <summary>Ends a transaction without its changes; SQLite may have ended it already.</summary>
    internal void Rollback()
    {
        if (raw.sqlite3_get_autocommit(_connection) == 0) Execute("ROLLBACK");
    }

    internal long Number(string sql)
    {
        var number = 0L;
        Rows(sql, row => number = raw.sqlite3_column_int64(row, 0));
        return number;
    }

    /// <summary>Rows of a statement of the host's own.</summary>
    internal void Rows(string sql, Action<sqlite3_stmt> each)
    {
        var judge = _judge;
        _judge = null;
        try
        {
            Check(raw.sqlite3_prepare_v2(_connection, sql, out var statement));
            using (statement)
            {
                int code;
                while ((code = raw.sqlite3_step(statement)) == raw.SQLITE_ROW) each(statement);
                if (code != raw.SQLITE_DONE) throw Failure(code);
            }
        }
        finally
        {
            _judge = judge;
        }
    }

    /// <summary>Reads the schema again if it changed. Inside a transaction it cannot change any more.</summary>
    internal SqliteSchema Refresh()
    {
        if (Schema is null || Schema.Version != Number("PRAGMA main.schema_version")) Schema = SqliteSchema.Read(this);
        return Schema;
    }

    /// <summary>Puts the connection under judgement, and its work under a deadline, until the result is disposed.</summary>
    internal Judgement Begin(SqliteJudge judge, CancellationToken deadline)
    {
        _judge = judge;
        _deadline = deadline;
        return new Judgement(this);
    }

    /// <summary>Prepares one statement of a guest.</summary>
    internal sqlite3_stmt Prepare(string text)
    {
        ReadOnlySpan<byte> sql = Encoding.UTF8.GetBytes(text);
        var code = raw.sqlite3_prepare_v2(_connection, sql, out var statement, out var rest);
        if (code == raw.SQLITE_OK && statement is { IsInvalid: false })
        {
            if (IsEmpty(rest)) return statement;
            statement.Dispose();
            throw _judge?.Refusal is { } why ? new HostCallException(ErrorCodes.PermissionDenied, why) : Error("There is more than one statement.");
        }

        statement?.Dispose();
        throw code == raw.SQLITE_OK ? Error("There is no statement.") : Failure(code);
    }

    /// <summary>What SQLite reports, as the guest may know it.</summary>
    internal Exception Failure(int code)
    {
        if (_judge?.Refusal is { } why) return new HostCallException(ErrorCodes.PermissionDenied, why);
        switch (code & 0xFF)
        {
            case raw.SQLITE_INTERRUPT:
                _deadline.ThrowIfCancellationRequested();
                return Error("The statement was interrupted.");
            case raw.SQLITE_BUSY or raw.SQLITE_LOCKED:
                return new HostCallException(ErrorCodes.TimeLimit, "The database was busy for too long.");
            case raw.SQLITE_ERROR or raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH or raw.SQLITE_RANGE:
                return Error(raw.sqlite3_errmsg(_connection).utf8_to_string());
            case raw.SQLITE_AUTH:
                return new HostCallException(ErrorCodes.PermissionDenied, "The statement does what is not for plugins.");
            default:
                // SECURITY: a full disk or a damaged file is the host's; its words may name paths.
                return Error($"The database could not run the statement ({code & 0xFF}).");
        }
    }

    public void Dispose() => _connection.Dispose();

    private static HostCallException Error(string message) => new(ErrorCodes.DatabaseError, message.Length > 500 ? message[..500] : message);

    // SQLite itself says whether the rest holds a statement: white space, comments and semicolons are none.
    private bool IsEmpty(ReadOnlySpan<byte> rest)
    {
        while (rest.Length > 0)
        {
            var code = raw.sqlite3_prepare_v2(_connection, rest, out var statement, out var next);
            var empty = code == raw.SQLITE_OK && (statement is null || statement.IsInvalid);
            statement?.Dispose();
            if (!empty) return false;
            if (next.Length >= rest.Length) return true;
            rest = next;
        }

        return true;
    }

    private void Confine(bool onlyReads)
    {
        SqliteConfinement.Apply(_connection, _options);
        Execute(onlyReads ? "PRAGMA query_only = 1" : "PRAGMA recursive_triggers = 1");
        Execute("PRAGMA cell_size_check = 1");

        // A table that is a function is declared where it is first named; under judgement that would be a change of the schema.
        foreach (var function in SqliteFunctions.Tables) DeclareTable(function);
        raw.sqlite3_set_authorizer(_connection, _authorizer, null);
        raw.sqlite3_progress_handler(_connection, 1_000, _progress, null);
    }

    // An older library does not have all of them.
    private void DeclareTable(string function)
    {
        _ = raw.sqlite3_prepare_v2(_connection, $"SELECT 1 FROM {function}('[]')", out var statement);
        statement?.Dispose();
    }

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK) throw Failure(code);
    }

    /// <summary>The time in which the connection is a guest's.</summary>
    internal readonly struct Judgement(SqliteHandle handle) : IDisposable
    {
        public void Dispose()
        {
            handle._judge = null;
            handle._deadline = default;
        }
    }
}
