using Paddock.Packaging;
using Paddock.Policy;
using Paddock.Tests.Seam;

namespace Paddock.Tests.Packages;

/// <summary>Rows 16, 60 and 72: what was revoked, or runs on terms that hold no longer, whichever way it came to run.</summary>
public sealed class RevocationThreats
{
    private const string KvAsked = "permissions:\n  - { type: kv, access: readwrite, scope: ['*'] }\n";
    private const string Write = """invoke kv.set {"key":"k","value":1}""";
    private static readonly Permission Kv = new(PermissionType.Kv, Access.Read | Access.Write, ["*"]);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task T72_RevokedWhileItRuns_ItsCallIsCancelled()
    {
        await using var host = await PackageFixture.StartAsync();
        using var package = new TestPackage(steps: ["wait here"]);
        var installed = await host.InstallAndApproveAsync(package);
        var underWay = host.ResultAsync("stats");
        await host.Host.Runtime.Gate("here").ArrivedAsync();
        await RevokeAsync(host, installed.Digest);
        Assert.Equal(CallStatus.Cancelled, (await underWay).Status);
        Assert.Equal(ServiceErrorCodes.PackageRevoked, await host.RefusalAsync("stats"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task T60_RevokedWhileItsLastCallsEnd_TheyAreCancelledAndHaveNoGrants(bool revoked)
    {
        await using var host = await PackageFixture.StartAsync();
        using var old = new TestPackage(more: KvAsked, steps: ["leak", "wait here", Write]);
        using var fresh = new TestPackage(version: "2.0.0", more: KvAsked, steps: ["result 10"]);
        var first = await host.InstallAndApproveAsync(old, TestPackage.Approved(Kv));
        var underWay = host.ResultAsync("stats");
        await host.Host.Runtime.Gate("here").ArrivedAsync();
        await host.InstallAndApproveAsync(fresh, TestPackage.Approved(Kv));
        if (revoked) await RevokeAsync(host, first.Digest);
        // The channel of the call under way, as a guest would use it that does not heed its cancellation.
        Assert.True(host.Host.Runtime.Leaked.TryPeek(out var channel));
        if (!revoked) Assert.Null((await channel.InvokeAsync("kv.set", """{"key":"k","value":1}"""u8.ToArray(), Ct)).Error);
        else Assert.NotNull((await channel.InvokeAsync("kv.set", """{"key":"k","value":1}"""u8.ToArray(), Ct)).Error);
        host.Host.Runtime.Gate("here").Open();
        // Control: not revoked, the old version's call ends as it would have.
        Assert.Equal(revoked ? CallStatus.Cancelled : CallStatus.Completed, (await underWay).Status);
        Assert.Equal(10, (await host.ResultAsync("stats")).Value.Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task T72_RevokedOnItsWayIntoService_NeverServes(bool revoked)
    {
        await using var host = await PackageFixture.StartAsync();
        using var package = new TestPackage(steps: ["result 10"]);
        var waiting = await host.InstallAsync(package);
        host.Host.Runtime.LoadGate = new Gate();
        var approving = host.Packages.SetPolicyAsync(PackageFixture.Operator, "stats", TestPackage.Approved(), waiting.Digest, Ct).AsTask();
        await host.Host.Runtime.LoadGate.ArrivedAsync();
        // Whoever revokes waits for the change under way; it is committed before that.
        var revoking = revoked ? RevokeAsync(host, waiting.Digest) : Task.CompletedTask;
        while (revoked && host.Host.Database.Read(c => Dapper.SqlMapper.ExecuteScalar<int>(c, "SELECT count(*) FROM revoked_packages")) == 0) await Task.Yield();
        host.Host.Runtime.LoadGate.Open();
        await approving;
        await revoking;
        Assert.Equal(revoked ? ServiceErrorCodes.PackageRevoked : null, await host.RefusalAsync("stats"));
    }

    [Fact]
    public async Task T72_Rollback_ToARevokedVersion_IsRefusedOnEveryWay()
    {
        await using var host = await PackageFixture.StartAsync(o => o.RollBackAfter = 1);
        using var hole = new TestPackage(steps: ["result 10"]);
        using var mended = new TestPackage(version: "2.0.0", steps: ["in fail throw"]);
        var first = await host.InstallAndApproveAsync(hole);
        var second = await host.InstallAndApproveAsync(mended);
        await RevokeAsync(host, first.Digest);
        Assert.Equal(ServiceErrorCodes.PackageRevoked, (await host.Packages.RollbackAsync(PackageFixture.Operator, "stats", first.Digest, Ct)).Error!.Code);
        Assert.Equal(ServiceErrorCodes.PackageRevoked, (await host.Packages.RollbackAsync(PackageFixture.Operator, "stats", null, Ct)).Error!.Code);
        // Installing it again is no way round, and neither is a failing version that has the host look for the former one.
        Assert.NotNull((await host.Packages.InstallAsync(PackageFixture.Operator, hole.Source, Ct)).Error);
        await host.ResultAsync("stats", "fail");
        await host.RestartAsync();
        Assert.Equal(second.Digest, (await host.Packages.GetAsync(PackageFixture.Operator, "stats", Ct)).Value.Active!.Digest);
    }

    [Fact]
    public async Task T16_KeyRevoked_WhatItSignedStopsAtOnce_AndStaysSoOverARestart()
    {
        await using var host = await PackageFixture.StartAsync();
        var (stolen, other) = (new SigningKey(), new SigningKey());
        await stolen.TrustAsync(host);
        await other.TrustAsync(host);
        using var package = await stolen.SignAsync(new TestPackage(steps: ["in slow wait here"]));
        using var neighbour = await other.SignAsync(new TestPackage("neighbour"));
        await host.InstallAndApproveAsync(package);
        await host.InstallAndApproveAsync(neighbour);
        var underWay = host.ResultAsync("stats", "slow");
        await host.Host.Runtime.Gate("here").ArrivedAsync();
        Assert.Null((await host.Host.Get<ITrustService>().RevokeAsync(PackageFixture.Operator, stolen.Id, Ct)).Error);
        Assert.Equal(CallStatus.Cancelled, (await underWay).Status);
        Assert.Equal(ServiceErrorCodes.PackageRevoked, await host.RefusalAsync("stats"));
        await host.RestartAsync();
        Assert.NotNull(await host.RefusalAsync("stats"));
        // Control: a key that holds.
        Assert.Null(await host.RefusalAsync("neighbour"));
    }

    [Fact]
    public async Task T16_KeyOfTheOptions_RevokedByAnOperator_IsRevoked()
    {
        var key = new SigningKey();
        await using var host = await PackageFixture.StartAsync(o => o.Trust = new PackageTrust { RequireSignatures = true, Keys = [new TrustedKey("ours", PackageKeys.ImportPublicPem(key.Pem))] });
        using var package = await key.SignAsync(new TestPackage());
        using var fresh = await key.SignAsync(new TestPackage(version: "2.0.0"));
        await host.InstallAndApproveAsync(package);
        await key.TrustAsync(host);
        await host.Host.Get<ITrustService>().RevokeAsync(PackageFixture.Operator, key.Id, Ct);
        Assert.NotNull((await host.Packages.InstallAsync(PackageFixture.Author, fresh.Source, Ct)).Error);
        Assert.NotNull(await host.RefusalAsync("stats"));
    }

    [Fact]
    public async Task T60_LimitsNarrowed_HoldForTheNextCallOfALoadedPlugin()
    {
        await using var host = await PackageFixture.StartAsync();
        using var package = new TestPackage();
        var installed = await host.InstallAndApproveAsync(package);
        await host.ResultAsync("stats");
        var narrow = TestPackage.Approved() with { LimitCeiling = new Limits { MemoryBytes = 3 << 20 } };
        await host.ApproveAsync("stats", installed.Digest, narrow);
        int loads = host.Host.Runtime.Loads.Count;
        await host.ResultAsync("stats");
        Assert.Equal(loads + 1, host.Host.Runtime.Loads.Count);
        Assert.Equal(3 << 20, host.Host.Runtime.Loads.Last().Limits.MemoryBytes);
        // Control: other grants, the same limits; the loaded one is used.
        await host.ApproveAsync("stats", installed.Digest, narrow with { Grants = [Kv] });
        await host.ResultAsync("stats");
        Assert.Equal(loads + 1, host.Host.Runtime.Loads.Count);
    }

    private static async Task RevokeAsync(PackageFixture host, string digest) =>
        Assert.Null((await host.Packages.RevokeAsync(PackageFixture.Operator, digest, "a hole", Ct)).Error);
}
