using Paddock.HostApi.Databases;

namespace Paddock.HostApi.Tests.Databases;

public sealed class SqliteTests : IAsyncDisposable
{
    private readonly SqliteSample _sample = new(SuiteSchema.Sqlite);
    private readonly DatabaseFixture _door;

    public SqliteTests() => _door = new DatabaseFixture(new DatabaseOptions().AddSqlite("default", _sample.Path));

    public async ValueTask DisposeAsync()
    {
        await _door.DisposeAsync();
        _sample.Dispose();
    }

    public static IEnumerable<TheoryDataRow<int>> Cases => SuiteCase.For('s');

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Suite(int index)
    {
        var test = SuiteCase.At(index);
        await SuiteRun.Judge(_sample, SuiteRun.Granted(_door), test, test.Sql.Replace("{dir}", _sample.Base, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Query_GrantedTable_GivesTypedRows()
    {
        _door.Grant(Access.Read, "tickets");
        _sample.Run("INSERT INTO tickets (id, title, author, area, state) VALUES (77, 'ü\"</', 9007199254740993, 1.5, x'00ff')");
        var reply = await _door.Query("SELECT id, title, author, area AS state, state AS blob, NULL AS n FROM tickets WHERE id = ?", 77);
        Assert.Equal("""[{"id":77,"title":"ü\"</","author":"9007199254740993","state":1.5,"blob":"AP8=","n":null}]""", DatabaseFixture.Text(reply));
    }

    [Fact]
    public async Task Query_OtherTable_IsDeniedByName()
    {
        _door.Grant(Access.Read, "tickets");
        var reply = await _door.Query("SELECT * FROM users");
        Assert.Equal("PERMISSION_DENIED: No grant to read the table users.", DatabaseFixture.Text(reply));
    }

    [Fact]
    public async Task Exec_Insert_Affects()
    {
        _door.Grant(Access.Read | Access.Write, "tickets");
        Assert.Equal("""{"affected":2}""", DatabaseFixture.Text(await _door.Exec("INSERT INTO tickets (id, title, author) VALUES (?, ?, 1), (101, 'b', 1)", 100, "a")));
        Assert.Equal("a|\nb|\n", _sample.Rows("SELECT title FROM tickets WHERE id > 99 ORDER BY id"));
    }
}
