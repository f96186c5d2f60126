namespace Paddock.HostApi.Tests.Databases;

/// <summary>The tables of the suite: <c>tickets</c> and <c>ticket_notes</c> are granted for both, <c>areas</c> for reading; <c>users</c>, <c>secrets</c> and <c>audit_trail</c> are not.</summary>
internal static class SuiteSchema
{
    internal const string Sqlite = """
        CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE, password TEXT);
        CREATE TABLE secrets (id INTEGER PRIMARY KEY, value TEXT);
        CREATE TABLE audit_trail (id INTEGER PRIMARY KEY, what TEXT);
        CREATE TABLE areas (id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE tickets (id INTEGER PRIMARY KEY, title TEXT, author INTEGER REFERENCES users (id), state, area INTEGER REFERENCES areas (id), blob BLOB);
        INSERT INTO users VALUES (1, 'ada', 'CANARY-7f3a-users'), (9007199254740993, 'big', 'CANARY-7f3a-users');
        """;
}
