using Paddock.HostApi.Databases;

namespace Paddock.HostApi.Tests.Databases;

/// <summary>The database and the door of the suite on PostgreSQL, made once.</summary>
public sealed class PostgreSqlSuiteFixture(PostgreSqlServer server) : IAsyncLifetime
{
    internal PostgreSqlSample Sample { get; private set; } = null!;

    internal DatabaseFixture Door { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Sample = await PostgreSqlSample.CreateAsync(server, "suite");
        Door = SuiteRun.Granted(new DatabaseFixture(Sample.Options));
    }

    public async ValueTask DisposeAsync()
    {
        await Door.DisposeAsync();
        await Sample.DisposeAsync();
    }
}

public sealed class PostgreSqlSuite(PostgreSqlSuiteFixture fixture) : IClassFixture<PostgreSqlSuiteFixture>
{
    public static IEnumerable<TheoryDataRow<int>> Cases => SuiteCase.For('p');

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Suite(int index)
    {
        var test = SuiteCase.At(index);
        await SuiteRun.Judge(fixture.Sample, fixture.Door, test, test.Sql);
        if (test.Function == "db.exec") fixture.Sample.Reset();
    }
}
