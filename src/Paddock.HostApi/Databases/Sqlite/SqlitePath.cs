using Microsoft.Data.Sqlite;

namespace Paddock.HostApi.Databases;

/// <summary>Reads the path of a database file as a host gives it.</summary>
internal static class SqlitePath
{
    internal static string Of(string pathOrConnectionString)
    {
        ArgumentException.ThrowIfNullOrEmpty(pathOrConnectionString);
        var path = pathOrConnectionString;
        if (path.Contains('='))
        {
            var settings = new SqliteConnectionStringBuilder(path);
            if (settings.Mode == SqliteOpenMode.Memory || settings.Cache == SqliteCacheMode.Shared || settings.Password.Length > 0)
                throw new ArgumentException("A plugin's database is a plain file: no memory database, no shared cache, no password.", nameof(pathOrConnectionString));
            path = settings.DataSource;
        }

        if (path.Length == 0 || path.StartsWith(":memory:", StringComparison.Ordinal) || path.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException("A plugin's database is a file: neither in memory nor a URI.", nameof(pathOrConnectionString));
        return Path.GetFullPath(path);
    }
}
