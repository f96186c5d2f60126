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
    public async Task T69_AnOlderCopyOfTheDatabase_IsFound_AlsoWhenItGrowsAgain()
    {
        byte[] head = await FillAndPutBackAsync();
        for (int i = 0; i < 25; i++) await _host.CreateAsync();
        var found = await _host.Audit.VerifyAsync(Ct);
        Assert.Equal((false, AuditFaults.RolledBack), (found.Intact, found.Fault));
        Assert.Equal(head, await File.ReadAllBytesAsync(Path.Combine(_host.DataDirectory, "audit.head"), Ct));
    }

    [Fact]
    public async Task T69_Control_WithTheHeadPutBackToo_OnlyAHeadKeptElsewhereFindsIt()
    {
        var before = new AuditHead(0, "");
        await FillAndPutBackAsync(withHead: true, found => before = new AuditHead(found.HeadSequence, found.Head));
        Assert.True((await _host.Audit.VerifyAsync(Ct)).Intact);
        var found = AuditInspection.Verify(_host.DataDirectory, before, Ct);
        Assert.Equal((false, AuditFaults.RolledBack), (found.Intact, found.Fault));
        for (int i = 0; i < 25; i++) await _host.CreateAsync();
        Assert.True((await _host.Audit.VerifyAsync(Ct)).Intact);
        Assert.Equal(before.Sequence, AuditInspection.Verify(_host.DataDirectory, before, Ct).FirstBroken);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task T69_WithoutItsHeadFile_IsFound(bool whileRunning)
    {
        await FillAsync();
        File.Delete(Path.Combine(_host.DataDirectory, "audit.head"));
        if (!whileRunning) await _host.RestartAsync();
        await _host.CreateAsync();
        Assert.Equal(AuditFaults.AnchorMissing, (await _host.Audit.VerifyAsync(Ct)).Fault);
    }

    [Fact]
    public async Task Inspection_OfALiveDirectory_SeesTheSame()
    {
        await FillAsync();
        var inside = await _host.Audit.VerifyAsync(Ct);
        var outside = AuditInspection.Verify(_host.DataDirectory, new AuditHead(inside.HeadSequence, inside.Head), Ct);
        Assert.Equal(inside, outside);
        File.Delete(Path.Combine(_host.DataDirectory, "audit.key"));
        Assert.Throws<StoreException>(() => AuditInspection.Verify(_host.DataDirectory, cancellationToken: Ct));
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

    /// <summary>Twenty records, then ten more that an older copy of the database takes away again. What the head said before that.</summary>
    private async Task<byte[]> FillAndPutBackAsync(bool withHead = false, Action<AuditVerification>? before = null)
    {
        await FillAsync();
        await _host.RestartAsync();
        string database = Path.Combine(_host.DataDirectory, "paddock.db");
        string head = Path.Combine(_host.DataDirectory, "audit.head");
        byte[] oldHead = await File.ReadAllBytesAsync(head, Ct);
        byte[] old = await File.ReadAllBytesAsync(database, Ct);
        for (int i = 0; i < 10; i++) await _host.CreateAsync();
        before?.Invoke(await _host.Audit.VerifyAsync(Ct));
        byte[] newHead = await File.ReadAllBytesAsync(head, Ct);
        await _host.RestartAsync(() =>
        {
            File.WriteAllBytes(database, old);
            if (withHead) File.WriteAllBytes(head, oldHead);
        });
        return newHead;
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
