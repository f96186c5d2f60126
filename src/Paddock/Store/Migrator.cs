using Dapper;
using Microsoft.Data.Sqlite;

namespace Paddock.Store;

/// <summary>Brings a database forward to this program's schema, a step a transaction, so that a crash leaves a whole version.</summary>
internal static class Migrator
{
    // "PDK1": a file of another program is not migrated by accident.
    private const int ApplicationId = 0x50444B31;

    /// <summary>The version it stands at afterwards.</summary>
    /// <exception cref="StoreException">The database is another program's, or of a newer version of this one.</exception>
    public static int Migrate(SqliteConnection connection, IReadOnlyList<Migration> steps)
    {
        int version = connection.ExecuteScalar<int>("PRAGMA user_version");
        int application = connection.ExecuteScalar<int>("PRAGMA application_id");
        bool empty = connection.ExecuteScalar<int>("SELECT count(*) FROM sqlite_master") == 0;
        if (application != ApplicationId && !empty)
            throw new StoreException("The database belongs to another program. Choose another data directory.");
        int newest = steps.Count == 0 ? 0 : steps[^1].Version;
        if (version > newest)
            throw new StoreException($"The database has schema version {version}; this program knows {newest}. Run the newer program, or restore a backup.");
        foreach (var step in steps.Where(s => s.Version > version)) Apply(connection, step);
        return newest;
    }

    private static void Apply(SqliteConnection connection, Migration step)
    {
        connection.Execute("BEGIN EXCLUSIVE");
        try
        {
            connection.Execute(step.Sql);
            connection.Execute($"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {step.Version}; COMMIT");
        }
        catch (SqliteException e)
        {
            if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0) connection.Execute("ROLLBACK");
            throw new StoreException($"The database could not be brought to schema version {step.Version}; it is as it was before.", e);
        }
    }
}
