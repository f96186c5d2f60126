using Paddock.Policy;
using Paddock.Store;
using Paddock.Tests.Seam;

namespace Paddock.Tests.Packages;

/// <summary>Rows 15, 22, 63, 64 and 68: what an author can bring into service, or inherit, without an operator.</summary>
public sealed class ConsentThreats
{
    private const string Route = """register {"name":"NAME","version":"1.0.0","routes":[{"method":"GET","path":"/same","handler":"page"}]}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // Signed by the same trusted key, newer, asking for no more: covered, had it not been taken back.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task T63_RolledBack_InstallingItAgainIsNoWayBack(bool rolledBack)
    {
        await using var host = await PackageFixture.StartAsync();
        var key = new SigningKey();
        await key.TrustAsync(host);
        using var one = await key.SignAsync(new TestPackage(steps: ["result 10"]));
        using var two = await key.SignAsync(new TestPackage(version: "2.0.0", steps: ["result 20"]));
        await host.InstallAndApproveAsync(one);
        if (rolledBack)
        {
            Assert.True((await host.InstallAsync(two)).Active);
            Assert.Null((await host.Packages.RollbackAsync(PackageFixture.Operator, "stats", null, Ct)).Error);
        }

        var again = await host.InstallAsync(two);
        Assert.Equal(!rolledBack, again.Active);
        Assert.Equal(rolledBack, again.Findings.Any(f => f.Code == ServiceErrorCodes.VersionTakenBack));
        Assert.Equal(rolledBack ? 10 : 20, (await host.ResultAsync("stats")).Value.Length);
        // An operator may.
        if (rolledBack) await host.ApproveAsync("stats", again.Digest);
        Assert.Equal(20, (await host.ResultAsync("stats")).Value.Length);
    }

    // The digest is of the files: what its code says of itself is beside it, and may be said differently each time.
    [Fact]
    public async Task T63_OtherRegistrationUnderTheSameDigest_IsWhatIsStoredAndReviewed()
    {
        await using var host = await PackageFixture.StartAsync();
        using var package = new TestPackage(steps: ["register outside"]);
        host.Host.Runtime.Outside = () => """{"name":"stats","version":"1.0.0","routes":[{"method":"GET","path":"/more","handler":"page"}]}""";
        await host.InstallAsync(package);
        host.Host.Runtime.Outside = () => """{"name":"stats","version":"1.0.0","routes":[{"method":"GET","path":"/less","handler":"page"}]}""";
        var shown = await host.InstallAsync(package);
        Assert.Equal("/less", Assert.Single(shown.Package.Waiting!.Registration.Routes).Path);
        await host.ApproveAsync("stats", shown.Digest);
        Assert.Equal("/less", Assert.Single(host.Contributions.Current(Principal.DefaultTenant).Routes).Value.Path);
        await host.RestartAsync();
        Assert.Equal("/less", Assert.Single(host.Contributions.Current(Principal.DefaultTenant).Routes).Value.Path);
    }

    [Fact]
    public async Task T22_SignedAfterItWasInstalledUnsigned_IsSignedWhenItIsReadAgain()
    {
        await using var host = await PackageFixture.StartAsync();
        var key = new SigningKey();
        await key.TrustAsync(host);
        using var package = new TestPackage();
        using var fresh = await key.SignAsync(new TestPackage(version: "2.0.0"));
        await host.InstallAsync(package);
        await host.InstallAndApproveAsync(await key.SignAsync(package));
        await host.RestartAsync();
        Assert.True((await host.InstallAsync(fresh)).Active);
    }

    // Two plugins with one route, the one installed while the other was disabled.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task T64_ContributionTakenByAnotherMeanwhile_IsNotTakenBackByEnabling(bool taken)
    {
        await using var host = await PackageFixture.StartAsync();
        using var first = new TestPackage("first", steps: [Route.Replace("NAME", "first", StringComparison.Ordinal)]);
        using var second = new TestPackage("second", steps: [Route.Replace("NAME", "second", StringComparison.Ordinal)]);
        await host.InstallAndApproveAsync(first);
        await host.Packages.EnableAsync(PackageFixture.Operator, "first", false, Ct);
        if (taken) await host.InstallAndApproveAsync(second);
        var enabled = await host.Packages.EnableAsync(PackageFixture.Operator, "first", true, Ct);
        Assert.Equal(taken ? ServiceErrorCodes.ContributionConflict : null, enabled.Error?.Findings.Single().Code);
        Assert.Equal(taken ? "second" : "first", Assert.Single(host.Contributions.Current(Principal.DefaultTenant).Routes).Plugin);
    }

    [Fact]
    public async Task T68_UninstalledAndInstalledAgain_IsRecordedByNobodysWish()
    {
        await using var host = await PackageFixture.StartAsync();
        var key = new SigningKey();
        await key.TrustAsync(host);
        using var package = await key.SignAsync(new TestPackage());
        var first = await host.InstallAndApproveAsync(package);
        host.Host.Tamper($"INSERT INTO replay_consents VALUES ('{first.Package.Id}', '{Principal.DefaultTenant}', 'ann', 'olga', 0, 9000000000000000)");
        await host.Packages.UninstallAsync(PackageFixture.Operator, "stats", false, Ct);
        var again = await host.InstallAsync(package);
        Assert.Equal(first.Package.Id, again.Package.Id);
        Assert.Equal(0, host.Host.Database.Read(c => Dapper.SqlMapper.ExecuteScalar<int>(c, "SELECT count(*) FROM replay_consents")));
    }

    // An author who installs without end: each waits in the place of the one before, or is refused.
    [Fact]
    public async Task T11_PackagesThatAreReplacedOrRefused_LeaveNoBytes()
    {
        await using var host = await PackageFixture.StartAsync(o => o.PackageBytes = 4096);
        string blobs = Path.Combine(host.Host.DataDirectory, "blobs");
        using (var first = new TestPackage(version: "2.0.0")) await host.InstallAndApproveAsync(first);
        int before = Directory.GetFiles(blobs).Length;
        for (int i = 0; i < 5; i++)
        {
            using var waiting = new TestPackage(version: $"3.0.{i}");
            Assert.False((await host.InstallAsync(waiting)).Active);
            using var old = new TestPackage(version: $"1.0.{i}", steps: ["log old"]);
            Assert.Equal(ServiceErrorCodes.DowngradeRefused, (await host.Packages.InstallAsync(PackageFixture.Author, old.Source, Ct)).Error!.Code);
            using var large = new TestPackage("large", steps: [$"log {i}{new string('x', 5000)}"]);
            Assert.Equal(ServiceErrorCodes.PluginQuota, (await host.Packages.InstallAsync(PackageFixture.Author, large.Source, Ct)).Error!.Code);
        }

        // One manifest more: that of the version that waits. Its code is the other's.
        Assert.Equal(before + 1, Directory.GetFiles(blobs).Length);
        Assert.Equal(CallStatus.Completed, (await host.ResultAsync("stats")).Status);
        await host.Packages.UninstallAsync(PackageFixture.Operator, "stats", true, Ct);
        Assert.Empty(Directory.GetFiles(blobs));
    }

    [Fact]
    public void T43_LogFlood_IsBoundedBySizeToo()
    {
        var ring = new Lifecycle.LogRing();
        for (int i = 0; i < 100; i++) ring.Add([new LogEntry(SetClock.Start, LogSeverity.Info, $"{i} {new string('x', 100_000)}")]);
        var kept = ring.Read(LogSeverity.Debug);
        Assert.InRange(kept.Sum(e => e.Message.Length), 1, 512 << 10);
        Assert.StartsWith("99 ", kept[^1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T14_DamagedRow_StopsItsPlugin_AndNotTheHost()
    {
        await using var host = await PackageFixture.StartAsync();
        using var package = new TestPackage();
        using var neighbour = new TestPackage("neighbour");
        var installed = await host.InstallAndApproveAsync(package);
        await host.InstallAndApproveAsync(neighbour);
        foreach (string files in (string[])["[", "null", "[null]", """[{"Path":"main.js","Sha256":"../../etc/passwd","Size":1}]"""])
        {
            host.Host.Tamper($"UPDATE package_versions SET files = '{files}' WHERE plugin_id = '{installed.Package.Id}'");
            await host.RestartAsync();
            Assert.Equal(ServiceErrorCodes.IntegrityFailed, await host.RefusalAsync("stats"));
            Assert.Null(await host.RefusalAsync("neighbour"));
        }
    }
}
