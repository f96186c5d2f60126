using System.Text;
using Paddock.Policy;

namespace Paddock.Tests.Packages;

public sealed class UpgradeTests
{
    private const string KvRead = "permissions:\n  - { type: kv, access: read, scope: ['*'] }\n";
    private const string KvBoth = "permissions:\n  - { type: kv, access: readwrite, scope: ['*'] }\n";
    private static readonly Permission Kv = new(PermissionType.Kv, Access.Read | Access.Write, ["*"]);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Upgrade_SameTrustedKeyAndNoMore_ServesAtOnce_AndNarrows()
    {
        await using var host = await PackageFixture.StartAsync();
        var key = new SigningKey();
        await key.TrustAsync(host);
        using var old = await key.SignAsync(new TestPackage(more: KvBoth, steps: ["result 10"]));
        using var fresh = await key.SignAsync(new TestPackage(version: "1.1.0", more: KvRead, steps: ["""invoke kv.set {"key":"k","value":1}"""]));
        await host.InstallAndApproveAsync(old, TestPackage.Approved(Kv));
        var outcome = await host.InstallAsync(fresh);
        Assert.True(outcome.Active);
        Assert.Equal("[\"PERMISSION_DENIED\"]", Encoding.UTF8.GetString((await host.ResultAsync("stats")).Value.Span));
        // What it gave up it does not find again.
        using var greedy = await key.SignAsync(new TestPackage(version: "1.2.0", more: KvBoth));
        Assert.False((await host.InstallAsync(greedy)).Active);
    }

    [Fact]
    public async Task T63_UpgradeAsksForMore_WaitsWithItsReasons()
    {
        await using var host = await PackageFixture.StartAsync();
        var key = new SigningKey();
        await key.TrustAsync(host);
        using var old = await key.SignAsync(new TestPackage(more: KvRead, steps: ["result 10"]));
        using var fresh = await key.SignAsync(new TestPackage(version: "1.1.0", more: KvBoth, steps: ["result 20"]));
        await host.InstallAndApproveAsync(old, TestPackage.Approved(Kv));
        var outcome = await host.InstallAsync(fresh);
        Assert.False(outcome.Active);
        Assert.Contains(outcome.Findings, f => f.Code == PolicyCodes.ConsentPermission);
        Assert.Equal(10, (await host.ResultAsync("stats")).Value.Length);
    }

    [Fact]
    public async Task T19_UpgradeByAnotherTrustedKey_Waits()
    {
        await using var host = await PackageFixture.StartAsync();
        var (one, two) = (new SigningKey(), new SigningKey());
        await one.TrustAsync(host);
        await two.TrustAsync(host);
        using var old = await one.SignAsync(new TestPackage());
        using var fresh = await two.SignAsync(new TestPackage(version: "1.1.0"));
        await host.InstallAndApproveAsync(old);
        Assert.False((await host.InstallAsync(fresh)).Active);
    }

    [Fact]
    public async Task T16_RevokedKey_WhatItSigned_StopsAtOnce_AndItsUpgradesDoNotServe()
    {
        await using var host = await PackageFixture.StartAsync();
        var key = new SigningKey();
        await key.TrustAsync(host);
        using var old = await key.SignAsync(new TestPackage());
        using var fresh = await key.SignAsync(new TestPackage(version: "1.1.0"));
        await host.InstallAndApproveAsync(old);
        await host.Host.Get<ITrustService>().RevokeAsync(PackageFixture.Operator, key.Id, Ct);
        var result = await host.Packages.InstallAsync(PackageFixture.Author, fresh.Source, Ct);
        Assert.False(result.TryGetValue(out var outcome, out _) && outcome.Active);
        Assert.Equal(ServiceErrorCodes.PackageRevoked, await host.RefusalAsync("stats"));
        await host.RestartAsync();
        Assert.NotNull(await host.RefusalAsync("stats"));
    }

    [Fact]
    public async Task T15_LowerVersionThanOnceAccepted_IsRefused()
    {
        await using var host = await PackageFixture.StartAsync();
        var key = new SigningKey();
        await key.TrustAsync(host);
        using var old = await key.SignAsync(new TestPackage());
        using var fresh = await key.SignAsync(new TestPackage(version: "2.0.0"));
        await host.InstallAndApproveAsync(fresh);
        Assert.Equal(ServiceErrorCodes.DowngradeRefused, (await host.Packages.InstallAsync(PackageFixture.Author, old.Source, Ct)).Error!.Code);
        // Not by way of uninstalling either.
        await host.Packages.UninstallAsync(PackageFixture.Operator, "stats", purge: true, Ct);
        Assert.Equal(ServiceErrorCodes.DowngradeRefused, (await host.Packages.InstallAsync(PackageFixture.Author, old.Source, Ct)).Error!.Code);
    }

    [Fact]
    public async Task T22_OtherPermissionsUnderTheSameVersion_Wait()
    {
        await using var host = await PackageFixture.StartAsync();
        var key = new SigningKey();
        await key.TrustAsync(host);
        using var old = await key.SignAsync(new TestPackage(more: KvBoth));
        using var changed = await key.SignAsync(new TestPackage(more: KvRead));
        await host.InstallAndApproveAsync(old);
        var outcome = await host.InstallAsync(changed);
        Assert.False(outcome.Active);
        Assert.Contains(outcome.Findings, f => f.Code == ServiceErrorCodes.VersionNotNewer);
    }

    [Fact]
    public async Task T68_Reinstall_SamePublisher_FindsItsValues_AnotherDoesNot()
    {
        await using var host = await PackageFixture.StartAsync();
        var (owner, stranger) = (new SigningKey(), new SigningKey());
        await owner.TrustAsync(host);
        await stranger.TrustAsync(host);
        string[] steps = ["""in set invoke kv.set {"key":"k","value":1}""", """in get invoke kv.get {"key":"k"}"""];
        using var own = await owner.SignAsync(new TestPackage(more: KvBoth, steps: steps));
        using var other = await stranger.SignAsync(new TestPackage(more: KvBoth, steps: steps));
        var first = await host.InstallAndApproveAsync(own, TestPackage.Approved(Kv));
        await host.ResultAsync("stats", "set");
        await host.Packages.UninstallAsync(PackageFixture.Operator, "stats", false, Ct);

        var usurper = await host.InstallAsync(other);
        Assert.NotEqual(first.Package.Id, usurper.Package.Id);
        await host.Packages.UninstallAsync(PackageFixture.Operator, "stats", false, Ct);

        var back = await host.InstallAsync(own);
        Assert.Equal((first.Package.Id, PolicyStatus.PendingReview, false), (back.Package.Id, back.Package.Status, back.Active));
        await host.ApproveAsync("stats", back.Digest, TestPackage.Approved(Kv));
        Assert.Equal("[\"OK\"]", Encoding.UTF8.GetString((await host.ResultAsync("stats", "get")).Value.Span));
    }

    [Fact]
    public async Task Install_NameOfAnotherAuthor_IsTaken()
    {
        await using var host = await PackageFixture.StartAsync();
        using var own = new TestPackage();
        using var other = new TestPackage(version: "2.0.0");
        await host.InstallAsync(own);
        Assert.Equal(ServiceErrorCodes.NameTaken, (await host.Packages.InstallAsync(Seam.HostFixture.OtherAuthor, other.Source, Ct)).Error!.Code);
        Assert.Equal(ServiceErrorCodes.PluginNotFound, (await host.Packages.GetAsync(Seam.HostFixture.OtherAuthor, "stats", Ct)).Error!.Code);
        Assert.Equal(ServiceErrorCodes.PluginNotFound, (await host.Packages.GetAsync(Seam.HostFixture.OtherTenant, "stats", Ct)).Error!.Code);
        Assert.Equal(ServiceErrorCodes.Forbidden, (await host.Packages.InstallAsync(Seam.HostFixture.Agent, other.Source, Ct)).Error!.Code);
    }
}
