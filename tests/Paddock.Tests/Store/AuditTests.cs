using Paddock.Tests.Seam;
using static Paddock.Tests.Seam.HostFixture;

namespace Paddock.Tests.Store;

public sealed class AuditTests : IAsyncDisposable
{
    private const string NoTriggers = "DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete;";
    private readonly HostFixture _host = new(o => o.Retention.AuditRecords = 12);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("UPDATE audit SET allowed = 0 WHERE seq = 3")]
    [InlineData("DELETE FROM audit WHERE seq = 3")]
    [InlineData("DELETE FROM audit")]
    public async Task Records_CannotBeChangedOrRemoved(string sql)
    {
        await FillAsync();
        Assert.Throws<Microsoft.Data.Sqlite.SqliteException>(() => _host.Tamper(sql));
        Assert.True((await _host.Audit.VerifyAsync(Ct)).Intact);
    }

    [Theory]
    [InlineData("UPDATE audit SET allowed = 0 WHERE seq = 3", 3L)]
    [InlineData("UPDATE audit SET target = NULL WHERE seq = 3", 3L)]
    [InlineData("DELETE FROM audit WHERE seq = 3", 4L)]
    [InlineData("DELETE FROM audit WHERE seq > 10", 11L)]
    [InlineData("DELETE FROM audit WHERE seq < 4", 4L)]
    [InlineData("DELETE FROM audit; DELETE FROM meta WHERE key LIKE 'audit.%'", 0L)]
    [InlineData("UPDATE audit SET seq = seq + 100 WHERE seq = 20", 120L)]
    [InlineData("UPDATE meta SET value = zeroblob(72) WHERE key = 'audit.head'", 0L)]
    public async Task T69_Rewritten_IsFound(string sql, long firstBroken)
    {
        await FillAsync();
        _host.Tamper(NoTriggers + sql);
        var found = await _host.Audit.VerifyAsync(Ct);
        Assert.Equal((false, firstBroken), (found.Intact, found.FirstBroken));
    }

    [Fact]
    public async Task T69_RecomputedUnderAnotherKey_IsFound()
    {
        await FillAsync();
        File.Delete(Path.Combine(_host.DataDirectory, "audit.key"));
        await _host.RestartAsync();
        await _host.CreateAsync();
        Assert.False((await _host.Audit.VerifyAsync(Ct)).Intact);
    }

    [Fact]
    public async Task T69_Control_Untouched_IsIntact_AlsoAfterARestart()
    {
        await FillAsync();
        await _host.RestartAsync();
        Assert.Equal((true, 20L), await CheckAsync());
    }

    [Fact]
    public async Task Retention_ShortensTheChain_AndItStaysIntact()
    {
        await FillAsync();
        var (_, _, removed) = await _host.Get<Paddock.Store.Retention>().PruneAsync(Ct);
        Assert.Equal(8, removed);
        Assert.Equal((true, 12L), await CheckAsync());
        await _host.CreateAsync();
        Assert.Equal((true, 13L), await CheckAsync());
        _host.Tamper(NoTriggers + "DELETE FROM audit WHERE seq <= 9");
        Assert.False((await _host.Audit.VerifyAsync(Ct)).Intact);
    }

    private async Task<(bool, long)> CheckAsync()
    {
        var found = await _host.Audit.VerifyAsync(Ct);
        return (found.Intact, found.Records);
    }

    private async Task FillAsync()
    {
        for (int i = 0; i < 20; i++) await _host.CreateAsync();
    }
}
