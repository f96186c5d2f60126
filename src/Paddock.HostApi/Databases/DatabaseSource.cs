namespace Paddock.HostApi.Databases;

/// <summary>Where a database is.</summary>
internal abstract record DatabaseSource
{
    /// <summary>The database as guests reach it. Connects to nothing yet.</summary>
    internal abstract IGuestDatabase Open(string name, DatabaseOptions options, ReservedFiles reserved);
}

/// <summary>A file of SQLite.</summary>
/// <param name="Path">Absolute path.</param>
internal sealed record SqliteSource(string Path) : DatabaseSource
{
    internal override IGuestDatabase Open(string name, DatabaseOptions options, ReservedFiles reserved) => new SqliteDatabase(name, Path, options, reserved);
}
