using Microsoft.Data.Sqlite;
using Paddock.Samples.HelpDesk.Accounts;

namespace Paddock.Samples.HelpDesk.Desk;

/// <summary>The file that the ticket desk keeps everything in. Plugins are granted tables of it.</summary>
internal sealed class DeskDatabase
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS users (
          id INTEGER PRIMARY KEY, login TEXT NOT NULL UNIQUE, name TEXT NOT NULL, role TEXT NOT NULL, password_hash TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS ticket_states (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, is_closed INTEGER NOT NULL, position INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS ticket_priorities (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, position INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS tickets (
          id INTEGER PRIMARY KEY, subject TEXT NOT NULL, customer TEXT NOT NULL,
          state_id INTEGER NOT NULL REFERENCES ticket_states, priority_id INTEGER NOT NULL REFERENCES ticket_priorities,
          created_at TEXT NOT NULL, closed_at TEXT);
        CREATE TABLE IF NOT EXISTS messages (
          id INTEGER PRIMARY KEY, ticket_id INTEGER NOT NULL REFERENCES tickets ON DELETE CASCADE, author TEXT NOT NULL, body TEXT NOT NULL, created_at TEXT NOT NULL);
        CREATE INDEX IF NOT EXISTS tickets_state ON tickets (state_id);
        CREATE INDEX IF NOT EXISTS messages_ticket ON messages (ticket_id);
        """;

    private readonly string _connection;

    private DeskDatabase(string connection) => _connection = connection;

    /// <summary>Opens the file, and makes it, with its directory, where it is not there.</summary>
    public static DeskDatabase Open(string path)
    {
        new DirectoryInfo(Path.GetDirectoryName(path)!).Create();
        var database = new DeskDatabase(new SqliteConnectionStringBuilder { DataSource = path, ForeignKeys = true }.ToString());
        using var db = database.Connect();
        db.Run("PRAGMA journal_mode = WAL");
        db.Run(Schema);
        return database;
    }

    public SqliteConnection Connect()
    {
        var db = new SqliteConnection(_connection);
        db.Open();
        return db;
    }

    /// <summary>Fills an empty desk, and answers the passwords of its users; null where it is not empty.</summary>
    public IReadOnlyList<(string Login, string Password)>? Seed(DateTimeOffset now)
    {
        using var db = Connect();
        using var transaction = db.BeginTransaction();
        if (db.Scalar("SELECT count(*) FROM users") > 0) return null;
        var passwords = DeskSeed.Users.Select(u => (u.Login, Password: Passwords.Generate())).ToList();
        foreach (var (login, name, role) in DeskSeed.Users)
        {
            db.Run("INSERT INTO users (login, name, role, password_hash) VALUES ($login, $name, $role, $hash)",
                ("$login", login), ("$name", name), ("$role", role), ("$hash", Passwords.Hash(passwords.Single(p => p.Login == login).Password)));
        }

        DeskSeed.Fill(db, now);
        transaction.Commit();
        return passwords;
    }
}
