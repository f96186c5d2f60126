using Paddock.Packaging;

namespace Paddock.Policy.Tests;

public sealed class PolicyEngineTests
{
    [Fact]
    public async Task Decide_PolicyThatSaysNothing_LeavesThePackagePending() =>
        Assert.Equal(PolicyStatus.PendingReview, PolicyEngine.Decide(await Package(), new PluginPolicy()).Status);

    [Fact]
    public async Task Decide_AuthorsOwnSnippet_IsApprovedWithANamedWeakening()
    {
        var package = await Package();
        var admission = PolicyEngine.Decide(package, PluginPolicy.ForAuthors);
        Assert.Equal(PolicyStatus.Approved, admission.Status);
        Assert.Same(package, admission.Package);
        var finding = Assert.Single(admission.Findings);
        Assert.Equal((PolicyEngine.UnsignedInProcess, FindingSeverity.Warning), (finding.Code, finding.Severity));
    }

    [Theory]
    [InlineData(IsolationLevel.InProcess)]
    [InlineData(IsolationLevel.Process)]
    [InlineData(IsolationLevel.MicroVm)]
    public async Task Decide_Isolation_IsRaisedToTheFloor(IsolationLevel floor)
    {
        var admission = PolicyEngine.Decide(await Package(), new PluginPolicy { IsolationFloor = floor });
        Assert.Equal(floor, admission.Isolation);
        Assert.Equal(floor == IsolationLevel.InProcess, admission.Findings.Any(f => f.Code == PolicyEngine.UnsignedInProcess));
    }

    [Fact]
    public async Task Decide_FloorBelowTheManifests_DoesNotLowerIt()
    {
        var draft = new PluginDraft
        {
            Name = "container",
            Code = "name: a_b\nruntime: node18\nentry: main.js",
            Config = System.Text.Json.JsonSerializer.SerializeToElement(new { files = new Dictionary<string, string> { ["main.js"] = "1" } }),
        };
        Assert.Equal(IsolationLevel.Container, PolicyEngine.Decide(await Package(draft), PluginPolicy.ForAuthors).Isolation);
    }

    [Fact]
    public async Task Decide_ManifestWithoutLimits_GetsTheCeiling()
    {
        var ceiling = new Limits { Timeout = TimeSpan.FromSeconds(1), MemoryBytes = 7, HostCalls = 3 };
        Assert.Equal(ceiling, PolicyEngine.Decide(await Package(), new PluginPolicy { LimitCeiling = ceiling }).Limits);
    }

    private static async Task<VerifiedPackage> Package(PluginDraft? draft = null)
    {
        draft ??= new PluginDraft { Name = "snippet", Code = "module.exports = 1;" };
        var verification = await new PackageVerifier(new AnyScript()).VerifyDraftAsync(draft, TestContext.Current.CancellationToken);
        return Assert.IsType<VerifiedPackage>(verification.Package);
    }

    private sealed class AnyScript : IJavaScriptAnalyzer
    {
        public ValueTask<JavaScriptAnalysis> AnalyzeAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
            new(new JavaScriptAnalysis(null, false, []));
    }
}
