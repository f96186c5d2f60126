using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Paddock.HostApi.Databases;

namespace Paddock.Store;

/// <summary>The embedded database: one writer that commits in groups, and pooled readers that see the last commit.</summary>
internal sealed class Database : IAsyncDisposable
{
    private readonly DataDirectory _directory;
    private readonly SqliteConnection _connection;
    private readonly GroupWriter _writer;
    private readonly string _readers;

    private Database(DataDirectory directory, SqliteConnection connection, int version)
    {
        _directory = directory;
        _connection = connection;
        SchemaVersion = version;
        _readers = ConnectionString(directory.Database, SqliteOpenMode.ReadOnly, pooling: true);
        _writer = new GroupWriter(connection);
    }

    /// <summary>Raised after each commit, on the writer's thread, before anybody is told that it is durable. A handler must not throw, and takes the writer's time.</summary>
    public event Action<SqliteConnection> Committed
    {
        add => _writer.Committed += value;
        remove => _writer.Committed -= value;
    }

    /// <summary>The schema's version.</summary>
    public int SchemaVersion { get; }

    /// <summary>The directory it lives in.</summary>
    public DataDirectory Directory => _directory;

    /// <summary>Opens, makes and migrates the database of a data directory.</summary>
    /// <exception cref="StoreException">The directory or the database cannot be used.</exception>
    public static Database Open(string path, ILogger logger, IReadOnlyList<Migration>? migrations = null)
    {
        StoreLog.SqliteChosen(logger, SqliteNative.Description);
        var directory = DataDirectory.Hold(path);
        SqliteConnection? connection = null;
        try
        {
            if (directory.IsOpenToOthers) StoreLog.DirectoryOpenToOthers(logger, directory.Path);
            connection = new SqliteConnection(ConnectionString(directory.Database, SqliteOpenMode.ReadWrite, pooling: false));
            connection.Open();
            // FULL: a commit is on the disk before it is acknowledged, so neither kill -9 nor a loss of power takes it back.
            connection.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = 1; PRAGMA trusted_schema = OFF");
            int version = Migrator.Migrate(connection, migrations ?? Migration.All);
            StoreLog.Opened(logger, version);
            return new Database(directory, connection, version);
        }
        catch (Exception e)
        {
            connection?.Dispose();
            directory.Dispose();
            if (e is SqliteException) throw new StoreException("The database cannot be opened. It is damaged, or no database.", e);
            throw;
        }
    }

    /// <summary>Runs <paramref name="work"/> in a transaction; when the task completes it is durable. What it throws rolls back its own changes only.</summary>
    /// <param name="work">Runs on the writer's thread; must not wait for anything.</param>
    /// <param name="cancellationToken">Takes the work back while it has not begun. Once begun it is awaited to its end, so that "cancelled" always means "not stored".</param>
    public Task<T> WriteAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellationToken) =>
        _writer.EnqueueAsync(work, cancellationToken);

    /// <summary>Reads on the calling thread: from the page cache, in microseconds.</summary>
    public T Read<T>(Func<SqliteConnection, T> work)
    {
        using var connection = new SqliteConnection(_readers);
        connection.Open();
        return work(connection);
    }

    /// <summary>Commits a write that changes nothing anyone reads. Random, because SQLite writes no page for a value that is there already.</summary>
    public Task<bool> CanWriteAsync(CancellationToken cancellationToken) => WriteAsync(
        connection => connection.Execute("INSERT INTO meta (key, value) VALUES ('probe', randomblob(8)) ON CONFLICT (key) DO UPDATE SET value = excluded.value") == 1, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync().ConfigureAwait(false);
        using (var readers = new SqliteConnection(_readers)) SqliteConnection.ClearPool(readers);
        await _connection.DisposeAsync().ConfigureAwait(false);
        _directory.Dispose();
    }

    private static string ConnectionString(string path, SqliteOpenMode mode, bool pooling) => new SqliteConnectionStringBuilder
    {
        DataSource = path,
        Mode = mode,
        Pooling = pooling,
        ForeignKeys = true,
        DefaultTimeout = 10,
    }.ToString();
}
