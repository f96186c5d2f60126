using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Paddock.Audit;
using Paddock.Store;

namespace Paddock.Tests.Store;

/// <summary>Records that are committed in groups.</summary>
public sealed class PostedAuditTests : IAsyncDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("paddock-posted-").FullName;
    private readonly Database _database;
    private readonly AuditStore _audit;

    public PostedAuditTests()
    {
        _database = Database.Open(_path, NullLogger.Instance);
        _audit = new AuditStore(_database, new StillClock());
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _audit.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_path, recursive: true);
    }

    [Fact]
    public async Task Post_EqualActs_AreOneRecordWithTheirNumber()
    {
        for (int i = 0; i < 5; i++) _audit.Post(Record("cache.get", "a", at: i));
        _audit.Post(Record("cache.get", "b"));
        _audit.Post(Record("cache.get", "a", at: 9));
        Assert.Equal([], Stored());
        Assert.True(await _audit.FlushAsync());
        Assert.Equal([("a", 6L, 0L), ("b", 1L, 0L)], Stored());
        Assert.True((await _audit.VerifyAsync(Ct)).Intact);
    }

    [Fact]
    public async Task Post_AfterACommit_IsAnotherRecord()
    {
        _audit.Post(Record("cache.get", "a"));
        await _audit.FlushAsync();
        _audit.Post(Record("cache.get", "a"));
        await _audit.FlushAsync();
        Assert.Equal([("a", 1L, 0L), ("a", 1L, 0L)], Stored());
    }

    [Fact]
    public async Task Write_AfterAPost_StandsBehindIt()
    {
        _audit.Post(Record("cache.get", "read"));
        await _audit.WriteAsync(Record("cache.set", "written"), Ct);
        Assert.Equal(["read", "written"], Stored().Select(r => r.Target));
    }

    [Fact]
    public async Task Dispose_WithPostedRecords_KeepsThem()
    {
        _audit.Post(Record("cache.get", "a"));
        await _audit.DisposeAsync();
        Assert.Equal([("a", 1L, 0L)], Stored());
    }

    [Fact]
    public async Task Post_WithoutATimersHelp_IsKeptByTheRealClock()
    {
        await using var audit = new AuditStore(_database);
        audit.Post(Record("cache.get", "a"));
        while (Stored().Length == 0)
        {
            Ct.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    [Fact]
    public async Task Post_WhenFull_Throws_AndLosesNothing()
    {
        int accepted = 0;
        try
        {
            for (; accepted < 1_000_000; accepted++) _audit.Post(Record("cache.get", $"{accepted}"));
        }
        catch (InvalidOperationException)
        {
            // There is no room: the one who posts is told.
        }

        _audit.Post(Record("cache.get", "0"));
        await _audit.FlushAsync();
        Assert.Equal(10_000, accepted);
        Assert.Equal(accepted + 1, Stored().Sum(r => r.Times));
        _audit.Post(Record("cache.get", "after"));
    }

    [Fact]
    public async Task Keep_WhenFull_WaitsForTheDisk_AndADenialAlwaysDoes()
    {
        for (int i = 0; i < 10_000; i++) _audit.Post(Record("cache.get", $"{i}"));
        await _audit.KeepAsync(Record("cache.get", "one more"));
        Assert.Equal(10_001, Stored().Length);
        await _audit.KeepAsync(Record("cache.get", "denied") with { Allowed = false });
        Assert.Equal("denied", Stored()[^1].Target);
    }

    [Fact]
    public async Task Post_WhileNothingCanBeWritten_IsRefused_AndWhatWasPostedComesLater()
    {
        await _database.WriteAsync(c => c.Execute("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no'); END"), Ct);
        _audit.Post(Record("cache.get", "a"));
        Assert.False(await _audit.FlushAsync());
        Assert.Throws<InvalidOperationException>(() => _audit.Post(Record("cache.get", "b")));
        await _database.WriteAsync(c => c.Execute("DROP TRIGGER full"), Ct);
        Assert.True(await _audit.FlushAsync());
        _audit.Post(Record("cache.get", "c"));
        await _audit.FlushAsync();
        Assert.Equal([("a", 1L, 0L), ("c", 1L, 0L)], Stored());
        Assert.True((await _audit.VerifyAsync(Ct)).Intact);
    }

    [Fact]
    public async Task Post_FromManyThreads_CountsEach()
    {
        await Parallel.ForAsync(0, 2000, Ct, async (i, _) =>
        {
            _audit.Post(Record("cache.get", $"{i % 7}"));
            if (i % 100 == 0) await _audit.WriteAsync(Record("cache.set", "w"), Ct);
        });
        await _audit.FlushAsync();
        Assert.Equal(2000, Stored().Where(r => r.Target != "w").Sum(r => r.Times));
        Assert.True((await _audit.VerifyAsync(Ct)).Intact);
    }

    private (string Target, long Times, long At)[] Stored() =>
        [.. _database.Read(c => c.Query<(string, long, long)>("SELECT target, times, at FROM audit ORDER BY seq"))];

    private static AuditRecord Record(string action, string target, int at = 0) =>
        new() { At = DateTimeOffset.UnixEpoch.AddMilliseconds(at), Tenant = "default", Actor = "ann", PluginId = "p", Action = action, Target = target, Allowed = true };

    /// <summary>A clock whose timers never fire: the test says when a window ends.</summary>
    private sealed class StillClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Still();

        private sealed class Still : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
                // Nothing is held.
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
