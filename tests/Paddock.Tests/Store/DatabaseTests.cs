using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Paddock.HostApi.Databases;
using Paddock.Store;

namespace Paddock.Tests.Store;

public sealed class DatabaseTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("paddock-store-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string DataDirectory => Path.Combine(_path, "data");

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Fact]
    public async Task Open_Empty_MigratesToTheNewest()
    {
        await using var database = Open();
        Assert.Equal(Migration.All[^1].Version, database.SchemaVersion);
        Assert.Equal(Enumerable.Range(1, Migration.All.Count), Migration.All.Select(m => m.Version));
        Assert.Equal(database.SchemaVersion, database.Read(c => c.ExecuteScalar<int>("PRAGMA user_version")));
    }

    [Fact]
    public async Task Open_OlderVersion_MigratesForward_AndKeepsItsRows()
    {
        await using (var old = Open([Migration.All[0]])) await old.WriteAsync(InsertToken, Ct);
        await using var database = Open([Migration.All[0], new Migration(2, "ALTER TABLE tokens ADD COLUMN note TEXT; CREATE TABLE added (x)")]);
        Assert.Equal(2, database.SchemaVersion);
        Assert.Equal("ann", database.Read(c => c.ExecuteScalar<string>("SELECT owner FROM tokens WHERE note IS NULL")));
    }

    [Fact]
    public async Task Open_FailingStep_LeavesTheVersionBefore()
    {
        await using (var old = Open([Migration.All[0]])) await old.WriteAsync(InsertToken, Ct);
        var broken = new Migration(2, "CREATE TABLE half (x); INSERT INTO no_such_table VALUES (1)");
        Assert.Throws<StoreException>(() => Open([Migration.All[0], broken]));
        await using var database = Open([Migration.All[0]]);
        Assert.Equal(1, database.SchemaVersion);
        Assert.Equal(0, database.Read(c => c.ExecuteScalar<int>("SELECT count(*) FROM sqlite_master WHERE name = 'half'")));
    }

    [Fact]
    public async Task Open_NewerVersion_IsRefused()
    {
        await using (Open([Migration.All[0], new Migration(2, "CREATE TABLE added (x)")])) { }
        Assert.Throws<StoreException>(() => Open([Migration.All[0]]));
    }

    [Fact]
    public void Open_AnotherProgramsDatabase_IsRefused()
    {
        Directory.CreateDirectory(DataDirectory);
        _ = SqliteNative.Version;
        using (var connection = new SqliteConnection($"Data Source={Path.Combine(DataDirectory, "paddock.db")};Pooling=False"))
        {
            connection.Open();
            connection.Execute("CREATE TABLE theirs (x)");
        }

        Assert.Throws<StoreException>(() => Open());
    }

    [Fact]
    public void Open_NoDatabaseAtAll_IsRefused()
    {
        Directory.CreateDirectory(DataDirectory);
        File.WriteAllText(Path.Combine(DataDirectory, "paddock.db"), new string('x', 5000));
        Assert.Throws<StoreException>(() => Open());
    }

    [Fact]
    public async Task Open_WhileHeld_IsRefused()
    {
        await using (Open()) Assert.Throws<StoreException>(() => Open());
        await using var again = Open();
    }

    [Fact]
    public async Task Files_AreTheOwnersAlone()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes");
            return;
        }

        await using var database = Open();
        await database.WriteAsync(InsertToken, Ct);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(DataDirectory));
        foreach (string file in Directory.GetFiles(DataDirectory)) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Contains(Directory.GetFiles(DataDirectory), f => f.EndsWith("-wal", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Connection_IsDurable()
    {
        await using var database = Open();
        var settings = await database.WriteAsync(
            c => (Journal: c.ExecuteScalar<string>("PRAGMA journal_mode"), Synchronous: c.ExecuteScalar<int>("PRAGMA synchronous"), Keys: c.ExecuteScalar<int>("PRAGMA foreign_keys")), Ct);
        Assert.Equal(("wal", 2, 1), settings);
    }

    [Fact]
    public async Task Write_ThatThrows_RollsBackItselfOnly()
    {
        await using var database = Open();
        var writes = Enumerable.Range(0, 50).Select(i => database.WriteAsync(c =>
        {
            c.Execute("INSERT INTO meta (key, value) VALUES (@key, '')", new { key = $"k{i}" });
            return i % 5 == 0 ? throw new InvalidOperationException("refused") : i;
        }, Ct)).ToArray();
        foreach (var (write, i) in writes.Select((w, i) => (w, i)))
        {
            if (i % 5 == 0) await Assert.ThrowsAsync<InvalidOperationException>(() => write);
            else Assert.Equal(i, await write);
        }

        Assert.Equal(40, database.Read(c => c.ExecuteScalar<int>("SELECT count(*) FROM meta")));
    }

    [Fact]
    public async Task Write_CancelledBeforeItBegan_IsNotStored()
    {
        await using var database = Open();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => database.WriteAsync(InsertToken, new CancellationToken(canceled: true)));
        Assert.Equal(0, database.Read(c => c.ExecuteScalar<int>("SELECT count(*) FROM tokens")));
    }

    [Fact]
    public async Task Readers_CannotWrite()
    {
        await using var database = Open();
        Assert.Throws<SqliteException>(() => database.Read(InsertToken));
    }

    private static int InsertToken(SqliteConnection connection) => connection.Execute(
        "INSERT INTO tokens (hash, tenant, owner, role, created_at) VALUES (x'00', 'default', 'ann', 1, 0)");

    private Database Open(IReadOnlyList<Migration>? steps = null) => Database.Open(DataDirectory, NullLogger.Instance, steps);
}
