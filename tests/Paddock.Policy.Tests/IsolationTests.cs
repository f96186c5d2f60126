using System.Text;
using Paddock.Packaging;
using static Paddock.Policy.Tests.Packages;

namespace Paddock.Policy.Tests;

public sealed class IsolationTests
{
    [Theory]
    [InlineData(IsolationLevel.InProcess, IsolationLevel.InProcess, IsolationLevel.Process, IsolationLevel.Process)]
    [InlineData(IsolationLevel.Container, IsolationLevel.InProcess, IsolationLevel.Process, IsolationLevel.Container)]
    [InlineData(IsolationLevel.Process, IsolationLevel.Container, IsolationLevel.InProcess, IsolationLevel.Container)]
    [InlineData(IsolationLevel.Process, IsolationLevel.InProcess, IsolationLevel.InProcess, IsolationLevel.Process)]
    public void Decide_ThreeLevels_TheHighestHolds(IsolationLevel manifest, IsolationLevel floor, IsolationLevel host, IsolationLevel expected)
    {
        var package = Of(Manifest() with { Isolation = manifest });
        Assert.Equal(expected, Decide(package, new IsolationRules { Level = host }, Approved() with { IsolationFloor = floor }).Isolation);
    }

    [Theory]
    [InlineData(SignatureState.Trusted, IsolationLevel.InProcess)]
    [InlineData(SignatureState.Unsigned, IsolationLevel.Process)]
    [InlineData(SignatureState.Untrusted, IsolationLevel.Process)]
    public void Decide_Untrusted_IsRaisedByItsSignature(SignatureState signature, IsolationLevel expected)
    {
        var admission = Decide(Signed(signature), new IsolationRules { Untrusted = IsolationLevel.Process });
        Assert.Equal(expected, admission.Isolation);
        Assert.DoesNotContain(admission.Findings, f => f.Code == PolicyCodes.UnsignedInProcess);
    }

    [Fact]
    public void Decide_NamedPlugins_AloneAreForced()
    {
        var rules = new IsolationRules { Level = IsolationLevel.Container, Only = ["stats"] };
        Assert.Equal(IsolationLevel.Container, Decide(Of(Manifest()), rules).Isolation);
        Assert.Equal(IsolationLevel.InProcess, Decide(Of(Manifest() with { Name = "other" }), rules).Isolation);
    }

    [Fact]
    public void Decide_PackageWithoutCode_IsNotRaised() =>
        Assert.Equal(IsolationLevel.InProcess, Decide(Of(Manifest() with { Runtime = PluginRuntime.Template }), new IsolationRules { Level = IsolationLevel.Container, Untrusted = IsolationLevel.Process }).Isolation);

    [Fact]
    public void Decide_NoNetwork_TakesRequestsAwayAndSaysSo()
    {
        var package = Asking(Http("api.example.com"), Db(Access.Read, "tickets"));
        var policy = Approved(Http("api.example.com"), Db(Access.Read, "tickets"));
        var without = Decide(package, new IsolationRules { Network = false }, policy);
        Assert.Equal(["db read: tickets"], without.Grants.Select(DecisionTests.Text));
        Assert.Contains(without.Findings, f => f.Code == PolicyCodes.NetworkDisabled);
        var line = Assert.Single(PolicyEngine.Explain(package, policy, new PolicyContext { Isolation = new IsolationRules { Network = false } }), l => l.Kind == ExplainedKind.Permission && l.Subject == "http");
        Assert.Null(line.Effective);
        Assert.Equal(PolicyCodes.NetworkDisabled, line.WhyNot?.Code);

        // Control.
        Assert.Equal(2, Decide(package, IsolationRules.None, policy).Grants.Count);
    }

    [Fact]
    public void Nexus_Settings_AreRead()
    {
        var rules = Nexus("""{"plugins":{"isolation":{"enabled":true,"backend":"docker","network_enabled":false,"timeout":"30s","limits":{"max_cpu":2,"max_memory":"512MB"},"force":["stats"],"daytona":{"api_key":"x"}}}}""")!;
        Assert.Equal((IsolationLevel.Container, false), (rules.Level, rules.Network));
        Assert.Equal(["stats"], rules.Only);
        var limits = Decide(Of(Manifest() with { Limits = new Limits { Timeout = TimeSpan.FromMinutes(4), MemoryBytes = 2L << 30, Cpu = 8 } }), rules, Approved() with { LimitCeiling = new Limits { Timeout = TimeSpan.FromMinutes(4), MemoryBytes = 2L << 30, Cpu = 8 } }).Limits;
        Assert.Equal((TimeSpan.FromSeconds(30), 512L << 20, 2.0), (limits.Timeout, limits.MemoryBytes, limits.Cpu));
        Assert.Equal(new Limits().HostCalls, limits.HostCalls);
    }

    [Theory]
    [InlineData("firecracker", IsolationLevel.MicroVm)]
    [InlineData("daytona", IsolationLevel.Remote)]
    public void Nexus_BackendThatIsNotHere_IsALevelThatNothingHas(string backend, IsolationLevel level) =>
        Assert.Equal(level, Nexus($$""" {"plugins":{"isolation":{"enabled":true,"backend":"{{backend}}" } } } """)!.Level);

    [Fact]
    public void Nexus_Disabled_AddsNothing() =>
        Assert.Equal(IsolationRules.None, Nexus("""{"plugins":{"isolation":{"enabled":false,"backend":"docker"}}}"""));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"plugins":{"sandbox":{"enabled":true}}}""")]
    [InlineData("""{"plugins":{"isolation":{"enabled":true}}}""")]
    [InlineData("""{"plugins":{"isolation":{"enabled":true,"backend":"chroot"}}}""")]
    [InlineData("""{"plugins":{"isolation":{"enabled":true,"backend":"docker","timeout":"soon"}}}""")]
    [InlineData("""{"plugins":{"isolation":{"enabled":true,"backend":"docker","limits":{"max_memory":"-1MB"}}}}""")]
    [InlineData("""{"plugins":{"isolation":{"enabled":true,"backend":"docker","unknown":1}}}""")]
    [InlineData("nonsense")]
    public void Nexus_SettingsThatAreNone_AreRefused(string json)
    {
        Assert.Null(NexusIsolationFile.Read(Encoding.UTF8.GetBytes(json), out var findings));
        Assert.NotEmpty(findings);
    }

    private static Admission Decide(VerifiedPackage package, IsolationRules rules, PluginPolicy? policy = null) =>
        PolicyEngine.Decide(package, policy ?? Approved(), new PolicyContext { Isolation = rules });

    private static IsolationRules? Nexus(string json)
    {
        var rules = NexusIsolationFile.Read(Encoding.UTF8.GetBytes(json), out var findings);
        Assert.True(findings.Count == 0, string.Join("; ", findings));
        return rules;
    }
}
