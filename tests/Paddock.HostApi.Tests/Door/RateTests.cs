using Paddock.HostApi.Door;

namespace Paddock.HostApi.Tests.Door;

public sealed class RateTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("db.query")]
    [InlineData("db.exec")]
    [InlineData("http.request")]
    [InlineData("email.send")]
    public async Task Rate_UsedUp_IsRefusedWithATimeToRetry_AndComesBack(string function)
    {
        var house = new DoorHouse().Give("a");
        for (var i = 0; i < 3; i++) Assert.Null(await house.Code(function, "x@example.com"));
        house.Clock.Pass(TimeSpan.FromSeconds(20));
        var refused = (await house.Call(function, "x@example.com")).Error!;
        Assert.Equal((ErrorCodes.RateLimited, TimeSpan.FromSeconds(40)), (refused.Code, refused.RetryAfter));
        Assert.Equal(3, house.Performed.Count);
        house.Clock.Pass(refused.RetryAfter!.Value);
        Assert.Null(await house.Code(function, "x@example.com"));
        Assert.Contains(house.Audit, a => a.Record is { Allowed: false, Code: ErrorCodes.RateLimited } && !a.Posted);
    }

    [Fact]
    public async Task Rate_QueriesAndStatements_CountTogether_OthersApart()
    {
        var house = new DoorHouse().Give("a");
        Assert.Null(await house.Code("db.query"));
        Assert.Null(await house.Code("db.exec"));
        Assert.Null(await house.Code("db.query"));
        Assert.Equal(ErrorCodes.RateLimited, await house.Code("db.exec"));
        Assert.Null(await house.Code("http.request"));
    }

    [Fact]
    public async Task Rate_Zero_IsNever_AndWithoutBoundIsAlways()
    {
        var house = new DoorHouse().Give("a", new RateLimits(1, 0, int.MaxValue, 1));
        var refused = (await house.Call("db.query")).Error!;
        Assert.Equal((ErrorCodes.RateLimited, null), (refused.Code, refused.RetryAfter));
        for (var i = 0; i < 1000; i++) Assert.Null(await house.Code("http.request"));
    }

    [Fact]
    public async Task Rate_DeniedCall_IsNotCounted()
    {
        var house = new DoorHouse().Set("a", GrantSet.Empty with { Rates = new RateLimits(1, 1, 1, 1) });
        for (var i = 0; i < 3; i++) Assert.Equal(ErrorCodes.PermissionDenied, await house.Code("db.query"));
        house.Give("a", new RateLimits(1, 1, 1, 1));
        Assert.Null(await house.Code("db.query"));
    }

    [Fact]
    public async Task T62_WallClockSetBackOrForward_ChangesNoWindow()
    {
        var house = new DoorHouse().Give("a");
        for (var i = 0; i < 3; i++) await house.Call("db.query");
        foreach (var days in new[] { 1, -2, 365 })
        {
            house.Clock.Now += TimeSpan.FromDays(days);
            Assert.Equal(ErrorCodes.RateLimited, await house.Code("db.query"));
        }

        // Control: a minute that really passes opens it.
        house.Clock.Pass(Minute);
        Assert.Null(await house.Code("db.query"));
    }

    [Fact]
    public async Task T62_Reload_DoesNotEmptyTheWindow()
    {
        var house = new DoorHouse().Give("a");
        for (var i = 0; i < 3; i++) await house.Call("db.query");
        house.NewDoor();
        house.Give("a");
        Assert.Equal(ErrorCodes.RateLimited, await house.Code("db.query"));
        Assert.Equal(ErrorCodes.RateLimited, (await house.Call(DoorHouse.Scope("a", "d2"), "db.query")).Error?.Code.Replace(ErrorCodes.PermissionDenied, ErrorCodes.RateLimited, StringComparison.Ordinal));

        // Control: with ledgers of its own, as if it lived in the loaded plugin, the door would let it through again.
        house.NewDoor(new PluginLedgers(house.Clock));
        Assert.Null(await house.Code("db.query"));
    }

    [Fact]
    public async Task T62_Purge_IsWhatEndsALedger()
    {
        var house = new DoorHouse().Give("a");
        for (var i = 0; i < 3; i++) await house.Call("db.query");
        house.Ledgers.Remove("default", "a");
        Assert.Null(await house.Code("db.query"));
    }

    [Fact]
    public async Task T61_QuotaThroughAChain_IsChargedToTheFirstCallerToo()
    {
        var house = new DoorHouse().Give("a").Give("b", new RateLimits(100, 100, 100, 100)).Give("c", new RateLimits(100, 100, 100, 100));
        var b = DoorHouse.Scope("a").ForCallee("b", "d", "exe", "b");
        var c = b.ForCallee("c", "d", "exe", "c");
        Assert.Null((await house.Call(DoorHouse.Scope("a"), "db.query")).Error);
        Assert.Null((await house.Call(b, "db.query")).Error);
        Assert.Null((await house.Call(c, "db.query")).Error);
        foreach (var scope in new[] { DoorHouse.Scope("a"), b, c }) Assert.Equal(ErrorCodes.RateLimited, (await house.Call(scope, "db.query")).Error?.Code);

        // Control: the same callees called from outside have their own rates, all of them.
        Assert.Null((await house.Call(DoorHouse.Scope("b"), "db.query")).Error);
        Assert.Null((await house.Call(c with { Root = null }, "db.query")).Error);
    }

    [Fact]
    public async Task T61_CalleesOwnRate_HoldsInAChainToo()
    {
        var house = new DoorHouse().Give("a", new RateLimits(100, 100, 100, 100)).Give("b", new RateLimits(1, 1, 1, 1));
        var b = DoorHouse.Scope("a").ForCallee("b", "d", "exe", "b");
        Assert.Null((await house.Call(b, "db.query")).Error);
        Assert.Equal(ErrorCodes.RateLimited, (await house.Call(b, "db.query")).Error?.Code);
    }

    [Fact]
    public async Task T61_FirstCallerBlocked_StopsItsWholeChain()
    {
        var house = new DoorHouse().Give("a").Give("b");
        var b = DoorHouse.Scope("a").ForCallee("b", "d", "exe", "b");
        house.Set("a", GrantSet.Blocked);
        Assert.Equal(ErrorCodes.PluginBlocked, (await house.Call(b, "db.query")).Error?.Code);
        Assert.Null((await house.Call(DoorHouse.Scope("b"), "db.query")).Error);
    }

    [Fact]
    public void TryCall_CallsPerSecond_SlideWithTheClock()
    {
        var house = new DoorHouse();
        var ledger = house.Ledgers.Of("default", "a");
        var rates = new RateLimits(2, 0, 0, 0);
        Assert.True(ledger.TryCall(rates, out _));
        house.Clock.Pass(TimeSpan.FromSeconds(0.9));
        Assert.True(ledger.TryCall(rates, out _));
        Assert.False(ledger.TryCall(rates, out var wait));
        Assert.Equal(TimeSpan.FromSeconds(0.1), wait);
        house.Clock.Pass(wait);
        Assert.True(ledger.TryCall(rates, out _));
        Assert.False(ledger.TryCall(rates, out _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(5000)]
    public void Window_AnyTimes_NeverAdmitsMoreThanItsLimitInItsLength(int limit)
    {
        const long length = 60_000_000;
        var window = new SlidingWindow(length);
        var random = new Random(limit);
        var admitted = new Queue<long>();
        long now = 0, total = 0;
        for (var i = 0; i < 100_000; i++)
        {
            now += random.Next(3) switch { 0 => 0, 1 => random.Next(20_000), _ => random.Next((int)(length / limit)) };
            var took = window.TryTake(now, limit, out var wait);
            while (admitted.TryPeek(out var first) && now - first >= length) admitted.Dequeue();
            if (!took)
            {
                Assert.InRange(wait, 1, length);
                continue;
            }

            admitted.Enqueue(now);
            total++;
            Assert.True(admitted.Count <= limit);
        }

        // Nor much less: a window that refuses everything would pass the above.
        Assert.True(total > limit * 2L || total == 100_000);
    }
}
