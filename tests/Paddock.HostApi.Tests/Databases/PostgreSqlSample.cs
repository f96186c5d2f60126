using System.Collections.Concurrent;
using System.Text;
using Npgsql;
using Paddock.HostApi.Databases;

namespace Paddock.HostApi.Tests.Databases;

/// <summary>A database of a real server with the tables of the suite, as its owner sees it.</summary>
internal sealed class PostgreSqlSample : ISuiteEngine, IAsyncDisposable
{
    private static readonly SemaphoreSlim OneAtATime = new(1, 1);

    // Tests run side by side on one server: what another one made is no trace of a statement of this one.
    private static readonly ConcurrentBag<string> MadeByTests = [];

    private readonly NpgsqlDataSource _source;
    private readonly string _administrator;

    private PostgreSqlSample(string administrator)
    {
        _administrator = administrator;
        _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(administrator) { Pooling = true });
    }

    public DatabaseOptions Options => new DatabaseOptions().AddPostgreSql("default", _administrator);

    internal string Administrator => _administrator;

    /// <summary>A new database, prepared for plugins unless it is not to be.</summary>
    internal static async Task<PostgreSqlSample> CreateAsync(PostgreSqlServer server, string name, bool prepared = true)
    {
        MadeByTests.Add(name);
        await using (var postgres = NpgsqlDataSource.Create(await server.AdministratorAsync("postgres")))
        await using (var command = postgres.CreateCommand($"CREATE DATABASE {name}"))
            await command.ExecuteNonQueryAsync();
        var sample = new PostgreSqlSample(await server.AdministratorAsync(name));
        sample.Run(SuiteSchema.PostgreSql);
        if (prepared) await sample.PrepareAsync();
        return sample;
    }

    /// <summary>Prepares it for plugins. One database at a time: the role that takes over from PUBLIC is the server's, and two transactions cannot both make it.</summary>
    internal async Task<IReadOnlyList<string>> PrepareAsync()
    {
        await OneAtATime.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return await PostgreSqlSetup.ApplyAsync(_administrator, catalogStaysPublic: false, TestContext.Current.CancellationToken);
        }
        finally
        {
            OneAtATime.Release();
        }
    }

    public void Run(string sql)
    {
        using var command = _source.CreateCommand(sql);
        command.ExecuteNonQuery();
    }

    /// <summary>The rows as they were at first.</summary>
    internal void Reset() => Run($"TRUNCATE {string.Join(", ", SuiteSchema.Tables)}, ticket_definer, ticket_ruled;" + SuiteSchema.Rows);

    public string Rows(string sql, params object?[] values)
    {
        using var connection = _source.OpenConnection();
        using var command = new NpgsqlCommand(values.Length == 0 ? sql : ParameterSyntax.Translate(sql).Text, connection) { AllResultTypesAreUnknown = true };
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = value is int ? NpgsqlTypes.NpgsqlDbType.Integer : value is bool ? NpgsqlTypes.NpgsqlDbType.Boolean : NpgsqlTypes.NpgsqlDbType.Unknown });
        using var reader = command.ExecuteReader();
        var text = new StringBuilder();
        while (reader.Read())
        {
            for (var i = 0; i < reader.FieldCount; i++) text.Append(reader.IsDBNull(i) ? "" : reader.GetString(i)).Append('|');
            text.Append('\n');
        }

        return text.ToString();
    }

    public string Surroundings() =>
        Rows("SELECT nspname, relname, relkind, relrowsecurity, relowner FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname NOT IN ('pg_toast') ORDER BY 1, 2")
        + Rows("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1")
        + Rows("SELECT rolname, rolsuper FROM pg_roles WHERE NOT starts_with(rolname, 'paddock_p_') AND rolname NOT IN ('application', 'nobody') ORDER BY 1")
        + Rows("SELECT oid FROM pg_largeobject_metadata") + Databases() + Rows("SELECT nspname FROM pg_namespace ORDER BY 1")
        + Rows("SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1") + Rows("SELECT rulename FROM pg_rules ORDER BY 1")
        + Rows("SELECT * FROM inner_circle.tickets") + Rows("SELECT * FROM ticket_definer") + Rows("SELECT * FROM ticket_ruled");

    private string Databases() =>
        string.Join('\n', Rows("SELECT datname FROM pg_database ORDER BY 1").Split("|\n").Except(MadeByTests)) + "\n";

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
