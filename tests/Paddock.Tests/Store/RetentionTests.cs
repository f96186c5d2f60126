using Dapper;
using Paddock.Store;
using Paddock.Tests.Seam;
using static Paddock.Tests.Seam.HostFixture;

namespace Paddock.Tests.Store;

public sealed class RetentionTests : IAsyncDisposable
{
    private readonly HostFixture _host = new(o => (o.Retention.ExecutionsPerPlugin, o.Retention.LogEntries) = (3, 4));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Executions_BeyondTheCountOfAPlugin_GoOldestFirst()
    {
        var busy = await _host.CreateAsync();
        var quiet = await _host.CreateAsync("log quiet");
        await _host.ExecuteAsync(quiet.Id);
        for (int i = 0; i < 5; i++) await _host.ExecuteAsync(busy.Id, new ExecuteRequest { Input = System.Text.Json.JsonSerializer.SerializeToElement(i) });
        Assert.Equal(2, (await PruneAsync()).Executions);
        Assert.Equal(["4", "3", "2"], (await _host.Executions.ListAsync(Author, busy.Id, 50, Ct)).Value.Select(e => e.Result.Text()));
        Assert.Single((await _host.Executions.ListAsync(Author, quiet.Id, 50, Ct)).Value);
    }

    [Fact]
    public async Task Executions_BeyondTheirAge_GoWithTheirLogs()
    {
        var plugin = await _host.CreateAsync("log old");
        await _host.ExecuteAsync(plugin.Id);
        _host.Clock.Advance(TimeSpan.FromDays(31));
        await _host.ExecuteAsync(plugin.Id);
        Assert.Equal(1, (await PruneAsync()).Executions);
        Assert.Equal(0, Count("execution_logs"));
        Assert.Equal(1, Count("executions"));
    }

    [Fact]
    public async Task Logs_BeyondTheirCount_GoOldestFirst()
    {
        var plugin = await _host.CreateAsync("log a", "log b", "log c", "log d", "log e", "log f");
        await _host.ExecuteAsync(plugin.Id);
        Assert.Equal(2, (await PruneAsync()).Logs);
        Assert.Equal(["c", "d", "e", "f"], (await _host.Executions.ListAsync(Author, plugin.Id, 50, Ct)).Value.Single().Result.Logs.Select(l => l.Message));
    }

    [Fact]
    public async Task Audit_BeyondItsAge_Goes()
    {
        await _host.CreateAsync();
        _host.Clock.Advance(TimeSpan.FromDays(366));
        await _host.CreateAsync();
        Assert.Equal(1, (await PruneAsync()).Audit);
        Assert.True((await _host.Audit.VerifyAsync(Ct)).Intact);
        _host.Clock.Advance(TimeSpan.FromDays(366));
        Assert.Equal(1, (await PruneAsync()).Audit);
        await _host.CreateAsync();
        Assert.Equal((true, 1L), ((await _host.Audit.VerifyAsync(Ct)).Intact, (await _host.Audit.VerifyAsync(Ct)).Records));
    }

    private int Count(string table) => _host.Database.Read(c => c.ExecuteScalar<int>($"SELECT count(*) FROM {table}"));

    private Task<(int Executions, int Logs, int Audit)> PruneAsync() => _host.Get<Retention>().PruneAsync(Ct);
}
