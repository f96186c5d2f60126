namespace Paddock.HostApi.Databases;

/// <summary>Where a database is.</summary>
internal abstract record DatabaseSource
{
    /// <summary>The database as guests reach it. Connects to nothing yet.</summary>
    internal abstract IGuestDatabase Open(string name, DatabaseOptions options, ReservedFiles reserved, TimeProvider clock);
}

/// <summary>A file of SQLite.</summary>
/// <param name="Path">Absolute path.</param>
internal sealed record SqliteSource(string Path) : DatabaseSource
{
    internal override IGuestDatabase Open(string name, DatabaseOptions options, ReservedFiles reserved, TimeProvider clock) => new SqliteDatabase(name, Path, options, reserved);
}

/// <summary>A database of PostgreSQL.</summary>
/// <param name="Administrator">Connection string of a role that may make roles and grant what the tables' owner may.</param>
/// <param name="Options">How plugins use it.</param>
internal sealed record PostgreSqlSource(string Administrator, PostgreSqlOptions Options) : DatabaseSource
{
    internal override IGuestDatabase Open(string name, DatabaseOptions options, ReservedFiles reserved, TimeProvider clock) => new PostgreSqlDatabase(name, this, options, clock);
}
