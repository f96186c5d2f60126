namespace Paddock.HostApi.Tests.Door;

public sealed class ObservationTests
{
    private readonly DoorHouse _house = new();

    private void Observe(params Permission[] ceiling) => _house.Set("a", new GrantSet([DoorHouse.Grant("a", PermissionType.Cache, Access.Read, "own:")])
    {
        Rates = new RateLimits(100, 100, 100, 100),
        Observation = new Observation(ceiling, _house.Clock.Now.AddHours(1)),
    });

    [Fact]
    public async Task Observe_ReadWithinTheCeiling_IsPerformedAndRecordedAsDenied()
    {
        Observe(new Permission(PermissionType.Cache, Access.Read, ["*"]));
        Assert.Null(await _house.Code("cache.get", "own:1"));
        Assert.Null(await _house.Code("cache.get", "foreign"));
        Assert.Equal([("own:1", 1, 0), ("foreign", 1, 1)], Seen());
        Assert.Equal([(true, null), (true, ErrorCodes.PermissionDenied)], _house.Audit.Select(a => (a.Record.Allowed, a.Record.Code)));
    }

    [Fact]
    public async Task Observe_ReadBeyondTheCeiling_IsDeniedAndRecorded()
    {
        Observe(new Permission(PermissionType.Cache, Access.Read, ["public:"]));
        Assert.Equal(ErrorCodes.PermissionDenied, await _house.Code("cache.get", "foreign"));
        Assert.Equal([("foreign", 1, 1)], Seen());
        Assert.Empty(_house.Performed);
    }

    [Theory]
    [InlineData("db.exec", "tickets")]
    [InlineData("http.request", "https://api.example.com/x")]
    [InlineData("email.send", "x@example.com")]
    public async Task Observe_DeniedWriteOrEgress_IsNeverPerformed_WhateverTheCeilingSays(string function, string key)
    {
        var all = Access.Read | Access.Write | Access.Execute | Access.Delete;
        Observe(new(PermissionType.Db, all, ["*"]), new(PermissionType.Http, all, ["*"]), new(PermissionType.Email, all, ["@example.com"]));
        Assert.Equal(ErrorCodes.PermissionDenied, await _house.Code(function, key));
        Assert.Empty(_house.Performed);
        if (function != "db.exec") Assert.Equal([(function == "http.request" ? "api.example.com" : key, 1, 1)], Seen());

        // Control: granted, the same is performed.
        _house.Give("a");
        Assert.Null(await _house.Code(function, key));
    }

    [Fact]
    public async Task Observe_ExpiresByItself()
    {
        Observe(new Permission(PermissionType.Cache, Access.Read, ["*"]));
        _house.Clock.Pass(TimeSpan.FromHours(1));
        Assert.Equal(ErrorCodes.PermissionDenied, await _house.Code("cache.get", "foreign"));
        Assert.Empty(Seen());
    }

    [Fact]
    public async Task Observe_EndsWhileAnEffectGoesOn_ItsCeilingIsGoneForIt()
    {
        Observe(new Permission(PermissionType.Db, Access.Read, ["*"]));
        _house.Meanwhile = () =>
        {
            _house.Clock.Pass(TimeSpan.FromHours(1));
            return Task.CompletedTask;
        };
        Assert.Equal("[0]", DoorFixture.Text(await _house.Call("db.query", "tickets")));
        Assert.Equal([("tickets", 1, 1)], Seen());
    }

    [Fact]
    public async Task Observe_MoreThanIsKept_SaysSo_AndForgets()
    {
        Observe(new Permission(PermissionType.Cache, Access.Read, ["*"]));
        for (var i = 0; i < 1001; i++) await _house.Call("cache.get", $"k{i}");
        var ledger = _house.Ledgers.Of("default", "a");
        Assert.Equal((1000, true), (ledger.Observed.Count, ledger.ObservedTooMuch));
        ledger.ForgetObserved();
        Assert.Equal((0, false), (ledger.Observed.Count, ledger.ObservedTooMuch));
    }

    [Fact]
    public async Task NotObserving_NothingIsNoted()
    {
        _house.Give("a");
        await _house.Call("db.query", "tickets");
        Assert.Empty(Seen());
    }

    private IEnumerable<(string, long, long)> Seen() => _house.Ledgers.Of("default", "a").Observed.Select(o => (o.Entry, o.Times, o.Denied)).OrderBy(o => o.Denied);
}
