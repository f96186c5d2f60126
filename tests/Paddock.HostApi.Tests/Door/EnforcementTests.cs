using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;

namespace Paddock.HostApi.Tests.Door;

public sealed class EnforcementTests
{
    [Fact]
    public async Task T60_PolicyReplaced_HoldsForTheNextHostCallOfAnOpenChannel()
    {
        var house = new DoorHouse().Give("a");
        var channel = house.Door.Open(DoorHouse.Scope());
        Assert.Null((await Invoke(channel, "db.query")).Error);
        house.Set("a", GrantSet.Empty);
        Assert.Equal(ErrorCodes.PermissionDenied, (await Invoke(channel, "db.query")).Error?.Code);
        house.Set("a", GrantSet.Blocked);
        Assert.Equal(ErrorCodes.PluginBlocked, (await Invoke(channel, "time.now")).Error?.Code);

        // Control: what was there is there again, on the same channel.
        house.Give("a");
        Assert.Null((await Invoke(channel, "db.query")).Error);
        Assert.Equal(2, house.Performed.Count);
    }

    [Fact]
    public async Task T60_GrantRevokedWhileAnEffectGoesOn_IsSeenByIt()
    {
        var house = new DoorHouse().Give("a");
        house.Meanwhile = () =>
        {
            house.Set("a", GrantSet.Empty);
            return Task.CompletedTask;
        };
        Assert.Equal("[0]", DoorFixture.Text(await house.Call("db.query")));
        house.Meanwhile = () => Task.CompletedTask;
        house.Give("a");
        Assert.Equal("[1]", DoorFixture.Text(await house.Call("db.query")));
    }

    [Fact]
    public async Task Grant_ThatExpires_HoldsNoLonger_ThoughTheSetIsTheSame()
    {
        var house = new DoorHouse();
        house.Set("a", new GrantSet([DoorHouse.Grant("a", PermissionType.Cache, Access.Read, "*") with { ExpiresAt = house.Clock.Now.AddSeconds(1) }]));
        Assert.Null(await house.Code("cache.get"));
        house.Clock.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(ErrorCodes.PermissionDenied, await house.Code("cache.get"));
    }

    [Fact]
    public async Task T61_GrantOfAnotherPlugin_IsNotUsedThoughTheStoreHandsItOut()
    {
        var house = new DoorHouse();
        house.Set("a", new GrantSet([DoorHouse.Grant("b", PermissionType.Cache, Access.Read, "*"), DoorHouse.Grant("a", PermissionType.Cache, Access.Read, "*") with { Digest = "other" }]));
        Assert.Equal(ErrorCodes.PermissionDenied, await house.Code("cache.get"));
        house.Set("a", new GrantSet([DoorHouse.Grant("a", PermissionType.Cache, Access.Read, "*")]));
        Assert.Null(await house.Code("cache.get"));
    }

    [Fact]
    public async Task Audit_ReadsArePosted_EffectsAndDenialsAreWrittenBefore()
    {
        var house = new DoorHouse().Give("a");
        var records = 0;
        house.Meanwhile = () =>
        {
            records = house.Audit.Count;
            return Task.CompletedTask;
        };
        await house.Call("db.query");
        await house.Call("db.exec");
        Assert.Equal(2, records);
        await house.Call("cache.get");
        await house.Call("time.now");
        Assert.Equal([("db.query", true, true), ("db.exec", true, false), ("cache.get", false, false)], house.Audit.Select(a => (a.Record.Action, a.Record.Allowed, a.Posted)));
        Assert.All(house.Audit, a => Assert.Equal(64, a.Record.ArgumentsDigest?.Length ?? (a.Record.Allowed ? 0 : 64)));
    }

    [Fact]
    public async Task Audit_ThatCannotBeKept_PerformsNothing()
    {
        var house = new DoorHouse().Give("a");
        house.AuditFails = true;
        foreach (var function in new[] { "db.query", "db.exec" }) Assert.Equal(ErrorCodes.HostError, await house.Code(function));
        Assert.Empty(house.Performed);
        house.AuditFails = false;
        Assert.Null(await house.Code("db.exec"));
    }

    [Fact]
    public async Task Reply_LongerThanItMayBe_IsNoReply()
    {
        Assert.Equal(ErrorCodes.ResponseLimit, await new DoorHouse(new HostApiOptions { ReplyBytes = 2 }).Give("a").Code("db.query"));
        Assert.Null(await new DoorHouse(new HostApiOptions { ReplyBytes = 3 }).Give("a").Code("db.query"));
    }

    [Fact]
    public async Task Usage_IsCountedByKindAndOutcome()
    {
        var house = new DoorHouse().Give("a");
        foreach (var (function, key) in new[] { ("db.query", "k"), ("db.exec", "k"), ("db.query", "fail"), ("http.request", "k"), ("email.send", "x@example.com"), ("cache.get", "k"), ("nothing", "k"), ("time.now", "k") })
            await house.Call(function, key);
        var usage = house.Ledgers.Of("default", "a").Usage;
        Assert.Equal((8, 2, 1, 1, 1, 0), (usage.HostCalls, usage.DbQueries, usage.DbExecs, usage.HttpRequests, usage.Emails, usage.CacheOperations));
        Assert.Equal((1, 2, house.Clock.Now), (usage.Errors, usage.Denials, usage.LastHostCall));
        Assert.True(usage.BytesIn > 0 && usage.BytesOut > 0);
        Assert.Null(house.Ledgers.Of("other", "a").Usage.LastHostCall);
    }

    [Fact]
    public async Task Telemetry_NamesPluginAndFunction_AndNothingOfTheGuests()
    {
        var plugin = $"p{Guid.NewGuid():N}";
        var house = new DoorHouse().Give(plugin);
        List<string> spans = [], measurements = [];
        using var listener = new ActivityListener { ShouldListenTo = s => s.Name == "Paddock", Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData };
        listener.ActivityStopped = a => Add(spans, a.GetTagItem("paddock.plugin"), $"{a.ParentSpanId} {string.Join(' ', a.TagObjects.Select(t => t.Value))}");
        ActivitySource.AddActivityListener(listener);
        using var meters = new MeterListener { InstrumentPublished = (i, l) => { if (i.Meter.Name == "Paddock") l.EnableMeasurementEvents(i); } };
        meters.SetMeasurementEventCallback<double>((i, _, tags, _) => Add(measurements, tags[0].Value, $"{i.Name} {string.Join(' ', tags.ToArray().Select(t => t.Value))}"));
        meters.Start();
        using var parent = new Activity("call").Start();
        var channel = house.Door.Open(DoorHouse.Scope(plugin));
        parent.Stop();
        await Invoke(channel, "db.query");
        await Invoke(channel, "canary.function");
        Assert.Equal([$"{parent.SpanId} db.query {plugin} exe", $"{parent.SpanId} unknown {plugin} exe UNKNOWN_HOST_FUNCTION"], spans.Select(s => s.TrimEnd()));
        Assert.Equal([$"paddock.hostcall.duration {plugin} db.query", $"paddock.hostcall.duration {plugin} unknown UNKNOWN_HOST_FUNCTION"], measurements.Select(s => s.TrimEnd()));

        // Other tests run meanwhile, and their calls are heard too.
        void Add(List<string> to, object? whose, string text)
        {
            if (plugin.Equals(whose)) to.Add(text);
        }
    }

    private static async Task<HostReply> Invoke(IHostChannel channel, string function) =>
        await channel.InvokeAsync(function, Encoding.UTF8.GetBytes("""{"key":"k"}"""), TestContext.Current.CancellationToken);
}
