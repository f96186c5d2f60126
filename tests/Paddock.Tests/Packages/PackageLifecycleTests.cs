using Paddock.Packaging;
using Paddock.Policy;
using Paddock.Tests.Seam;

namespace Paddock.Tests.Packages;

public sealed class PackageLifecycleTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Install_NewName_WaitsAndRunsNothing()
    {
        await using var host = await PackageFixture.StartAsync();
        using var package = new TestPackage();
        var outcome = await host.InstallAsync(package);
        Assert.False(outcome.Active);
        Assert.Equal((PolicyStatus.PendingReview, true), (outcome.Package.Status, outcome.Package.Waiting is not null));
        Assert.Equal(ServiceErrorCodes.PluginNotApproved, await host.RefusalAsync("stats"));
        Assert.Empty(host.Host.Runtime.Calls);
    }

    [Fact]
    public async Task Approve_WaitingVersion_Serves()
    {
        await using var host = await PackageFixture.StartAsync();
        using var package = new TestPackage();
        await host.InstallAndApproveAsync(package);
        Assert.Equal(CallStatus.Completed, (await host.ResultAsync("stats")).Status);
        var record = (await host.Packages.GetAsync(PackageFixture.Operator, "stats", Ct)).Value;
        Assert.Equal(("1.0.0", PolicyStatus.Approved, true, true), (record.Active!.Version, record.Status, record.Enabled, record.Loaded));
    }

    [Fact]
    public async Task T63_ApproveDigestThatWasNotReviewed_IsStale()
    {
        await using var host = await PackageFixture.StartAsync();
        using var shown = new TestPackage(steps: ["log shown"]);
        using var swapped = new TestPackage(steps: ["log swapped"]);
        var seen = await host.InstallAsync(shown);
        await host.InstallAsync(swapped);
        var result = await host.Packages.SetPolicyAsync(PackageFixture.Operator, "stats", TestPackage.Approved(), seen.Digest, Ct);
        Assert.Equal(ServiceErrorCodes.ReviewStale, result.Error!.Code);
        Assert.Equal(ServiceErrorCodes.PluginNotApproved, await host.RefusalAsync("stats"));
    }

    [Fact]
    public async Task Upgrade_Unsigned_WaitsWhileTheOldServes()
    {
        await using var host = await PackageFixture.StartAsync();
        using var old = new TestPackage(steps: ["result 10"]);
        using var fresh = new TestPackage(version: "1.1.0", steps: ["result 20"]);
        await host.InstallAndApproveAsync(old);
        var outcome = await host.InstallAsync(fresh);
        Assert.False(outcome.Active);
        Assert.Equal(10, (await host.ResultAsync("stats")).Value.Length);
        await host.ApproveAsync("stats", outcome.Digest);
        Assert.Equal(20, (await host.ResultAsync("stats")).Value.Length);
    }

    [Fact]
    public async Task Replace_CallUnderWay_EndsOnItsVersion_AndTheNextOneIsNew()
    {
        await using var host = await PackageFixture.StartAsync();
        using var old = new TestPackage(steps: ["in slow wait here", "result 10"]);
        using var fresh = new TestPackage(version: "2.0.0", steps: ["result 20"]);
        var first = await host.InstallAndApproveAsync(old);
        var underWay = host.ResultAsync("stats", "slow");
        await host.Host.Runtime.Gate("here").ArrivedAsync();
        await host.InstallAndApproveAsync(fresh);
        Assert.Equal(20, (await host.ResultAsync("stats")).Value.Length);
        // Once for reading its registration; the one that serves the call is still there.
        Assert.Single(host.Host.Runtime.Disposed, first.Digest);
        host.Host.Runtime.Gate("here").Open();
        Assert.Equal(10, (await underWay).Value.Length);
    }

    [Fact]
    public async Task T72_Rollback_BringsTheFormerVersionBack_AndNeverARevokedOne()
    {
        await using var host = await PackageFixture.StartAsync();
        using var one = new TestPackage(steps: ["result 10"]);
        using var two = new TestPackage(version: "2.0.0", steps: ["result 20"]);
        var first = await host.InstallAndApproveAsync(one);
        var second = await host.InstallAndApproveAsync(two);
        Assert.Equal("1.0.0", (await host.Packages.RollbackAsync(PackageFixture.Operator, "stats", null, Ct)).Value.Active!.Version);
        Assert.Equal(10, (await host.ResultAsync("stats")).Value.Length);
        Assert.True((await host.Packages.RevokeAsync(PackageFixture.Operator, second.Digest, "a hole", Ct)).Value);
        Assert.Equal(ServiceErrorCodes.PackageRevoked, (await host.Packages.RollbackAsync(PackageFixture.Operator, "stats", second.Digest, Ct)).Error!.Code);
        await host.Packages.RevokeAsync(PackageFixture.Operator, first.Digest, "another", Ct);
        Assert.Equal(ServiceErrorCodes.PackageRevoked, await host.RefusalAsync("stats"));
        await host.RestartAsync();
        Assert.Equal(ServiceErrorCodes.PackageRevoked, await host.RefusalAsync("stats"));
    }

    [Fact]
    public async Task Disable_TakesAwayCallsAndContributions_AndStaysSoOverARestart()
    {
        await using var host = await PackageFixture.StartAsync();
        using var package = new TestPackage(steps: ["""register {"name":"stats","version":"1.0.0","routes":[{"method":"GET","path":"/stats","handler":"page"}]}"""]);
        await host.InstallAndApproveAsync(package);
        Assert.Single(host.Contributions.Current(Principal.DefaultTenant).Routes);
        await host.Packages.EnableAsync(PackageFixture.Operator, "stats", false, Ct);
        Assert.Empty(host.Contributions.Current(Principal.DefaultTenant).Routes);
        Assert.Equal(ServiceErrorCodes.PluginDisabled, await host.RefusalAsync("stats"));
        await host.RestartAsync();
        Assert.Empty(host.Contributions.Current(Principal.DefaultTenant).Routes);
        Assert.Equal(ServiceErrorCodes.PluginDisabled, await host.RefusalAsync("stats"));
        await host.Packages.EnableAsync(PackageFixture.Operator, "stats", true, Ct);
        Assert.Single(host.Contributions.Current(Principal.DefaultTenant).Routes);
        Assert.Equal(CallStatus.Completed, (await host.ResultAsync("stats")).Status);
    }

    [Fact]
    public async Task Restart_PackageComesBack_LoadedByItsFirstCall()
    {
        await using var host = await PackageFixture.StartAsync();
        using var package = new TestPackage(steps: ["result 10"]);
        await host.InstallAndApproveAsync(package);
        await host.RestartAsync();
        Assert.Empty(host.Host.Runtime.Loads);
        Assert.Equal(10, (await host.ResultAsync("stats")).Value.Length);
        Assert.Single(host.Host.Runtime.Loads);
    }

    [Fact]
    public async Task Uninstall_RemovesIt_AndAnotherPublisherDoesNotFindItsValues()
    {
        await using var host = await PackageFixture.StartAsync();
        using var package = new TestPackage(
            more: "permissions:\n  - { type: kv, access: readwrite, scope: ['*'] }\n",
            steps: ["""in set invoke kv.set {"key":"k","value":1}""", """in get invoke kv.get {"key":"k"}"""]);
        var policy = TestPackage.Approved(new Permission(PermissionType.Kv, Access.Read | Access.Write, ["*"]));
        var installed = await host.InstallAndApproveAsync(package, policy);
        Assert.Equal("[\"OK\"]", System.Text.Encoding.UTF8.GetString((await host.ResultAsync("stats", "set")).Value.Span));
        Assert.True((await host.Packages.UninstallAsync(PackageFixture.Operator, "stats", false, Ct)).Error is null);
        Assert.Equal(ServiceErrorCodes.PluginNotFound, await host.RefusalAsync("stats"));
        var again = await host.InstallAndApproveAsync(package, policy);
        Assert.NotEqual(installed.Package.Id, again.Package.Id);
        await host.ResultAsync("stats", "get");
    }

    [Fact]
    public async Task SafeMode_NothingRunsOrContributes_UntilResumed()
    {
        await using var host = await PackageFixture.StartAsync(o => o.SafeMode = true);
        using var package = new TestPackage(steps: ["""register {"name":"stats","version":"1.0.0","routes":[{"method":"GET","path":"/stats","handler":"page"}]}"""]);
        await host.InstallAndApproveAsync(package);
        Assert.Equal(ServiceErrorCodes.SafeMode, await host.RefusalAsync("stats"));
        Assert.Empty(host.Contributions.Current(Principal.DefaultTenant).Routes);
        await host.Host.Get<IHostControl>().ResumeAsync(PackageFixture.Operator, Ct);
        Assert.Equal(CallStatus.Completed, (await host.ResultAsync("stats")).Status);
        Assert.Single(host.Contributions.Current(Principal.DefaultTenant).Routes);
    }

    [Fact]
    public async Task StopAll_CallUnderWay_IsCancelled()
    {
        await using var host = await PackageFixture.StartAsync();
        using var package = new TestPackage(steps: ["wait here"]);
        await host.InstallAndApproveAsync(package);
        var underWay = host.ResultAsync("stats");
        await host.Host.Runtime.Gate("here").ArrivedAsync();
        Assert.True((await host.Host.Get<IHostControl>().StopAllAsync(PackageFixture.Operator, Ct)).Value);
        Assert.Equal(CallStatus.Cancelled, (await underWay).Status);
        Assert.Equal(ServiceErrorCodes.SafeMode, await host.RefusalAsync("stats"));
    }

    [Fact]
    public async Task Call_FunctionThatIsNoExport_IsForOperators()
    {
        await using var host = await PackageFixture.StartAsync();
        using var package = new TestPackage(steps: ["""register {"name":"stats","version":"1.0.0","exports":["page","exported"],"routes":[{"method":"GET","path":"/a","handler":"page","middleware":["admin"]},{"method":"GET","path":"/b","handler":"open"}]}"""]);
        await host.InstallAndApproveAsync(package);
        Assert.Null(await host.RefusalAsync("stats", "exported", PackageFixture.Author));
        Assert.Equal(ServiceErrorCodes.FunctionNotCallable, await host.RefusalAsync("stats", "hidden", PackageFixture.Author));
        Assert.Equal(ServiceErrorCodes.FunctionNotCallable, await host.RefusalAsync("stats", "page", PackageFixture.Author));
        Assert.Null(await host.RefusalAsync("stats", "open", PackageFixture.Author));
        Assert.Null(await host.RefusalAsync("stats", "hidden", PackageFixture.Operator));
    }

    [Fact]
    public async Task FirstCalls_AllFail_FormerVersionComesBack()
    {
        await using var host = await PackageFixture.StartAsync(o => o.RollBackAfter = 2);
        using var good = new TestPackage(steps: ["result 10"]);
        using var bad = new TestPackage(version: "2.0.0", steps: ["throw"]);
        await host.InstallAndApproveAsync(good);
        await host.InstallAndApproveAsync(bad);
        Assert.Equal(CallStatus.GuestFault, (await host.ResultAsync("stats")).Status);
        Assert.Equal(CallStatus.GuestFault, (await host.ResultAsync("stats")).Status);
        while ((await host.ResultAsync("stats")).Status != CallStatus.Completed) await Task.Yield();
        Assert.Equal("1.0.0", (await host.Packages.GetAsync(PackageFixture.Operator, "stats", Ct)).Value.Active!.Version);
    }

    [Fact]
    public async Task Crashes_InARow_QuarantineUntilEnabled()
    {
        await using var host = await PackageFixture.StartAsync(o => o.QuarantineAfter = 3);
        using var package = new TestPackage(steps: ["in boom trap"]);
        await host.InstallAndApproveAsync(package);
        while ((await host.CallAsync("stats", "boom")).Error is null) await Task.Yield();
        Assert.Equal(ServiceErrorCodes.PluginQuarantined, await host.RefusalAsync("stats"));
        await host.RestartAsync();
        Assert.Equal(ServiceErrorCodes.PluginQuarantined, await host.RefusalAsync("stats"));
        await host.Packages.EnableAsync(PackageFixture.Operator, "stats", true, Ct);
        Assert.Equal(CallStatus.Completed, (await host.ResultAsync("stats")).Status);
    }

    [Fact]
    public async Task Upgrade_FailsItsHealthCheck_OldOneServes()
    {
        await using var host = await PackageFixture.StartAsync();
        const string hook = """register {"name":"stats","version":"2.0.0","hooks":[{"event":"lifecycle.health","handler":"health"}]}""";
        using var good = new TestPackage(steps: ["result 10"]);
        using var sick = new TestPackage(version: "2.0.0", steps: [hook, "in health throw"]);
        await host.InstallAndApproveAsync(good);
        var outcome = await host.InstallAsync(sick);
        var result = await host.Packages.SetPolicyAsync(PackageFixture.Operator, "stats", TestPackage.Approved(), outcome.Digest, Ct);
        Assert.Equal(ServiceErrorCodes.Unhealthy, result.Error!.Code);
        Assert.Equal(10, (await host.ResultAsync("stats")).Value.Length);
    }

    [Fact]
    public async Task T14_StoredFilesRewrittenBehindTheHost_DoNotRun()
    {
        await using var host = await PackageFixture.StartAsync();
        using var package = new TestPackage(steps: ["result 10"]);
        await host.InstallAndApproveAsync(package);
        await host.Host.Get<IPackageService>().EnableAsync(PackageFixture.Operator, "stats", false, Ct);
        foreach (string blob in Directory.EnumerateFiles(Path.Combine(host.Host.DataDirectory, "blobs")))
        {
            if (File.ReadAllText(blob).Contains("steps of a test", StringComparison.Ordinal)) File.WriteAllText(blob, "result 66");
        }

        await host.Host.Get<IPackageService>().EnableAsync(PackageFixture.Operator, "stats", true, Ct);
        Assert.Equal(ServiceErrorCodes.IntegrityFailed, await host.RefusalAsync("stats"));
    }

    [Fact]
    public async Task Rollback_Twice_GoesFurtherBack_NeverForward()
    {
        await using var host = await PackageFixture.StartAsync();
        foreach (string version in (string[])["1.0.0", "2.0.0", "3.0.0"])
        {
            using var package = new TestPackage(version: version);
            await host.InstallAndApproveAsync(package);
        }

        Assert.Equal("2.0.0", (await host.Packages.RollbackAsync(PackageFixture.Operator, "stats", null, Ct)).Value.Active!.Version);
        Assert.Equal("1.0.0", (await host.Packages.RollbackAsync(PackageFixture.Operator, "stats", null, Ct)).Value.Active!.Version);
        Assert.Equal(ServiceErrorCodes.VersionNotFound, (await host.Packages.RollbackAsync(PackageFixture.Operator, "stats", null, Ct)).Error!.Code);
    }

    [Fact]
    public async Task Activate_RouteOfAnotherPlugin_IsRefused_AlsoWhenEnabled()
    {
        await using var host = await PackageFixture.StartAsync();
        using var one = new TestPackage("one", steps: [Route("one", "/a/:id")]);
        using var two = new TestPackage("two", steps: [Route("two", "/A/{number}")]);
        await host.InstallAndApproveAsync(one);
        var waiting = await host.InstallAsync(two);
        Assert.Equal(ServiceErrorCodes.ContributionConflict, (await host.Packages.SetPolicyAsync(PackageFixture.Operator, "two", TestPackage.Approved(), waiting.Digest, Ct)).Error!.Code);
        await host.Packages.EnableAsync(PackageFixture.Operator, "one", false, Ct);
        await host.ApproveAsync("two", waiting.Digest);
        Assert.Equal(ServiceErrorCodes.ContributionConflict, (await host.Packages.EnableAsync(PackageFixture.Operator, "one", true, Ct)).Error!.Code);
        Assert.Equal("two", Assert.Single(host.Contributions.Current(Principal.DefaultTenant).Routes).Plugin);

        static string Route(string name, string path) => $$"""register {"name":"{{name}}","version":"1.0.0","routes":[{"method":"GET","path":"{{path}}","handler":"page"}]}""";
    }

    [Fact]
    public async Task Activate_UnknownMiddleware_IsRefused()
    {
        await using var host = await PackageFixture.StartAsync();
        using var package = new TestPackage(steps: ["""register {"name":"stats","version":"1.0.0","routes":[{"method":"GET","path":"/stats","handler":"page","middleware":["auht"]}]}"""]);
        var waiting = await host.InstallAsync(package);
        var result = await host.Packages.SetPolicyAsync(PackageFixture.Operator, "stats", TestPackage.Approved(), waiting.Digest, Ct);
        Assert.Equal(ServiceErrorCodes.MiddlewareUnknown, result.Error!.Code);
        Assert.Empty(host.Contributions.Current(Principal.DefaultTenant).Routes);
    }

    [Fact]
    public async Task Replace_ShutdownHook_IsCalledOnce_AfterTheLastCall()
    {
        await using var host = await PackageFixture.StartAsync();
        const string hook = """register {"name":"stats","version":"1.0.0","hooks":[{"event":"lifecycle.shutdown","handler":"bye"}]}""";
        using var old = new TestPackage(steps: [hook, "in slow wait here"]);
        using var fresh = new TestPackage(version: "2.0.0");
        await host.InstallAndApproveAsync(old);
        var underWay = host.ResultAsync("stats", "slow");
        await host.Host.Runtime.Gate("here").ArrivedAsync();
        await host.InstallAndApproveAsync(fresh);
        Assert.DoesNotContain(host.Host.Runtime.Calls, c => c.Function == "bye");
        host.Host.Runtime.Gate("here").Open();
        await underWay;
        while (!host.Host.Runtime.Calls.Any(c => c.Function == "bye")) await Task.Yield();
        Assert.Single(host.Host.Runtime.Calls, c => c.Function == "bye");
    }

    [Fact]
    public async Task Texts_InFiles_AreContributed_BehindWhatTheRegistrationSays()
    {
        await using var host = await PackageFixture.StartAsync();
        using var package = new TestPackage(steps: ["""register {"name":"stats","version":"1.0.0","i18n":{"de":{"title":"Titel"}}}"""])
            .Write("i18n/de.json", """{"title":"anders","more":"mehr"}""").Write("i18n/en.json", """{"title":"Title"}""").Write("i18n/fr.json", "[1]");
        await host.InstallAndApproveAsync(package);
        var texts = Assert.Single(host.Contributions.Current(Principal.DefaultTenant).Translations).Value.Texts;
        Assert.Equal(("Titel", "mehr", "Title", 2), (texts["de"]["title"], texts["de"]["more"], texts["en"]["title"], texts.Count));
        await host.RestartAsync();
        Assert.Equal("mehr", Assert.Single(host.Contributions.Current(Principal.DefaultTenant).Translations).Value.Texts["de"]["more"]);
    }

    [Fact]
    public async Task Config_FollowsItsSchema_AndTheVersion()
    {
        await using var host = await PackageFixture.StartAsync();
        const string more = "configSchema: config.json\n";
        const string schema = """{"type":"object","properties":{"days":{"type":"integer","minimum":1},"unit":{"type":"string","default":"h"}},"additionalProperties":false}""";
        using var one = new TestPackage(more: more).Write("config.json", schema);
        using var two = new TestPackage(version: "2.0.0", more: more).Write("config.json", schema.Replace("days", "weeks"));
        await host.InstallAndApproveAsync(one);
        Assert.NotNull((await host.Packages.ConfigureAsync(PackageFixture.Operator, "stats", System.Text.Json.JsonElement.Parse("""{"days":0}"""), Ct)).Error);
        Assert.Null((await host.Packages.ConfigureAsync(PackageFixture.Operator, "stats", System.Text.Json.JsonElement.Parse("""{"days":7}"""), Ct)).Error);
        await host.ResultAsync("stats");
        Assert.Equal("""{"days":7,"unit":"h"}""", Text(host.Host.Runtime.Calls.Last().Config!.Value));
        await host.InstallAndApproveAsync(two);
        await host.ResultAsync("stats");
        Assert.Equal("""{"unit":"h"}""", Text(host.Host.Runtime.Calls.Last().Config!.Value));
        await host.Packages.RollbackAsync(PackageFixture.Operator, "stats", null, Ct);
        await host.ResultAsync("stats");
        Assert.Equal("""{"days":7,"unit":"h"}""", Text(host.Host.Runtime.Calls.Last().Config!.Value));

        static string Text(ReadOnlyMemory<byte> bytes) => System.Text.Encoding.UTF8.GetString(bytes.Span);
    }
}
