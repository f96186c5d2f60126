using Npgsql;
using Paddock.HostApi.Databases;

namespace Paddock.HostApi.Tests.Databases;

public sealed class PostgreSqlRoleTests(PostgreSqlServer server)
{
    private static CancellationToken Ending => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Query_DatabaseThatIsNotPrepared_IsRefusedAndTheHostTold()
    {
        await using var sample = await PostgreSqlSample.CreateAsync(server, "roles_unprepared", prepared: false);
        await using var door = new DatabaseFixture(sample.Options).Grant(Access.Read, "tickets");
        var reply = await door.Query("SELECT id FROM tickets");
        Assert.Equal("DATABASE_ERROR: The database cannot be used now.", DatabaseFixture.Text(reply));
        Assert.Contains("PUBLIC", Assert.Single(door.Faults).Message, StringComparison.Ordinal);
        await sample.PrepareAsync();
        Assert.Null((await door.Query("SELECT id FROM tickets")).Error);
    }

    [Fact]
    public async Task Query_PublicHasRightsAgain_IsRefused()
    {
        await using var sample = await PostgreSqlSample.CreateAsync(server, "roles_public");
        sample.Run("GRANT SELECT ON secrets TO PUBLIC");
        await using var door = new DatabaseFixture(sample.Options).Grant(Access.Read, "tickets");
        Assert.Equal(ErrorCodes.DatabaseError, (await door.Query("SELECT value FROM secrets")).Error?.Code);
    }

    [Fact]
    public async Task Setup_OtherRoles_KeepWhatPublicHad()
    {
        await using var sample = await PostgreSqlSample.CreateAsync(server, "roles_setup", prepared: false);
        sample.Run("CREATE ROLE application LOGIN PASSWORD 'application'; GRANT SELECT ON tickets TO application");
        await sample.PrepareAsync();
        Assert.DoesNotContain(await sample.PrepareAsync(), s => s.StartsWith("REVOKE", StringComparison.Ordinal));
        var settings = new NpgsqlConnectionStringBuilder(sample.Administrator) { Username = "application", Password = "application" };
        await using var source = NpgsqlDataSource.Create(settings);
        await using var command = source.CreateCommand("SELECT count(*) FROM tickets, pg_class, information_schema.tables WHERE pg_try_advisory_lock(1) AND version() <> '' AND current_setting('port') <> ''");
        Assert.NotNull(await command.ExecuteScalarAsync(Ending));
        await using var temporary = source.CreateCommand("CREATE TEMP TABLE mine AS SELECT 1 AS x");
        await temporary.ExecuteNonQueryAsync(Ending);
    }

    [Fact]
    public async Task Exec_TwoPlugins_HaveTheirOwnRights()
    {
        await using var sample = await PostgreSqlSample.CreateAsync(server, "roles_two");
        await using var door = SuiteRun.Granted(new DatabaseFixture(sample.Options));
        Assert.Null((await door.Query("SELECT id FROM tickets")).Error);
        var other = await door.Open("other").InvokeAsync("db.query", """{"query":"SELECT id FROM tickets"}"""u8.ToArray(), Ending);
        Assert.Equal(ErrorCodes.PermissionDenied, other.Error?.Code);
    }

    [Fact]
    public async Task Query_TableMadeOrRenamedSince_FollowsItsName()
    {
        await using var sample = await PostgreSqlSample.CreateAsync(server, "roles_new");
        var options = new DatabaseOptions().AddPostgreSql("default", sample.Administrator, o => o.SchemaRefresh = TimeSpan.Zero);
        await using var door = new DatabaseFixture(options).Grant(Access.Read, "ticket_*");
        Assert.NotNull((await door.Query("SELECT id FROM ticket_new")).Error);
        sample.Run("CREATE TABLE ticket_new (id INTEGER)");
        Assert.Null((await door.Query("SELECT id FROM ticket_new")).Error);
        sample.Run("ALTER TABLE ticket_new RENAME TO private_new");
        Assert.Equal(ErrorCodes.PermissionDenied, (await door.Query("SELECT id FROM private_new")).Error?.Code);
    }

    [Fact]
    public async Task Query_SchemaThatIsNamed_IsGrantedByItsName()
    {
        await using var sample = await PostgreSqlSample.CreateAsync(server, "roles_schema");
        var options = new DatabaseOptions().AddPostgreSql("default", sample.Administrator, o => o.Schemas = ["public", "inner_circle"]);
        await using var door = new DatabaseFixture(options).Grant(Access.Read, "*");
        Assert.Equal(ErrorCodes.PermissionDenied, (await door.Query("SELECT title FROM inner_circle.tickets")).Error?.Code);
        door.Grant(Access.Read, "inner_circle.tick*");
        Assert.Null((await door.Query("SELECT title FROM inner_circle.tickets")).Error);
    }

    [Fact]
    public async Task Exec_SerialKey_IsTaken()
    {
        await using var sample = await PostgreSqlSample.CreateAsync(server, "roles_serial");
        sample.Run("CREATE TABLE ticket_serial (id SERIAL PRIMARY KEY, what TEXT); CREATE TABLE ticket_identity (id INTEGER GENERATED ALWAYS AS IDENTITY, what TEXT)");
        await using var door = SuiteRun.Granted(new DatabaseFixture(sample.Options));
        Assert.Equal("""{"affected":2}""", DatabaseFixture.Text(await door.Exec("INSERT INTO ticket_serial (what) VALUES (?), (?)", "a", "b")));
        Assert.Equal("""{"affected":1}""", DatabaseFixture.Text(await door.Exec("INSERT INTO ticket_identity (what) VALUES (?)", "a")));
    }

    [Fact]
    public async Task Forget_PluginThatIsGone_LeavesNoRole()
    {
        await using var sample = await PostgreSqlSample.CreateAsync(server, "roles_forget");
        await using var door = SuiteRun.Granted(new DatabaseFixture(sample.Options));
        Assert.Null((await door.Query("SELECT id FROM tickets")).Error);
        Assert.Null((await door.Exec("DELETE FROM ticket_notes")).Error);
        var reader = PluginRole.NameOf(PluginRoles.PlaceOf("default", "roles_forget"), "default", "plg", true);
        Assert.Equal("1|\n", sample.Rows($"SELECT count(*) FROM pg_roles WHERE rolname = '{reader}' AND NOT rolsuper AND rolcanlogin"));
        Assert.StartsWith("SCRAM-SHA-256$", sample.Rows($"SELECT rolpassword FROM pg_authid WHERE rolname = '{reader}'"), StringComparison.Ordinal);
        await door.Functions.ForgetAsync("default", "plg", Ending);
        Assert.Equal("0|\n", sample.Rows($"SELECT count(*) FROM pg_roles WHERE rolname IN ('{reader}', '{PluginRole.NameOf(PluginRoles.PlaceOf("default", "roles_forget"), "default", "plg", false)}')"));
        Assert.Null((await door.Query("SELECT id FROM tickets")).Error);
        await door.Functions.ForgetAsync("default", "plg", Ending);
    }

    [Fact]
    public async Task Query_HostStartsAgain_TakesTheRoleOver()
    {
        await using var sample = await PostgreSqlSample.CreateAsync(server, "roles_again");
        for (var i = 0; i < 2; i++)
        {
            await using var door = SuiteRun.Granted(new DatabaseFixture(sample.Options));
            Assert.Null((await door.Query("SELECT id FROM tickets")).Error);
        }
    }

    [Fact]
    public async Task Query_ServerThatIsNotThere_TellsNoDetail()
    {
        var options = new DatabaseOptions().AddPostgreSql("default", "Host=127.0.0.1;Port=1;Username=secret-name;Password=x;Database=x;Timeout=2");
        await using var door = new DatabaseFixture(options).Grant(Access.Read, "*");
        Assert.Equal("DATABASE_ERROR: The database cannot be used now.", DatabaseFixture.Text(await door.Query("SELECT 1 AS x")));
        Assert.Single(door.Faults);
    }

    [Fact]
    public async Task Query_ManyAtOnce_AllAnswer()
    {
        await using var sample = await PostgreSqlSample.CreateAsync(server, "roles_many");
        await using var door = SuiteRun.Granted(new DatabaseFixture(sample.Options));
        var replies = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => i % 3 == 0 ? door.Exec("UPDATE tickets SET title = 'x' WHERE id = ?", i) : door.Query("SELECT ? AS x", i)));
        Assert.All(replies, reply => Assert.True(reply.Error is null, DatabaseFixture.Text(reply)));
    }
}
