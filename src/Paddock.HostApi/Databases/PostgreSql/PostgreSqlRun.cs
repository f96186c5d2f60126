using System.Globalization;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Paddock.HostApi.Databases;

/// <summary>Runs one statement of a guest in a session of its role.</summary>
internal sealed class PostgreSqlRun(DatabaseRequest request, DatabaseOptions options, TableRights rights, CancellationToken deadline)
{
    private const int RowsBetweenLooks = 64;

    /// <summary>The rows, or how many rows changed, as JSON.</summary>
    internal async Task<ReadOnlyMemory<byte>> OnAsync(NpgsqlConnection connection)
    {
        var (text, count) = ParameterSyntax.Translate(request.Text);
        if (count != request.Values.Count) throw Arguments.Invalid($"The statement has {count} parameters, args has {request.Values.Count}.");
        await using var transaction = await connection.BeginTransactionAsync(deadline).ConfigureAwait(false);
        await AskAsync(connection, text).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(text, connection, transaction) { AllResultTypesAreUnknown = true };
        foreach (var value in request.Values) command.Parameters.Add(Parameter(value));
        command.Parameters.Add(Unused());
        var answer = request.OnlyReads ? await RowsAsync(command).ConfigureAwait(false) : await AffectedAsync(command).ConfigureAwait(false);

        // SECURITY: a grant that ended while the statement ran takes the change back, and the rows.
        Look();
        deadline.ThrowIfCancellationRequested();
        if (!request.OnlyReads) await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        return answer;
    }

    // SECURITY: SET, COPY, NOTIFY, LOCK, DO and all else that roles do not govern. PostgreSQL's own grammar says whether a text is one
    // SELECT, INSERT, UPDATE, DELETE or MERGE: nothing else can be prepared.
    private async Task AskAsync(NpgsqlConnection connection, string text)
    {
        var types = request.Values.Count == 0 ? "" : $" ({string.Join(", ", request.Values.Select(TypeName))})";
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"PREPARE paddock{types} AS\n{text}") { Parameters = { Unused() } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("DEALLOCATE paddock") { Parameters = { Unused() } });
        try
        {
            await batch.ExecuteNonQueryAsync(deadline).ConfigureAwait(false);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.SyntaxError)
        {
            throw new HostCallException(ErrorCodes.DatabaseError, $"{e.MessageText}. One SELECT, INSERT, UPDATE, DELETE, MERGE or VALUES runs here, nothing else.");
        }
    }

    private async Task<ReadOnlyMemory<byte>> AffectedAsync(NpgsqlCommand command)
    {
        await using var reader = await command.ExecuteReaderAsync(System.Data.CommandBehavior.SequentialAccess, deadline).ConfigureAwait(false);
        while (await reader.ReadAsync(deadline).ConfigureAwait(false))
        {
        }

        await reader.CloseAsync().ConfigureAwait(false);
        return Encoding.UTF8.GetBytes($$"""{"affected":{{Math.Max(reader.RecordsAffected, 0)}}}""");
    }

    private async Task<ReadOnlyMemory<byte>> RowsAsync(NpgsqlCommand command)
    {
        await using var reader = await command.ExecuteReaderAsync(System.Data.CommandBehavior.SequentialAccess, deadline).ConfigureAwait(false);
        using var rows = new RowWriter(options);
        try
        {
            rows.Columns([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)]);
            var types = Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetDataTypeOID(i)).ToArray();
            for (var count = 1; await reader.ReadAsync(deadline).ConfigureAwait(false); count++)
            {
                rows.BeginRow();
                for (var i = 0; i < types.Length; i++) await ValueAsync(rows, reader, i, types[i]).ConfigureAwait(false);
                rows.EndRow();
                if (count % RowsBetweenLooks == 0) Look();
            }

            return rows.End();
        }
        catch (HostCallException)
        {
            // What is left of the answer is not read: it may be without end.
            command.Cancel();
            throw;
        }
    }

    private void Look()
    {
        if (!request.RightsNow().Includes(rights)) throw new HostCallException(ErrorCodes.PermissionDenied, "A grant ended while the statement ran.");
    }

    private async Task ValueAsync(RowWriter rows, NpgsqlDataReader reader, int column, uint type)
    {
        if (await reader.IsDBNullAsync(column, deadline).ConfigureAwait(false))
        {
            rows.Null();
            return;
        }

        PostgreSqlValues.Write(rows, type, await TextAsync(rows, reader, column).ConfigureAwait(false));
    }

    // In pieces: one value may have a gigabyte.
    private async Task<string> TextAsync(RowWriter rows, NpgsqlDataReader reader, int column)
    {
        using var text = reader.GetTextReader(column);
        var all = new StringBuilder();
        var piece = new char[4096];
        int read;
        while ((read = await text.ReadAsync(piece, deadline).ConfigureAwait(false)) > 0)
        {
            all.Append(piece, 0, read);

            // A blob comes as two digits a byte and goes as Base64, which is shorter.
            rows.Check(all.Length / 2);
        }

        return all.ToString();
    }

    private static NpgsqlParameter Parameter(object? value) => value switch
    {
        null => new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Unknown },
        bool yes => new NpgsqlParameter<bool>(null!, yes),
        long number when number is >= int.MinValue and <= int.MaxValue => new NpgsqlParameter { Value = (int)number, NpgsqlDbType = NpgsqlDbType.Integer },
        long number => new NpgsqlParameter { Value = number, NpgsqlDbType = NpgsqlDbType.Bigint },
        double number => new NpgsqlParameter { Value = number, NpgsqlDbType = NpgsqlDbType.Double },
        _ => new NpgsqlParameter { Value = (string)value, NpgsqlDbType = NpgsqlDbType.Unknown },
    };

    private static string TypeName(object? value) => value switch
    {
        bool => "boolean",
        long number => number is >= int.MinValue and <= int.MaxValue ? "integer" : "bigint",
        double => "double precision",
        _ => "unknown",
    };

    // SECURITY: with a positional parameter the client sends the text as it is. Without one it looks for semicolons and names itself, and
    // would make two statements of one. The server allows a parameter that is not used.
    private static NpgsqlParameter Unused() => new() { Value = 0, NpgsqlDbType = NpgsqlDbType.Integer };
}
