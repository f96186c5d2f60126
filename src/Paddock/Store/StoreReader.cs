using Microsoft.Data.Sqlite;
using Paddock.HostApi.Databases;

namespace Paddock.Store;

/// <summary>Reads a store from outside, also while a server runs on it.</summary>
internal static class StoreReader
{
    /// <summary>A connection that can only read.</summary>
    /// <exception cref="StoreException">There is no database, or it cannot be opened.</exception>
    public static SqliteConnection Open(string dataDirectory)
    {
        _ = SqliteNative.Version;
        string path = System.IO.Path.Combine(dataDirectory, DataDirectory.DatabaseName);
        if (!File.Exists(path)) throw new StoreException($"There is no store in {dataDirectory}. Name its data directory with --data.");
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false, DefaultTimeout = 10 }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw new StoreException($"The database in {dataDirectory} cannot be opened: it is damaged, or no database.", e);
        }
    }
}
