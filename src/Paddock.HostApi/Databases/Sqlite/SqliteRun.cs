using System.Text;
using SQLitePCL;

namespace Paddock.HostApi.Databases;

/// <summary>Runs one statement of a guest on one connection.</summary>
internal sealed class SqliteRun(SqliteHandle handle, DatabaseRequest request, DatabaseOptions options, CancellationToken deadline)
{
    // How often a long answer asks whether its grants still hold.
    private const int RowsBetweenLooks = 64;

    /// <summary>The rows, as JSON.</summary>
    internal ReadOnlyMemory<byte> Query()
    {
        handle.Execute("BEGIN");
        try
        {
            var judge = new SqliteJudge(handle.Refresh(), request.RightsNow(), onlyReads: true, request.Touched);
            using var judged = handle.Begin(judge, deadline);
            using var statement = Judged(judge);

            // SECURITY: what the authorizer let through must also be what SQLite itself calls a read.
            if (raw.sqlite3_stmt_readonly(statement) == 0) throw new HostCallException(ErrorCodes.PermissionDenied, "db.query only reads.");
            return Rows(statement, judge);
        }
        finally
        {
            handle.Rollback();
        }
    }

    /// <summary>The number of rows it changed, as JSON.</summary>
    internal ReadOnlyMemory<byte> Execute()
    {
        // First without foreign keys: every table that SQLite now asks for is one that the statement, a view or a trigger names.
        handle.Execute("PRAGMA foreign_keys = 0");
        var version = handle.Refresh().Version;
        var judge = new SqliteJudge(handle.Schema!, request.RightsNow(), onlyReads: false, request.Touched);
        using (handle.Begin(judge, deadline)) Judged(judge).Dispose();

        // Then with them, and for good. What is read in addition keeps the keys; what is written in addition (ON DELETE CASCADE) is judged.
        handle.Execute("PRAGMA foreign_keys = 1");
        handle.Execute("BEGIN IMMEDIATE");
        var committed = false;
        try
        {
            if (handle.Refresh().Version != version) throw new HostCallException(ErrorCodes.DatabaseError, "The schema changed meanwhile. Try again.");
            using var judged = handle.Begin(judge, deadline);
            judge.KeepsForeignKeys = true;
            var changed = Change(judge);
            handle.Execute("COMMIT");
            committed = true;
            return Encoding.UTF8.GetBytes($$"""{"affected":{{changed}}}""");
        }
        finally
        {
            if (!committed) handle.Rollback();
        }
    }

    private int Change(SqliteJudge judge)
    {
        using var statement = handle.Prepare(request.Text);
        Bind(statement);
        int code;
        while ((code = raw.sqlite3_step(statement)) == raw.SQLITE_ROW) deadline.ThrowIfCancellationRequested();
        if (code != raw.SQLITE_DONE) throw handle.Failure(code);
        var changed = raw.sqlite3_stmt_readonly(statement) != 0 ? 0 : handle.Changes;

        // SECURITY: a grant that ended while the statement ran takes the change back.
        if (!judge.StillHolds(request.RightsNow())) throw handle.Failure(raw.SQLITE_AUTH);
        deadline.ThrowIfCancellationRequested();
        return changed;
    }

    // The statement, with all of its tables judged.
    private sqlite3_stmt Judged(SqliteJudge judge)
    {
        var statement = handle.Prepare(request.Text);
        try
        {
            Bind(statement);
            if (judge.Unresolved.Count > 0) Resolve(judge);

            // SECURITY: VACUUM INTO writes a copy of the whole file, and asks the authorizer nothing.
            if (raw.sqlite3_stmt_readonly(statement) == 0 && !judge.Writes) throw new HostCallException(ErrorCodes.PermissionDenied, "The statement does what is not for plugins. It may read and change rows.");
            return statement;
        }
        catch
        {
            statement.Dispose();
            throw;
        }
    }

    // SECURITY: "count(*) FROM users" and "WITH users AS (…) SELECT count(*) FROM users" look alike to the authorizer. The program that
    // SQLite compiled tells them apart: only the first opens the pages of the table, or of an index of it.
    private void Resolve(SqliteJudge judge)
    {
        using var program = handle.Prepare("EXPLAIN " + request.Text);
        while (raw.sqlite3_step(program) == raw.SQLITE_ROW)
        {
            var operation = raw.sqlite3_column_text(program, 1).utf8_to_string();
            if (operation is not ("OpenRead" or "OpenWrite" or "ReopenIdx")) continue;
            if (handle.Schema!.TableOfPage(raw.sqlite3_column_int64(program, 3)) is not { } table || !judge.Unresolved.Contains(table)) continue;
            judge.Refuse(Access.Read, table);
            throw handle.Failure(raw.SQLITE_AUTH);
        }
    }

    private void Bind(sqlite3_stmt statement)
    {
        var count = raw.sqlite3_bind_parameter_count(statement);
        if (count != request.Values.Count) throw Arguments.Invalid($"The statement has {count} parameters, args has {request.Values.Count}.");
        for (var i = 0; i < count; i++)
        {
            if (raw.sqlite3_bind_parameter_name(statement, i + 1).utf8_to_string() is { Length: > 0 }) throw new HostCallException(ErrorCodes.DatabaseError, "A parameter is written as ? alone.");
            var code = request.Values[i] switch
            {
                null => raw.sqlite3_bind_null(statement, i + 1),
                bool value => raw.sqlite3_bind_int64(statement, i + 1, value ? 1 : 0),
                long value => raw.sqlite3_bind_int64(statement, i + 1, value),
                double value => raw.sqlite3_bind_double(statement, i + 1, value),
                var value => raw.sqlite3_bind_text(statement, i + 1, (string)value),
            };
            if (code != raw.SQLITE_OK) throw handle.Failure(code);
        }
    }

    private ReadOnlyMemory<byte> Rows(sqlite3_stmt statement, SqliteJudge judge)
    {
        using var rows = new RowWriter(options);
        var columns = raw.sqlite3_column_count(statement);
        rows.Columns([.. Enumerable.Range(0, columns).Select(i => raw.sqlite3_column_name(statement, i).utf8_to_string())]);
        int code;
        for (var count = 1; (code = raw.sqlite3_step(statement)) == raw.SQLITE_ROW; count++)
        {
            deadline.ThrowIfCancellationRequested();
            rows.BeginRow();
            for (var i = 0; i < columns; i++) Value(rows, statement, i);
            rows.EndRow();
            if (count % RowsBetweenLooks == 0) Look(judge);
        }

        if (code != raw.SQLITE_DONE) throw handle.Failure(code);
        Look(judge);
        return rows.End();
    }

    // SECURITY: no row leaves under a grant that ended while the rows were read.
    private void Look(SqliteJudge judge)
    {
        if (!judge.StillHolds(request.RightsNow())) throw handle.Failure(raw.SQLITE_AUTH);
    }

    private static void Value(RowWriter rows, sqlite3_stmt statement, int column)
    {
        switch (raw.sqlite3_column_type(statement, column))
        {
            case raw.SQLITE_INTEGER: rows.Integer(raw.sqlite3_column_int64(statement, column)); break;
            case raw.SQLITE_FLOAT: rows.Real(raw.sqlite3_column_double(statement, column)); break;
            case raw.SQLITE_NULL: rows.Null(); break;
            case raw.SQLITE_BLOB:
                rows.Bytes(raw.sqlite3_column_blob(statement, column));
                break;
            default:
                // As UTF-8 first, whatever the file's encoding; then by length, because a text may hold a NUL.
                _ = raw.sqlite3_column_text(statement, column);
                var text = raw.sqlite3_column_blob(statement, column);
                rows.Check(text.Length);
                rows.Text(Encoding.UTF8.GetString(text));
                break;
        }
    }
}
