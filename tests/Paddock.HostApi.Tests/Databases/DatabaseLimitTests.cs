using Paddock.HostApi.Databases;

namespace Paddock.HostApi.Tests.Databases;

/// <summary>Limits of a statement and an answer, arguments, and types, alike on both databases.</summary>
public sealed class DatabaseLimitTests(PostgreSqlServer server)
{
    private const string Endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT count(*) AS n FROM n";

    [Fact]
    public async Task Query_LongerThanItMay_IsCancelledByTheHost()
    {
        await OnBoth("limit_time", async engine =>
        {
            var options = engine.Options;
            options.StatementTimeout = TimeSpan.FromMilliseconds(1_500);
            await using var door = new DatabaseFixture(options).Grant(Access.Read | Access.Write, "*");
            Assert.Null((await door.Query("SELECT 1 AS x")).Error);
            Assert.Equal(ErrorCodes.TimeLimit, (await door.Query(Endless)).Error?.Code);
            Assert.Equal(ErrorCodes.TimeLimit, (await door.Exec("UPDATE tickets SET title = 'late' WHERE id < (" + Endless + ")")).Error?.Code);
            Assert.Equal("0|\n", engine.Rows("SELECT count(*) FROM tickets WHERE title = 'late'"));
            Assert.Equal("[{\"x\":2}]", DatabaseFixture.Text(await door.Query("SELECT 2 AS x")));
            Assert.Empty(door.Faults);
        });
    }

    [Fact]
    public async Task Query_CallEnds_IsCancelled()
    {
        await OnBoth("limit_cancel", async engine =>
        {
            await using var door = new DatabaseFixture(engine.Options).Grant(Access.Read, "*");
            using var over = new CancellationTokenSource();
            door.OnAsked = asked => over.CancelAfter(asked == 2 ? 100 : Timeout.Infinite);
            var reply = await door.Channel.InvokeAsync("db.query", System.Text.Encoding.UTF8.GetBytes($$"""{"query":"{{Endless}}"}"""), over.Token);
            Assert.Equal(ErrorCodes.Cancelled, reply.Error?.Code);
        });
    }

    [Fact]
    public async Task Query_LargerThanItMay_GivesNoRow()
    {
        await OnBoth("limit_size", async engine =>
        {
            var options = engine.Options;
            options.Rows = 100;
            options.AnswerBytes = 10_000;
            await using var door = new DatabaseFixture(options).Grant(Access.Read, "*");
            const string Numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i FROM n";
            Assert.Null((await door.Query(Numbers, 100)).Error);
            Assert.Equal(ErrorCodes.ResponseLimit, (await door.Query(Numbers, 101)).Error?.Code);
            var large = engine is SqliteSample ? "SELECT replace(hex(zeroblob(?)), '00', 'xx') AS x" : "SELECT repeat('xx', ?) AS x";
            Assert.Null((await door.Query(large, 4_000)).Error);
            Assert.Equal(ErrorCodes.ResponseLimit, (await door.Query(large, 4_999)).Error?.Code);
            Assert.Contains((await door.Query(large, 200_000_000)).Error?.Code, (string[])[ErrorCodes.ResponseLimit, ErrorCodes.DatabaseError, ErrorCodes.TimeLimit]);
            Assert.Null((await door.Query("SELECT 1 AS x")).Error);
            Assert.Empty(door.Faults);
        });
    }

    [Theory]
    [InlineData("""{"query":"SELECT ?","args":[[1]]}""")]
    [InlineData("""{"query":"SELECT ?","args":[{"a":1}]}""")]
    [InlineData("""{"query":"SELECT ?","args":{"a":1}}""")]
    [InlineData("""{"query":"SELECT ?","args":"x"}""")]
    [InlineData("""{"query":"SELECT ?","args":[1e999]}""")]
    [InlineData("""{"query":"SELECT ?","args":["a\u0000b"]}""")]
    [InlineData("""{"query":"SELECT ?","args":["\ud800"]}""")]
    [InlineData("""{"query":"SELECT 1\u0000; SELECT 2"}""")]
    [InlineData("""{"query":7}""")]
    [InlineData("""{"args":[]}""")]
    [InlineData("""{"query":"SELECT 1","more":1}""")]
    [InlineData("""{"query":"SELECT 1","database":1}""")]
    public async Task Query_ArgumentsThatAreNone_AreRefused(string json)
    {
        using var sample = new SqliteSample(SuiteSchema.Sqlite);
        await using var door = new DatabaseFixture(sample.Options).Grant(Access.Read, "*");
        Assert.Equal(ErrorCodes.InvalidArgument, (await door.Raw("db.query", json)).Error?.Code);
    }

    [Fact]
    public async Task Values_GoInAndComeOut_AsDocumented()
    {
        await OnBoth("limit_types", async engine =>
        {
            var lite = engine is SqliteSample;
            engine.Run(lite
                ? "CREATE TABLE kinds (id INTEGER PRIMARY KEY, whole INTEGER, wide INTEGER, share REAL, words TEXT, bytes BLOB)"
                : "CREATE TABLE kinds (id INTEGER PRIMARY KEY, whole INTEGER, wide BIGINT, share DOUBLE PRECISION, words TEXT, bytes BYTEA)");
            await using var door = new DatabaseFixture(engine.Options).Grant(Access.Read | Access.Write, "kinds");
            Assert.Null((await door.Exec("INSERT INTO kinds (id, whole, wide, share, words) VALUES (?, ?, ?, ?, ?)", 1, -5, 9007199254740993L, 0.1, "zo\u00eb \u263a \"q\" </script>")).Error);
            Assert.Null((await door.Exec("INSERT INTO kinds (id, whole, wide, share, words) VALUES (?, ?, ?, ?, ?)", 2, null, -9007199254740991L, 1e300, null)).Error);
            engine.Run(lite ? "UPDATE kinds SET bytes = x'00ff10'" : @"UPDATE kinds SET bytes = '\x00ff10'");
            Assert.Equal(
                """[{"id":1,"whole":-5,"wide":"9007199254740993","share":0.1,"words":"zoë ☺ \"q\" </script>","bytes":"AP8Q"},{"id":2,"whole":null,"wide":-9007199254740991,"share":1E+300,"words":null,"bytes":"AP8Q"}]""",
                DatabaseFixture.Text(await door.Query("SELECT * FROM kinds ORDER BY id")));
        });
    }

    [Fact]
    public async Task PostgreSql_ItsOwnTypes_ComeAsDocumented()
    {
        await using var sample = await PostgreSqlSample.CreateAsync(server, "limit_pg_types");
        await using var door = new DatabaseFixture(sample.Options).Grant(Access.Read, "*");
        var reply = await door.Query("SELECT true AS b, 1.50::numeric AS n, 12345678901234567890::numeric AS w, avg(i) AS a, DATE '2026-03-04' AS d, TIMESTAMPTZ '2026-03-04 05:06:07+02' AS t, "
            + "'6f1c1a3e-8f1b-4b7e-9d55-000000000001'::uuid AS u, '{\"a\":[1]}'::jsonb AS j, ARRAY[1,2] AS r, 'NaN'::float8 AS x, INTERVAL '1 hour' AS i, NULL AS z FROM generate_series(1, 2) i");
        Assert.Equal(
            """[{"b":true,"n":1.5,"w":"12345678901234567890","a":1.5,"d":"2026-03-04","t":"2026-03-04 03:06:07+00","u":"6f1c1a3e-8f1b-4b7e-9d55-000000000001","j":"{\"a\": [1]}","r":"{1,2}","x":"NaN","i":"PT1H","z":null}]""",
            DatabaseFixture.Text(reply));
    }

    private async Task OnBoth(string name, Func<ISuiteEngine, Task> test)
    {
        using (var sqlite = new SqliteSample(SuiteSchema.Sqlite)) await test(sqlite);
        await using var postgreSql = await PostgreSqlSample.CreateAsync(server, name);
        await test(postgreSql);
    }
}
