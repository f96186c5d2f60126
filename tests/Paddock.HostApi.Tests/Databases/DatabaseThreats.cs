using Paddock.HostApi.Databases;


namespace Paddock.HostApi.Tests.Databases;

/// <summary>Rows 48, 49 and 60 of the threats, on SQLite and on PostgreSQL. Each control lifts the defence and shows that the same statement reaches what it is after.</summary>
public sealed class DatabaseThreats(PostgreSqlServer server)
{
    private static readonly string[] Forms =
    [
        "SELECT value FROM secrets",
        "SELECT/**/value/**/FROM/**/secrets",
        "SELECT value FROM -- tickets\n secrets",
        "SELECT s.\"value\" FROM \"secrets\" AS s",
        "SELECT title FROM tickets UNION ALL SELECT value FROM secrets",
        "WITH tickets AS (SELECT value AS title FROM secrets) SELECT title FROM tickets",
        "SELECT (SELECT max(value) FROM secrets) AS x FROM tickets",
        "SELECT x FROM (SELECT value AS x FROM (SELECT * FROM secrets) a) b",
        "SELECT value FROM tickets LEFT JOIN secrets ON secrets.id = tickets.id",
        "SELECT CASE WHEN (SELECT value FROM secrets WHERE id = 1) LIKE 'CANARY-7%' THEN 'CANARY' END AS x",
        "WITH RECURSIVE r (i, v) AS (SELECT 1, (SELECT max(value) FROM secrets) UNION ALL SELECT i + 1, v FROM r WHERE i < 2) SELECT v FROM r",
    ];

    [Fact]
    public async Task T48_FormsOfSql_ReachNoForbiddenRow()
    {
        await OnBoth("t48", async engine =>
        {
            await using var door = SuiteRun.Granted(new DatabaseFixture(engine.Options));
            foreach (var form in Forms)
            {
                var reply = await door.Query(form);
                Assert.Equal((form, ErrorCodes.PermissionDenied), (form, reply.Error?.Code));
                Assert.DoesNotContain("CANARY", DatabaseFixture.Text(reply), StringComparison.Ordinal);
            }

            await using var lifted = new DatabaseFixture(engine.Options).Grant(Access.Read, "*");
            foreach (var form in Forms) Assert.Contains("CANARY", DatabaseFixture.Text(await lifted.Query(form)), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task T48_AnotherDatabase_NeedsItsOwnGrant()
    {
        await OnBoth("t48_named", async engine =>
        {
            using var other = new SqliteSample("CREATE TABLE tickets (id INTEGER, title TEXT); INSERT INTO tickets VALUES (1, 'CANARY')");
            await using var door = SuiteRun.Granted(new DatabaseFixture(engine.Options.AddSqlite("other", other.Path)));
            Assert.Equal(ErrorCodes.PermissionDenied, (await door.Call("db.query", "SELECT title FROM tickets", [], "other")).Error?.Code);
            Assert.DoesNotContain("CANARY", DatabaseFixture.Text(await door.Query("SELECT title FROM tickets")), StringComparison.Ordinal);
            Assert.NotNull((await door.Query("@other:SELECT title FROM tickets")).Error);
            Assert.NotNull((await door.Query("SELECT title FROM other.tickets")).Error);
            Assert.Equal(ErrorCodes.PermissionDenied, (await door.Call("db.query", "SELECT 1", [], "nothing")).Error?.Code);
            door.Grant(Access.Read, "other:tickets");
            Assert.Contains("CANARY", DatabaseFixture.Text(await door.Call("db.query", "SELECT title FROM tickets", [], "other")), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task T49_ViewsAndTriggers_AreSeenThrough()
    {
        await OnBoth("t49", async engine =>
        {
            await using var door = SuiteRun.Granted(new DatabaseFixture(engine.Options));
            const string View = "SELECT password FROM peek", Trigger = "INSERT INTO logged (id, what) VALUES (50, 'x')", Cascade = "DELETE FROM parents WHERE id = 1";
            Assert.Equal(ErrorCodes.PermissionDenied, (await door.Query(View)).Error?.Code);
            Assert.Equal(ErrorCodes.PermissionDenied, (await door.Exec(Trigger)).Error?.Code);
            Assert.Equal(ErrorCodes.PermissionDenied, (await door.Exec(Cascade)).Error?.Code);
            Assert.Equal("2|1|\n", engine.Rows("SELECT (SELECT count(*) FROM audit_trail), (SELECT count(*) FROM children)"));

            await using var lifted = new DatabaseFixture(engine.Options).Grant(Access.Read | Access.Write, "*");
            Assert.Contains("CANARY", DatabaseFixture.Text(await lifted.Query(View)), StringComparison.Ordinal);
            Assert.Null((await lifted.Exec(Trigger)).Error);
            Assert.Null((await lifted.Exec(Cascade)).Error);
            Assert.Equal("3|0|\n", engine.Rows("SELECT (SELECT count(*) FROM audit_trail), (SELECT count(*) FROM children)"));
        });
    }

    [Fact]
    public async Task T49_Sqlite_NoFileIsMadeOrOpened()
    {
        using var sample = new SqliteSample(SuiteSchema.Sqlite);
        using var other = new SqliteSample("CREATE TABLE theirs (x); INSERT INTO theirs VALUES ('CANARY')");
        string copy = Path.Combine(sample.Base, "copy.db"), vacuum = $"VACUUM INTO '{copy}'", attach = $"ATTACH '{other.Path}' AS o";
        await using var door = new DatabaseFixture(sample.Options).Grant(Access.Read | Access.Write, "*");
        foreach (var statement in (string[])[vacuum, attach, "PRAGMA table_info(secrets)", "SELECT name FROM pragma_table_info('secrets')", "SELECT load_extension('no-such-library')"])
        {
            Assert.Equal((statement, ErrorCodes.PermissionDenied), (statement, (await door.Exec(statement)).Error?.Code));
            Assert.Equal((statement, ErrorCodes.PermissionDenied), (statement, (await door.Query(statement)).Error?.Code));
        }

        Assert.NotNull((await door.Query("SELECT x FROM o.theirs")).Error);
        Assert.False(File.Exists(copy));

        // The same statements without the authorizer.
        sample.Run(vacuum);
        Assert.Contains("CANARY", await File.ReadAllTextAsync(copy, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        sample.Run(attach);
        Assert.Equal("CANARY|\n", sample.Rows("SELECT x FROM o.theirs"));
        Assert.Contains("value", sample.Rows("SELECT name FROM pragma_table_info('secrets')"), StringComparison.Ordinal);
        sample.AllowExtensions();
        Assert.Contains("no-such-library", Assert.Throws<InvalidOperationException>(() => sample.Run("SELECT load_extension('no-such-library')")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T49_PostgreSql_TheRoleIsNotLeft()
    {
        await using var sample = await PostgreSqlSample.CreateAsync(server, "t49_role");
        await using var door = SuiteRun.Granted(new DatabaseFixture(sample.Options));
        foreach (var statement in (string[])["RESET ROLE", "SET SESSION AUTHORIZATION postgres", "SET ROLE postgres", "SET statement_timeout = 0", "NOTIFY a", "COPY secrets TO STDOUT", "DO $$ BEGIN END $$"])
        {
            Assert.NotNull((await door.Exec(statement)).Error);
            Assert.NotNull((await door.Query(statement)).Error);
        }

        Assert.Equal(ErrorCodes.PermissionDenied, (await door.Query("SELECT value FROM secrets")).Error?.Code);
        var role = sample.Rows("SELECT rolname FROM pg_roles WHERE rolname = '" + PluginRole.NameOf(PluginRoles.PlaceOf("default", "t49_role"), "default", "plg", true) + "'").TrimEnd('\n', '|');

        // Had the host confined its own session with SET ROLE, as other hosts do, the guest would undo it.
        Assert.Contains("CANARY", sample.Rows($"SET ROLE {role}; RESET ROLE; SELECT value FROM secrets"), StringComparison.Ordinal);

        // A role's rights do not govern these: without the question whether PostgreSQL can prepare it, a guest's statement would run.
        sample.Run($"SET ROLE {role}; SET statement_timeout = 0; NOTIFY a; LISTEN a; RESET ALL");
    }

    [Fact]
    public async Task T49_PostgreSql_WhatOnlyTheOwnerMay_IsNotLent()
    {
        await using var sample = await PostgreSqlSample.CreateAsync(server, "t49_owner");
        sample.Run("""
            CREATE TABLE ticket_threads (id INTEGER PRIMARY KEY, ticket INTEGER REFERENCES tickets (id) ON DELETE CASCADE);
            CREATE FUNCTION thread_gone() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO audit_trail (id, what) VALUES (OLD.id + 4000, 'gone'); RETURN OLD; END $$;
            CREATE TRIGGER gone BEFORE DELETE ON ticket_threads FOR EACH ROW EXECUTE FUNCTION thread_gone();
            INSERT INTO ticket_threads VALUES (1, 3);
            CREATE TABLE secret_tickets (hidden TEXT) INHERITS (counted);
            INSERT INTO secret_tickets VALUES (77, 'CANARY-inherited', 'CANARY');
            """);
        await using var door = SuiteRun.Granted(new DatabaseFixture(sample.Options));
        Assert.Equal(ErrorCodes.PermissionDenied, (await door.Exec("DELETE FROM tickets WHERE id = 3")).Error?.Code);
        Assert.Equal(ErrorCodes.PermissionDenied, (await door.Query("SELECT what FROM counted")).Error?.Code);
        Assert.Equal("2|\n", sample.Rows("SELECT count(*) FROM audit_trail"));

        // The trigger writes the trail with the rights of the table's owner, whoever deletes the ticket.
        sample.Run("CREATE ROLE nobody; GRANT USAGE ON SCHEMA public TO nobody; GRANT SELECT, DELETE ON tickets TO nobody; GRANT SELECT ON counted TO nobody");
        Assert.Contains("CANARY", sample.Rows("SET ROLE nobody; SELECT what FROM counted"), StringComparison.Ordinal);
        sample.Run("SET ROLE nobody; DELETE FROM tickets WHERE id = 3; RESET ROLE");
        Assert.Equal("3|\n", sample.Rows("SELECT count(*) FROM audit_trail"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task T60_RevokedWhileRowsAreRead_NoRowLeaves(bool revoke)
    {
        await OnBoth("t60_rows_" + (revoke ? "r" : "c"), async engine =>
        {
            engine.Run("INSERT INTO tickets (id, title) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) SELECT i + 1000, 'CANARY' FROM n");
            await using var door = new DatabaseFixture(engine.Options).Grant(Access.Read, "tickets");

            // Asked by the door, as the statement begins, and then between rows.
            door.OnAsked = asked =>
            {
                if (revoke && asked == 4) door.RevokeAll();
            };
            var reply = await door.Query("SELECT title FROM tickets");
            Assert.True(door.Asked >= 4);
            Assert.Equal(revoke ? ErrorCodes.PermissionDenied : null, reply.Error?.Code);
            Assert.Equal(!revoke, DatabaseFixture.Text(reply).Contains("CANARY", StringComparison.Ordinal));
        });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task T60_RevokedWhileAStatementRuns_NothingOfItStays(bool revoke)
    {
        await OnBoth("t60_write_" + (revoke ? "r" : "c"), async engine =>
        {
            await using var door = new DatabaseFixture(engine.Options).Grant(Access.Read | Access.Write, "tickets");
            door.OnAsked = asked =>
            {
                if (revoke && asked == 3) door.RevokeAll();
            };
            var reply = await door.Exec("UPDATE tickets SET title = 'CANARY'");
            Assert.Equal(revoke ? ErrorCodes.PermissionDenied : null, reply.Error?.Code);
            Assert.Equal(revoke ? "0|\n" : "3|\n", engine.Rows("SELECT count(*) FROM tickets WHERE title = 'CANARY'"));
        });
    }

    [Fact]
    public async Task T60_SameStatementAgain_IsJudgedAgain()
    {
        await OnBoth("t60_again", async engine =>
        {
            await using var door = new DatabaseFixture(engine.Options).Grant(Access.Read, "users", "tickets");
            for (var i = 0; i < 3; i++) Assert.Contains("CANARY", DatabaseFixture.Text(await door.Query("SELECT password FROM users")), StringComparison.Ordinal);
            door.RevokeAll();
            door.Grant(Access.Read, "tickets");
            Assert.Equal(ErrorCodes.PermissionDenied, (await door.Query("SELECT password FROM users")).Error?.Code);
            Assert.Null((await door.Query("SELECT id FROM tickets")).Error);
            door.Grant(Access.Read, "users");
            Assert.Null((await door.Query("SELECT password FROM users")).Error);
        });
    }

    private async Task OnBoth(string name, Func<ISuiteEngine, Task> test)
    {
        using (var sqlite = new SqliteSample(SuiteSchema.Sqlite)) await test(sqlite);
        await using var postgreSql = await PostgreSqlSample.CreateAsync(server, name);
        await test(postgreSql);
    }
}
