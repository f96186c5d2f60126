using Microsoft.Data.Sqlite;

namespace Paddock.Store;

/// <summary>A statement that runs at every call or host call: prepared once, on the writer's connection.</summary>
internal sealed class Prepared(string sql, params string[] parameters)
{
    private SqliteCommand? _command;

    public int Execute(SqliteConnection connection, params ReadOnlySpan<object?> values) => Bind(connection, values).ExecuteNonQuery();

    public object? Scalar(SqliteConnection connection, params ReadOnlySpan<object?> values) => Bind(connection, values).ExecuteScalar();

    private SqliteCommand Bind(SqliteConnection connection, ReadOnlySpan<object?> values)
    {
        if (_command is null || _command.Connection != connection)
        {
            // The connection disposes the commands that were made for it.
            _command = connection.CreateCommand();
            _command.CommandText = sql;
            foreach (string parameter in parameters) _command.Parameters.Add(new SqliteParameter { ParameterName = parameter });
        }

        for (int i = 0; i < values.Length; i++) _command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return _command;
    }
}
