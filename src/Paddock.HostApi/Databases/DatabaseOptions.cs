namespace Paddock.HostApi.Databases;

/// <summary>The databases that plugins can be granted tables of, and the limits of one statement.</summary>
public sealed class DatabaseOptions
{
    /// <summary>Name of the database that a call means when it names none, and that a table's pattern means without <c>database:</c>.</summary>
    public const string DefaultName = "default";

    private readonly Dictionary<string, DatabaseSource> _sources = new(StringComparer.Ordinal);

    /// <summary>Most rows of one answer. More is <c>RESPONSE_LIMIT</c>, and no row. Default 10,000.</summary>
    public int Rows { get; set; } = 10_000;

    /// <summary>Most UTF-8 bytes of one answer's JSON. More is <c>RESPONSE_LIMIT</c>, and no row. Default 4 MiB.</summary>
    public int AnswerBytes { get; set; } = 4 << 20;

    /// <summary>Most UTF-8 bytes of one statement's text. Default 64 KiB.</summary>
    public int StatementBytes { get; set; } = 64 << 10;

    /// <summary>Most parameters of one statement. Default 1,000.</summary>
    public int Parameters { get; set; } = 1_000;

    /// <summary>Wall time of one statement, waiting for locks included; the host cancels it then (<c>TIME_LIMIT</c>), and nothing of it stays. Default 5 s.</summary>
    public TimeSpan StatementTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Most connections that are kept open for plugins while none uses them, for each database. Default 32.</summary>
    public int IdleConnections { get; set; } = 32;

    internal IReadOnlyDictionary<string, DatabaseSource> Sources => _sources;

    /// <summary>Adds a database file of SQLite. It must be there when a plugin first uses it; it is never made.</summary>
    /// <param name="name">Its name in <c>db.query</c> and in <c>name:table</c>: letters, digits, <c>-</c> and <c>_</c>.</param>
    /// <param name="path">Path of the file, or a connection string with a <c>Data Source</c> and nothing else that matters (no memory database, no URI).</param>
    /// <exception cref="ArgumentException">The name is not one, or is taken, or there is no path.</exception>
    public DatabaseOptions AddSqlite(string name, string path)
    {
        Add(name, new SqliteSource(SqlitePath.Of(path)));
        return this;
    }

    /// <summary>Adds a database of PostgreSQL, which <see cref="PostgreSqlSetup"/> has prepared. Each plugin logs in as roles of its own.</summary>
    /// <param name="name">Its name in <c>db.query</c> and in <c>name:table</c>: letters, digits, <c>-</c> and <c>_</c>.</param>
    /// <param name="administrator">Connection string of a role that may make roles, and is a superuser or owns the tables.</param>
    /// <param name="configure">Sets more.</param>
    /// <exception cref="ArgumentException">The name is not one, or is taken, or no database is named, or a setting is out of range.</exception>
    public DatabaseOptions AddPostgreSql(string name, string administrator, Action<PostgreSqlOptions>? configure = null)
    {
        var settings = new PostgreSqlOptions();
        configure?.Invoke(settings);
        if (settings.Schemas.Count == 0 || settings.Connections < 1 || settings.Schemas.Any(schema => schema.StartsWith("pg_", StringComparison.Ordinal) || schema == "information_schema"))
            throw new ArgumentException("A setting of PostgreSQL is out of range.", nameof(configure));
        if (string.IsNullOrEmpty(new Npgsql.NpgsqlConnectionStringBuilder(administrator).Database)) throw new ArgumentException("The connection string names no database.", nameof(administrator));
        Add(name, new PostgreSqlSource(administrator, settings));
        return this;
    }

    private void Add(string name, DatabaseSource source)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Length > 63 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')) throw new ArgumentException("A database's name has letters, digits, - and _, at most 63.", nameof(name));
        if (!_sources.TryAdd(name, source)) throw new ArgumentException($"There are two databases named {name}.", nameof(name));
    }
}
