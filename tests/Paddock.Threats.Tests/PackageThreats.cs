using Paddock.Packaging;

namespace Paddock.Threats.Tests;

/// <summary>Rows 14, 15, 20, 63, 68, 72 and 73 on a whole host with real runtimes: what runs is what was verified and reviewed, on every way that code comes to run.</summary>
public sealed class PackageThreats
{
    private const string Kv = "permissions:\n  - { type: kv, access: readwrite, scope: ['*'] }\n  - { type: cache, access: readwrite, scope: ['*'] }\nsecrets: [token]\n";
    private const string Code = "module.exports = { run: () => 'as it was', other: () => 'as it was' }";
    private const string Evil = "module.exports = { run: () => 'canary!!!', other: () => 'canary!!!' }";
    private static readonly Permission[] Grants = [new(PermissionType.Kv, Access.Read | Access.Write, ["*"]), new(PermissionType.Cache, Access.Read | Access.Write, ["*"])];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // Loaded before it was rewritten: the verified bytes run. Not loaded: it is refused, and nobody else is.
    [Fact]
    public async Task T14_StoredFilesRewrittenBetweenVerificationAndCall_TheVerifiedBytesRunOrNone()
    {
        await using var host = await WholeHost.StartAsync();
        await host.ServeAsync(host.Package("stats", "1.0.0", Code));
        await host.ServeAsync(host.Package("neighbour", "1.0.0", "exports.run = () => 42"));
        Assert.Equal("\"as it was\"", await host.CallAsync("stats"));
        Assert.Equal(1, host.Rewrite(Code, Evil));
        Assert.Equal("\"as it was\"", await host.CallAsync("stats"));
        await host.RestartAsync();
        Assert.Equal(ServiceErrorCodes.IntegrityFailed, await host.CallAsync("stats"));
        Assert.Contains(await host.DeniedLoadsAsync(), r => r.Code == ServiceErrorCodes.IntegrityFailed);
        Assert.Equal("42", await host.CallAsync("neighbour"));

        // Control: the same bytes through the door that has no such defence, an operator's approval.
        await host.Packages.UninstallAsync(WholeHost.Operator, "stats", true, Ct);
        await host.ServeAsync(host.Package("stats", "1.0.1", Evil));
        Assert.Equal("\"canary!!!\"", await host.CallAsync("stats"));
    }

    [Theory]
    [InlineData("restart", true)]
    [InlineData("restart", false)]
    [InlineData("eager", true)]
    [InlineData("eager", false)]
    [InlineData("evicted", true)]
    [InlineData("evicted", false)]
    [InlineData("enabled", true)]
    [InlineData("enabled", false)]
    [InlineData("policy", true)]
    [InlineData("policy", false)]
    [InlineData("rollback", true)]
    [InlineData("rollback", false)]
    [InlineData("resumed", true)]
    [InlineData("resumed", false)]
    public async Task T20_EveryWayToLoadAgain_Verifies(string way, bool rewritten)
    {
        await using var host = await WholeHost.StartAsync(o => (o.EagerLoading, o.LoadedPlugins) = (way == "eager", way == "evicted" ? 1 : 100));
        var installed = await host.ServeAsync(host.Package("stats", "1.0.0", Code));
        Assert.Equal("\"as it was\"", await host.CallAsync("stats"));
        if (way == "rollback") await host.ServeAsync(host.Package("stats", "2.0.0", "exports.run = () => 'newer'"));
        if (rewritten) Assert.Equal(1, host.Rewrite(Code, Evil));
        switch (way)
        {
            case "evicted":
                await host.ServeAsync(host.Package("neighbour", "1.0.0", "exports.run = () => 42"));
                Assert.Equal("42", await host.CallAsync("neighbour"));
                break;
            case "enabled":
                foreach (bool enabled in (bool[])[false, true]) await host.Packages.EnableAsync(WholeHost.Operator, "stats", enabled, Ct);
                break;
            case "policy":
                var approved = new Policy.PluginPolicy { Status = Policy.PolicyStatus.Approved, LimitCeiling = new Limits { MemoryBytes = 20 << 20 } };
                Assert.Equal(rewritten ? ServiceErrorCodes.IntegrityFailed : null, (await host.Packages.SetPolicyAsync(WholeHost.Operator, "stats", approved, installed.Digest, Ct)).Error?.Code);
                // What was verified goes on until somebody stops it, and damage does not keep anybody from that.
                if (rewritten) Assert.Null((await host.Packages.SetPolicyAsync(WholeHost.Operator, "stats", new() { Status = Policy.PolicyStatus.Blocked }, installed.Digest, Ct)).Error);
                break;
            case "rollback":
                var back = await host.Packages.RollbackAsync(WholeHost.Operator, "stats", installed.Digest, Ct);
                Assert.Equal(rewritten ? ServiceErrorCodes.IntegrityFailed : null, back.Error?.Code);
                Assert.Equal(rewritten ? "\"newer\"" : "\"as it was\"", await host.CallAsync("stats"));
                return;
            case "resumed":
                await host.Get<IHostControl>().StopAllAsync(WholeHost.Operator, Ct);
                await host.Get<IHostControl>().ResumeAsync(WholeHost.Operator, Ct);
                break;
            default: await host.RestartAsync(); break;
        }

        // Control: not rewritten, each of these ways brings it back.
        Assert.Equal(rewritten ? ServiceErrorCodes.IntegrityFailed : "\"as it was\"", await host.CallAsync("stats"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task T20_PackagesDirectory_VerifiesWhatItReads(bool tampered)
    {
        byte[] key = PackageKeys.Generate();
        string watched = Directory.CreateTempSubdirectory("paddock-watched-").FullName;
        await using (var host = await WholeHost.StartAsync(o => (o.PackagesDirectory, o.PackagesDebounce) = (watched, TimeSpan.FromMilliseconds(50))))
        {
            await host.TrustAsync(key);
            string made = await host.SignedFolderAsync(key, "stats", "1.0.0", Code);
            // A signature that is right, over a file that is not the one that was signed.
            if (tampered) await File.WriteAllTextAsync(Path.Combine(made, "main.js"), Evil, Ct);
            Directory.Move(made, Path.Combine(watched, "stats"));
            WholeHost.Write(Path.Combine(watched, "zz-last"), "last", "1.0.0", Code);
            while ((await host.Packages.GetAsync(WholeHost.Operator, "last", Ct)).Error is not null) await Task.Yield();
            var found = await host.Packages.GetAsync(WholeHost.Operator, "stats", Ct);
            while (!tampered && found.Error is not null) found = await host.Packages.GetAsync(WholeHost.Operator, "stats", Ct);
            Assert.Equal(tampered ? ServiceErrorCodes.PluginNotFound : null, found.Error?.Code);
        }

        Directory.Delete(watched, recursive: true);
    }

    [Fact]
    public async Task T15_OlderVersionWithItsGoodSignature_IsRefusedOnEveryWay()
    {
        byte[] key = PackageKeys.Generate();
        await using var host = await WholeHost.StartAsync();
        await host.TrustAsync(key);
        var old = await host.SignedAsync(key, "stats", "1.0.0", Evil);
        await host.ServeAsync(await host.SignedAsync(key, "stats", "2.0.0", Code));
        Assert.Equal(ServiceErrorCodes.DowngradeRefused, (await host.Packages.InstallAsync(WholeHost.Author, old, Ct)).Error?.Code);
        await host.RestartAsync();
        Assert.Equal(ServiceErrorCodes.DowngradeRefused, (await host.Packages.InstallAsync(WholeHost.Author, old, Ct)).Error?.Code);
        await host.Packages.UninstallAsync(WholeHost.Operator, "stats", true, Ct);
        Assert.Equal(ServiceErrorCodes.DowngradeRefused, (await host.Packages.InstallAsync(WholeHost.Operator, old, Ct)).Error?.Code);

        // Control: a newer one of the same code is taken.
        await host.ServeAsync(await host.SignedAsync(key, "stats", "2.0.1", Evil));
        Assert.Equal("\"canary!!!\"", await host.CallAsync("stats"));
    }

    [Fact]
    public async Task T63_CodeSwappedBetweenDisplayAndApproval_IsNotApproved()
    {
        await using var host = await WholeHost.StartAsync();
        var shown = await host.InstallAsync(host.Package("stats", "1.0.0", Code));
        var swapped = await host.InstallAsync(host.Package("stats", "1.0.0", Evil));
        var policy = new Policy.PluginPolicy { Status = Policy.PolicyStatus.Approved };
        Assert.Equal(ServiceErrorCodes.ReviewStale, (await host.Packages.SetPolicyAsync(WholeHost.Operator, "stats", policy, shown.Digest, Ct)).Error?.Code);
        Assert.Equal(ServiceErrorCodes.PluginNotApproved, await host.CallAsync("stats"));
        // Rewritten in the store between the two, it is neither what was shown nor anything that may run.
        Assert.Equal(1, host.Rewrite(Evil, Code));
        Assert.Equal(ServiceErrorCodes.IntegrityFailed, (await host.Packages.SetPolicyAsync(WholeHost.Operator, "stats", policy, swapped.Digest, Ct)).Error?.Code);
        Assert.Equal(1, host.Rewrite(Code, Evil));

        // Control: the digest that is there is approved, and its code runs.
        await host.ApproveAsync("stats", swapped.Digest);
        Assert.Equal("\"canary!!!\"", await host.CallAsync("stats"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task T68_AnotherPublishersPackageUnderAFreedName_InheritsNothing(bool stranger)
    {
        const string code = """
            module.exports = {
              put: async (c) => { await c.host.kv.set('k', 'canary'); await c.host.cache.set('k', 'canary', 600); return 1 },
              run: async (c) => [await c.host.kv.get('k'), (await c.host.cache.get('k')).found],
            }
            """;
        byte[] owner = PackageKeys.Generate(), other = PackageKeys.Generate();
        await using var host = await WholeHost.StartAsync();
        await host.TrustAsync(owner);
        await host.TrustAsync(other);
        await host.ServeAsync(await host.SignedAsync(owner, "stats", "1.0.0", code, Kv), Grants);
        Assert.Null((await host.Packages.SetSecretAsync(WholeHost.Operator, "stats", "token", "canary", Ct)).Error);
        Assert.Equal("1", await host.CallAsync("stats", "put"));
        await host.Packages.UninstallAsync(WholeHost.Operator, "stats", false, Ct);

        var again = await host.InstallAsync(await host.SignedAsync(stranger ? other : owner, "stats", "1.0.0", code, Kv));
        // Neither has a policy, and so no grant, or a secret.
        Assert.Equal((false, Policy.PolicyStatus.PendingReview), (again.Active, again.Package.Status));
        Assert.Empty(again.Package.SecretsSet);
        await host.ApproveAsync("stats", again.Digest, Grants);
        // Control: who signed it before finds the values.
        Assert.Equal(stranger ? "[null,false]" : "[\"canary\",true]", await host.CallAsync("stats"));
    }

    // What is compiled is in memory, one image a sandbox, found by tenant, plugin and digest; what is on the disk is found by
    // its hash alone, across tenants.
    [Fact]
    public async Task T73_BytesLaidOutBeforehandUnderARightName_AreNotRun()
    {
        await using var host = await WholeHost.StartAsync();
        await host.ServeAsync(host.Package("first", "1.0.0", Code));
        Assert.Equal(1, host.Rewrite(Code, Evil));
        // Another package with the same file: its bytes were verified, so they are what is stored.
        await host.ServeAsync(host.Package("second", "1.0.0", Code));
        await host.RestartAsync();
        Assert.Equal(["\"as it was\"", "\"as it was\""], [await host.CallAsync("first"), await host.CallAsync("second")]);
    }

    [Fact]
    public async Task T73_EqualNamesVersionsAndEnginesInstances_ShareNothing()
    {
        await using var host = await WholeHost.StartAsync();
        const string taint = "globalThis.left = 'canary'; Object.prototype.left = 'canary'; module.exports = { run: () => left, other: () => left }";
        await host.ServeAsync(host.Package("first", "1.0.0", taint));
        await host.ServeAsync(host.Package("second", "1.0.0", "exports.run = () => typeof left + typeof ({}).left"));
        for (int i = 0; i < 8; i++)
        {
            Assert.Equal("\"canary\"", await host.CallAsync("first"));
            Assert.Equal("\"undefinedundefined\"", await host.CallAsync("second"));
        }

        // The same name and version with other code, after the first was loaded.
        await host.Packages.UninstallAsync(WholeHost.Operator, "first", true, Ct);
        await host.ServeAsync(host.Package("first", "1.0.0", "exports.run = () => typeof left"));
        Assert.Equal("\"undefined\"", await host.CallAsync("first"));
    }
}
