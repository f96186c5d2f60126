namespace Paddock.HostApi.Databases;

/// <summary>Where a database is.</summary>
internal abstract record DatabaseSource;

/// <summary>A file of SQLite.</summary>
/// <param name="Path">Absolute path.</param>
internal sealed record SqliteSource(string Path) : DatabaseSource;
