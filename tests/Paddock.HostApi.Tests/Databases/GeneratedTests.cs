using Paddock.HostApi.Databases;

namespace Paddock.HostApi.Tests.Databases;

public sealed class GeneratedTests(PostgreSqlServer server)
{
    // What they inserted goes now and then, or joins of joins grow too long.
    private const string Clean = "DELETE FROM counted WHERE id > 9; DELETE FROM ticket_notes WHERE id > 9; DELETE FROM tickets WHERE id > 9";

    [Fact]
    public async Task Sqlite_GeneratedStatements_TouchWhatIsGrantedOnly()
    {
        using var sample = new SqliteSample(SuiteSchema.Sqlite);
        await using var door = SuiteRun.Granted(new DatabaseFixture(sample.Options));
        await Judge(sample, door, new StatementGenerator(20260731, "main"), 4_000);
    }

    [Fact]
    public async Task PostgreSql_GeneratedStatements_TouchWhatIsGrantedOnly()
    {
        await using var sample = await PostgreSqlSample.CreateAsync(server, "generated");
        await using var door = SuiteRun.Granted(new DatabaseFixture(sample.Options));
        await Judge(sample, door, new StatementGenerator(20260801, "public"), 1_500);
    }

    [Fact]
    public async Task Sqlite_WithoutJudgement_GeneratedStatementsReachTheCanary()
    {
        using var sample = new SqliteSample(SuiteSchema.Sqlite);
        await using var door = new DatabaseFixture(sample.Options).Grant(Access.Read | Access.Write, "*");
        Assert.True(await Leaks(sample, door, new StatementGenerator(20260731, "main"), 1_500) > 20);
    }

    [Fact]
    public async Task PostgreSql_WithoutJudgement_GeneratedStatementsReachTheCanary()
    {
        await using var sample = await PostgreSqlSample.CreateAsync(server, "generated_control");
        await using var door = new DatabaseFixture(sample.Options).Grant(Access.Read | Access.Write, "*");
        Assert.True(await Leaks(sample, door, new StatementGenerator(20260801, "public"), 300) > 5);
    }

    private static async Task<int> Leaks(ISuiteEngine engine, DatabaseFixture door, StatementGenerator statements, int count)
    {
        var leaks = 0;
        for (var i = 0; i < count; i++)
        {
            if (i % 40 == 0) engine.Run(Clean);
            var (function, sql, forbidden) = statements.Next(i);
            var answer = DatabaseFixture.Text(await door.Call(function, sql, []));
            if (forbidden && answer.Contains("CANARY", StringComparison.Ordinal)) leaks++;
        }

        return leaks;
    }

    private static async Task Judge(ISuiteEngine engine, DatabaseFixture door, StatementGenerator statements, int count)
    {
        var forbidden = SuiteRun.Dump(engine, SuiteSchema.Forbidden);
        var (ran, refused) = (0, 0);
        for (var i = 0; i < count; i++)
        {
            if (i % 40 == 0) engine.Run(Clean);
            var (function, sql, touches) = statements.Next(i);
            var reply = await door.Call(function, sql, []);
            var answer = DatabaseFixture.Text(reply);
            Assert.False(answer.Contains("CANARY", StringComparison.Ordinal), sql);
            Assert.True((reply.Error?.Code == ErrorCodes.PermissionDenied) == touches, $"{answer}\n{sql}");
            if (touches)
            {
                refused++;
                continue;
            }

            ran++;
            Assert.True(reply.Error is null, $"{answer}\n{sql}");
            if (function == "db.query") Assert.Equal(Sorted(engine.Rows(sql)), Sorted(SuiteRun.Flat(reply)));
        }

        Assert.Equal(forbidden, SuiteRun.Dump(engine, SuiteSchema.Forbidden));
        Assert.Empty(door.Faults);

        // Both kinds were there in number, or the test shows nothing.
        Assert.True(ran > count / 4 && refused > count / 8, $"{ran} ran, {refused} were refused");
    }

    private static string Sorted(string rows) => string.Join('\n', rows.Split('\n').Order(StringComparer.Ordinal));
}
