using static Paddock.Policy.Tests.Packages;

namespace Paddock.Policy.Tests;

public sealed class DecisionTests
{
    public static TheoryData<PluginPolicy?, string> NotRunning => new()
    {
        { null, PolicyCodes.PendingReview },
        { new PluginPolicy { Grants = [Db(Access.Read, "*")] }, PolicyCodes.PendingReview },
        { new PluginPolicy { Status = PolicyStatus.Blocked, Grants = [Db(Access.Read, "*")] }, PolicyCodes.Blocked },
        { new PluginPolicy { Status = (PolicyStatus)99, Grants = [Db(Access.Read, "*")] }, PolicyCodes.PendingReview },
    };

    [Theory]
    [MemberData(nameof(NotRunning))]
    public void Decide_NotApproved_RunsNothingAndGrantsNothing(PluginPolicy? policy, string code)
    {
        var admission = PolicyEngine.Decide(Asking(Db(Access.Read, "tickets")), policy);
        Assert.False(admission.MayRun);
        Assert.Empty(admission.Grants);
        Assert.True(admission.GrantsFor("plg").IsBlocked);
        Assert.Contains(admission.Findings, f => f.Code == code && f.Severity == FindingSeverity.Error);
    }

    [Theory]
    [InlineData(PolicyStatus.Approved)]
    [InlineData(PolicyStatus.Restricted)]
    public void Decide_Granted_IsWhatBothSay(PolicyStatus status)
    {
        var package = Asking(Db(Access.Read | Access.Write, "tickets", "ticket_*"), Http("*.example.com"));
        var admission = PolicyEngine.Decide(package, new PluginPolicy { Status = status, Grants = [Db(Access.Read, "ticket_states", "users"), Http("api.example.com", "example.com")] });
        Assert.True(admission.MayRun);
        Assert.Equal(["db read: ticket_states", "http execute: api.example.com"], admission.Grants.Select(Text));
        var grants = admission.GrantsFor("plg");
        Assert.All(grants.Grants, g => Assert.Equal(("plg", package.Digest), (g.PluginId, g.Digest)));
        Assert.Equal(2, grants.Grants.Select(g => g.Id).Distinct().Count());
    }

    [Fact]
    public void T62_EmptyScope_IsNotReadAsAll()
    {
        var admission = PolicyEngine.Decide(Asking(Db(Access.Read)), Approved(Db(Access.Read, "*")));
        Assert.Empty(admission.Grants);
        Assert.Empty(PolicyEngine.Decide(Asking(Db(Access.Read, "*")), Approved(Db(Access.Read))).Grants);

        // Control: the same with a scope that is written out.
        Assert.Equal(["db read: *"], PolicyEngine.Decide(Asking(Db(Access.Read, "*")), Approved(Db(Access.Read, "*"))).Grants.Select(Text));
    }

    [Fact]
    public void Decide_GitusFilesystem_IsTheDirectoriesThatPolicyNames()
    {
        var package = Of(Manifest("gitu-container") with { Permissions = [Files(Access.Read, ".")] });
        var policy = Approved(Files(Access.Read | Access.Write, "/srv/notes", "/srv/more"));
        Assert.Equal(["files read: /srv/notes, /srv/more"], PolicyEngine.Decide(package, policy).Grants.Select(Text));
        var line = PolicyEngine.Explain(package, policy).Single(l => l.Kind == ExplainedKind.Permission);
        Assert.True(line.WhyNot is null, line.WhyNot?.Message);

        // A policy that names none grants none.
        Assert.Empty(PolicyEngine.Decide(package, Approved()).Grants);
    }

    [Fact]
    public void T57_RootOfTheFileSystem_IsNobodysScope()
    {
        var package = Of(Manifest("gitu-container") with { Permissions = [Files(Access.Read, ".")] });
        Assert.Equal(["files read: /srv/notes"], PolicyEngine.Decide(package, Approved(Files(Access.Read, "/", ".", "/srv/../etc", "/srv/notes"))).Grants.Select(Text));
        Assert.Empty(PolicyEngine.Decide(package, Approved(Files(Access.Read, "/"))).Grants);

        // Whoever writes it into a manifest of another dialect asks for nothing.
        Assert.Empty(PolicyEngine.Decide(Asking(Files(Access.Read, "/")), Approved(Files(Access.Read, "/srv/notes"))).Grants);
    }

    [Fact]
    public void Decide_GoatKitWithoutScope_ReadsAsAllTablesWithAFinding_AndNeedsThatGranted()
    {
        var package = Of(Manifest("goatkit") with { Permissions = [Db(Access.Read)] });
        Assert.Equal(["db read: tickets"], PolicyEngine.Decide(package, Approved(Db(Access.Read, "tickets"))).Grants.Select(Text));
        var all = PolicyEngine.Decide(package, Approved(Db(Access.Read, "*")));
        Assert.Equal(["db read: *"], all.Grants.Select(Text));
        Assert.Contains(all.Findings, f => f.Code == PolicyCodes.AllTables && f.Severity == FindingSeverity.Warning);
    }

    [Fact]
    public void Decide_GoatKitDefaults_AreOffUnlessTurnedOn_AndAreANamedWeakening()
    {
        var package = Of(Manifest("goatkit") with { Permissions = [Db(Access.Read | Access.Write, "tickets"), new(PermissionType.Cache, Access.Read | Access.Write, []), Http("*")] });
        Assert.False(PolicyEngine.Decide(package, null).MayRun);
        var on = new PolicyContext { GoatKitDefaults = true };
        var admission = PolicyEngine.Decide(package, null, on);
        Assert.True(admission.MayRun);
        Assert.Equal(PolicyStatus.PendingReview, admission.Status);
        Assert.Equal(["db read: tickets", "cache read+write: *"], admission.Grants.Select(Text));
        Assert.Contains(admission.Findings, f => f.Code == PolicyCodes.GoatKitDefaults);
        Assert.False(PolicyEngine.Decide(package, new PluginPolicy { Status = PolicyStatus.Blocked }, on).MayRun);
        Assert.False(PolicyEngine.Decide(Of(Manifest()), null, on).MayRun);
    }

    [Fact]
    public void Decide_Limits_AreTheLowestOfManifestPolicyAndHost()
    {
        var manifest = Manifest() with { Limits = new Limits { Timeout = TimeSpan.FromSeconds(5), MemoryBytes = 100, HostCalls = 9 } };
        var limits = PolicyEngine.Decide(
            Of(manifest),
            Approved() with { LimitCeiling = new Limits { Timeout = TimeSpan.FromSeconds(9), MemoryBytes = 50, HostCalls = 9 } },
            new PolicyContext { HostCeiling = new Limits { Timeout = TimeSpan.FromSeconds(7), MemoryBytes = 70, HostCalls = 3 } }).Limits;
        Assert.Equal((TimeSpan.FromSeconds(5), 50L, 3), (limits.Timeout, limits.MemoryBytes, limits.HostCalls));
    }

    [Fact]
    public void Decide_HostsCeilingOfPrograms_HoldsForProgramsAndNothingElse()
    {
        var asked = new Limits { MemoryBytes = 100, Processes = 100, ShutdownTimeout = TimeSpan.FromSeconds(2) };
        var context = new PolicyContext { HostCeiling = asked with { MemoryBytes = 10 }, ProgramCeiling = asked with { MemoryBytes = 70 } };
        Limits Effective(PluginRuntime runtime, PolicyContext within) => PolicyEngine.Decide(Of(Manifest() with { Runtime = runtime, Limits = asked }), Approved() with { LimitCeiling = asked }, within).Limits;
        foreach (var program in new[] { PluginRuntime.Python, PluginRuntime.Node, PluginRuntime.Dotnet, PluginRuntime.GoPlugin, PluginRuntime.Command, PluginRuntime.Container })
        {
            Assert.Equal(asked with { MemoryBytes = 70 }, Effective(program, context));
            Assert.Equal(asked with { MemoryBytes = 10 }, Effective(program, context with { ProgramCeiling = null }));
        }

        Assert.Equal(asked with { MemoryBytes = 10 }, Effective(PluginRuntime.JavaScript, context));
        Assert.Equal(asked with { MemoryBytes = 10 }, Effective(PluginRuntime.Wasm, context));
    }

    [Fact]
    public void Decide_RequiredCapabilityNotGranted_DoesNotRun_OptionalDoes()
    {
        var package = Of(Manifest() with { Capabilities = new CapabilityRequest(["tool:ticket.*"], ["hook:ticket.created"]) });
        Assert.False(PolicyEngine.Decide(package, Approved() with { Capabilities = ["tool:ticket.close"] }).MayRun);
        var admission = PolicyEngine.Decide(package, Approved() with { Capabilities = ["TOOL:*"] });
        Assert.True(admission.MayRun);
        Assert.True(admission.Allows("tool:Ticket.close"));
        Assert.False(admission.Allows("tool:other"));
        Assert.False(admission.Allows("hook:ticket.created"));
    }

    [Fact]
    public void Decide_Observation_HoldsUntilItsTimeAndOnlyReads()
    {
        var until = DateTimeOffset.UnixEpoch.AddDays(1);
        var policy = Approved() with { Observation = new Observation([Db(Access.Read | Access.Write, "*"), Http("*")], until) };
        var before = PolicyEngine.Decide(Asking(), policy, new PolicyContext { Now = until.AddTicks(-1) });
        Assert.Equal(["db read: *"], before.Observation!.Ceiling.Select(Text));
        Assert.Contains(before.Findings, f => f.Code == PolicyCodes.Observing);
        Assert.Null(PolicyEngine.Decide(Asking(), policy, new PolicyContext { Now = until }).Observation);
    }

    [Fact]
    public void Decide_Weakenings_AreEachNamed()
    {
        var policy = Approved(Http("*")) with { RawHtml = true, SensitiveConfigKeys = ["Smtp:User"], Rates = RateLimits.Default with { DbPerMinute = PluginPolicy.Unlimited } };
        var admission = PolicyEngine.Decide(Of(Manifest() with { Stateful = true, Permissions = [Http("api.example.com")] }), policy);
        Assert.Equal(
            [PolicyCodes.UnsignedInProcess, PolicyCodes.RateUnlimited, PolicyCodes.AnyHost, PolicyCodes.RawHtml, PolicyCodes.SensitiveConfig, PolicyCodes.StatefulNotGranted],
            admission.Findings.Select(f => f.Code));
        Assert.True(admission.MayRun);
        Assert.False(admission.Stateful);
    }

    [Fact]
    public void Decide_PolicyChangedByItsMaker_StaysAsItWas()
    {
        var grants = new List<Permission> { Db(Access.Read, "tickets") };
        var policy = new PluginPolicy { Status = PolicyStatus.Approved, Grants = grants };
        grants.Add(Http("*"));
        Assert.Single(policy.Grants);
    }

    [Fact]
    public void Explain_EachPermission_SaysWhoAskedWhoGrantedAndWhyNot()
    {
        var package = Asking(Db(Access.Read | Access.Write, "tickets"), Http("api.example.com", "evil.example"), new(PermissionType.Email, Access.Execute, ["@example.com"]), new(PermissionType.Kv, Access.Read, []));
        var lines = PolicyEngine.Explain(package, Approved(Db(Access.Read, "tickets"), Http("*.example.com"), new(PermissionType.Shell, Access.Execute, ["ls"])))
            .Where(l => l.Kind == ExplainedKind.Permission).ToDictionary(l => l.Subject);
        Assert.Equal(PolicyCodes.AccessNotGranted, lines["db"].WhyNot?.Code);
        Assert.Equal(("manifest", "policy", "read: tickets"), (lines["db"].AskedBy, lines["db"].GrantedBy, lines["db"].Effective));
        Assert.Equal(PolicyCodes.ScopeNotGranted, lines["http"].WhyNot?.Code);
        Assert.Equal("execute: api.example.com", lines["http"].Effective);
        Assert.Equal((PolicyCodes.NotGranted, null), (lines["email"].WhyNot?.Code, lines["email"].GrantedBy));
        Assert.Equal(PolicyCodes.ScopeInvalid, lines["kv"].WhyNot?.Code);
        Assert.Equal((PolicyCodes.NotAsked, null), (lines["shell"].WhyNot?.Code, lines["shell"].AskedBy));
        Assert.All(lines.Values, l => Assert.NotNull(l.WhyNot!.Mend));
    }

    [Fact]
    public void Explain_WhatIsWhole_HasNoWhyNot()
    {
        var package = Of(Manifest() with { Permissions = [Db(Access.Read, "tickets")], Capabilities = new CapabilityRequest([], ["tool:x"]), Limits = new Limits() });
        var lines = PolicyEngine.Explain(package, Approved(Db(Access.Read, "*")) with { Capabilities = ["*"] });
        Assert.All(lines, l => Assert.Null(l.WhyNot));
        Assert.Equal(Enum.GetValues<ExplainedKind>(), lines.Select(l => l.Kind).Distinct().Order());
        Assert.Contains(PolicyEngine.Explain(package, null), l => l.Kind == ExplainedKind.Status && l.WhyNot?.Code == PolicyCodes.PendingReview);
    }

    internal static string Text(Permission p) => $"{PolicyText.Name(p.Type)} {PolicyText.Describe(p)}";
}
