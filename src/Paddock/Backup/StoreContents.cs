using Dapper;
using Microsoft.Data.Sqlite;

namespace Paddock.Backup;

/// <summary>What a copy of the database says that it needs.</summary>
internal static class StoreContents
{
    /// <summary>Hashes of the files of its packages, each once.</summary>
    public static IReadOnlyList<string> Blobs(SqliteConnection connection)
    {
        bool packages = connection.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'package_versions')");
        if (!packages) return [];
        string[] hashes = [.. connection.Query<string>("SELECT DISTINCT coalesce(json_extract(f.value, '$.Sha256'), '') AS hash FROM package_versions t, json_each(t.files) f ORDER BY hash")];
        return Array.TrueForAll(hashes, BackupFile.IsHash) ? hashes : throw new StoreException("The database names a file of a package by something that is no digest; it is damaged.");
    }
}
