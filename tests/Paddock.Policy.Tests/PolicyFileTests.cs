using System.Text;
using FsCheck;
using FsCheck.Fluent;
using static Paddock.Policy.Tests.Packages;

namespace Paddock.Policy.Tests;

public sealed class PolicyFileTests
{
    private static readonly Arbitrary<PluginPolicy> Policies = (
        from status in Gen.Elements(Enum.GetValues<PolicyStatus>())
        from grants in Gen.ListOf(Gen.Elements(
            Db(Access.Read, "tickets", "reports:*"), Db(Access.Read | Access.Write, "*"), Http("*.example.com"), new(PermissionType.Email, Access.Execute, ["@example.com"]),
            new(PermissionType.Kv, Access.Read | Access.Write | Access.Delete, ["a:"]), new(PermissionType.Config, Access.Read, ["Site:*"]), new(PermissionType.Shell, Access.Execute, ["ls"]),
            new(PermissionType.Files, Access.Read, ["/srv/data"]), new(PermissionType.PluginCall, Access.Execute, ["other"]), new(PermissionType.Cache, Access.Read, ["*"])))
        from capabilities in Gen.ListOf(Gen.Elements("tool:*", "hook:ticket.created", "*"))
        from rate in Gen.Elements(0, 1, 600, PluginPolicy.Unlimited)
        from isolation in Gen.Elements(Enum.GetValues<IsolationLevel>())
        from flag in Gen.Elements(true, false)
        from milliseconds in Gen.Choose(200, 300_000)
        select new PluginPolicy
        {
            Status = status,
            Grants = grants.ToArray(),
            Capabilities = capabilities.ToArray(),
            Rates = new RateLimits(rate, 1, rate, 2),
            IsolationFloor = isolation,
            Stateful = flag,
            RawHtml = !flag,
            LimitCeiling = new Limits { Timeout = TimeSpan.FromMilliseconds(milliseconds), MemoryBytes = 1L << 33, Cpu = 0.5, Processes = 3 },
            Observation = flag ? new Observation([Db(Access.Read, "*")], DateTimeOffset.UnixEpoch.AddMilliseconds(milliseconds)) : null,
            SensitiveConfigKeys = flag ? ["Smtp:User"] : [],
        }).ToArbitrary();

    [Fact]
    public void Json_AnyPolicy_ReadsBackAsItWas() => Prop.ForAll(Policies, policy =>
    {
        var json = PolicyJson.Write(policy);
        var reading = PolicyJson.Read(json);
        return reading.Policy is { } read && read.LimitCeiling == policy.LimitCeiling && read.Rates == policy.Rates && PolicyJson.Write(read).AsSpan().SequenceEqual(json);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"status":"Approved"}""")]
    [InlineData("""{"status":"approved","status":"approved"}""")]
    [InlineData("""{"status":"approved","grant":[]}""")]
    [InlineData("""{"status":"approved","grants":{}}""")]
    [InlineData("""{"status":"approved","grants":[{"type":"db","access":"read","scope":[]}]}""")]
    [InlineData("""{"status":"approved","grants":[{"type":"db","access":"read"}]}""")]
    [InlineData("""{"status":"approved","grants":[{"type":"db","scope":["a"]}]}""")]
    [InlineData("""{"status":"approved","grants":[{"type":"db","access":[],"scope":["a"]}]}""")]
    [InlineData("""{"status":"approved","grants":[{"type":"db","access":"execute","scope":["a"]}]}""")]
    [InlineData("""{"status":"approved","grants":[{"type":"db","access":"read","scope":["a*b"]}]}""")]
    [InlineData("""{"status":"approved","grants":[{"type":"db","access":"read","scope":["a"],"until":1}]}""")]
    [InlineData("""{"status":"approved","grants":[{"type":"everything","access":"read","scope":["*"]}]}""")]
    [InlineData("""{"status":"approved","grants":[{"type":"files","access":"read","scope":["/"]}]}""")]
    [InlineData("""{"status":"approved","rates":{"dbPerMinute":-1}}""")]
    [InlineData("""{"status":"approved","rates":{"dbPerMinute":"many"}}""")]
    [InlineData("""{"status":"approved","limits":{"timeoutMs":0}}""")]
    [InlineData("""{"status":"approved","isolationFloor":"none"}""")]
    [InlineData("""{"status":"approved","stateful":"true"}""")]
    [InlineData("""{"status":"approved","capabilities":["a*b"]}""")]
    [InlineData("""{"status":"approved","sensitiveConfigKeys":["*"]}""")]
    [InlineData("""{"status":"approved","observation":{"ceiling":[],"until":"2026-01-01T00:00:00"}}""")]
    [InlineData("""{"status":"approved","observation":{"ceiling":[]}}""")]
    [InlineData("""{"status":"approved","observation":{"ceiling":[{"type":"db","access":"write","scope":["*"]}],"until":"2026-01-01T00:00:00Z"}}""")]
    [InlineData("""{"status":"approved","\ud800":1}""")]
    public void Json_WhatIsNoPolicy_IsNoneAtAll(string json)
    {
        var reading = PolicyJson.Read(Encoding.UTF8.GetBytes(json));
        Assert.Null(reading.Policy);
        Assert.NotEmpty(reading.Findings);
    }

    [Fact]
    public void Json_SeveralFaults_AreAllReportedWithTheirPlace()
    {
        var reading = PolicyJson.Read("""{"status":"ok","x":1,"grants":[{"type":"db","access":"read","scope":["a"]},{"type":"db","access":"fly","scope":[""]}]}"""u8.ToArray());
        Assert.Superset(new HashSet<string?> { "status", "x", "grants[1].access", "grants[1].scope" }, reading.Findings.Select(f => f.Path).ToHashSet());
    }

    [Fact]
    public void GoatKit_ResourcePolicy_IsRead()
    {
        var reading = GoatKitPolicy.Read("""
            {"plugin_name":"stats","status":"approved","memory_mb":128,"call_timeout":30000000000,"init_timeout":"1m30s","shutdown_timeout":"5s",
             "permissions":[{"type":"db","access":"readwrite","scope":["tickets"]},{"type":"cache","access":"read","scope":null},{"type":"http","access":"any","scope":["*.tenor.com"]},{"type":"email","scope":["@example.com"]}],
             "max_calls_per_second":50,"max_db_queries_per_min":0,"max_http_req_per_min":30}
            """u8.ToArray());
        var policy = reading.Policy!;
        Assert.Equal(["db read+write: tickets", "cache read: *", "http execute: *.tenor.com", "email execute: @example.com"], policy.Grants.Select(DecisionTests.Text));
        Assert.Equal(new RateLimits(50, PluginPolicy.Unlimited, 30, 10), policy.Rates);
        Assert.Equal((128L << 20, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(90)), (policy.LimitCeiling.MemoryBytes, policy.LimitCeiling.Timeout, policy.LimitCeiling.InitTimeout));
        Assert.Equal([PolicyCodes.RateUnlimited], reading.Findings.Select(f => f.Code));
    }

    [Theory]
    [InlineData("""[{"type":"db","access":"read"}]""", "db read: *", PolicyCodes.AllTables)]
    [InlineData("""[{"type":"http","access":"any"}]""", null, PolicyCodes.ScopeInvalid)]
    [InlineData("""[{"type":"plugin_call"}]""", null, PolicyCodes.ScopeInvalid)]
    public void GoatKit_ScopeLeftOut_IsAllTablesOrNothing_WithAFinding(string permissions, string? granted, string code)
    {
        var reading = GoatKitPolicy.Read(Encoding.UTF8.GetBytes($$"""{"status":"approved","permissions":{{permissions}}}"""));
        Assert.Equal(granted is null ? [] : [granted], reading.Policy!.Grants.Select(DecisionTests.Text));
        Assert.Equal([code], reading.Findings.Select(f => f.Code));
    }

    [Theory]
    [InlineData("""{"permissions":[]}""")]
    [InlineData("""{"status":"approved","max_emails":1}""")]
    [InlineData("""{"status":"approved","call_timeout":"-1s"}""")]
    [InlineData("""{"status":"approved","call_timeout":"soon"}""")]
    [InlineData("""{"status":"approved","permissions":[{"type":"fs","access":"read","scope":["*"]}]}""")]
    [InlineData("""{"status":"approved","permissions":[{"type":"config","access":"write","scope":["*"]}]}""")]
    public void GoatKit_WhatIsNoPolicy_IsNoneAtAll(string json) => Assert.Null(GoatKitPolicy.Read(Encoding.UTF8.GetBytes(json)).Policy);

    [Theory]
    [InlineData("techdebt", "read_files", null)]
    [InlineData("techdebt", "", null)]
    [InlineData("techdebt", "network", "Plugin 'techdebt' requests disallowed permissions")]
    [InlineData("techdebt", "read_files,network", "Plugin 'techdebt' requests disallowed permissions")]
    [InlineData("Techdebt", "read_files", "Plugin 'Techdebt' not permitted by policy")]
    [InlineData("other", "", "Plugin 'other' not permitted by policy")]
    public void AiSwa_ClosedFile_RejectsInItsOwnWords(string id, string requested, string? text)
    {
        var file = AiSwaPolicyFile.Read("""{"plugins":{"techdebt":{"permissions":["read_files"]}}}"""u8.ToArray(), out _)!;
        var policy = file.PolicyFor(id, requested.Split(',', StringSplitOptions.RemoveEmptyEntries), out var rejection);
        Assert.Equal(text, rejection?.Message);
        Assert.Equal(text is null, policy is not null);
        if (policy is not null) Assert.Equal(["files read: ."], policy.Grants.Select(DecisionTests.Text));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"plugins":[]}""")]
    [InlineData("""{"plugins":{"a":{}}}""")]
    [InlineData("""{"plugins":{"a":{"permissions":["shell"]}}}""")]
    [InlineData("""{"plugins":{"a":{"permissions":[],"more":1}}}""")]
    [InlineData("""{"plugins":{},"more":1}""")]
    [InlineData("not json")]
    public void AiSwa_FileThatIsNotOfItsSchema_IsNone(string json)
    {
        Assert.Null(AiSwaPolicyFile.Read(Encoding.UTF8.GetBytes(json), out var findings));
        Assert.NotEmpty(findings);
    }

    [Theory]
    [InlineData("list", "a", null, null)]
    [InlineData("list", " a ", null, null)]
    [InlineData("list", "A", null, "plugin \"p\" attempted to register undeclared tool \"A\"")]
    [InlineData("list", "b", null, "plugin \"p\" attempted to register undeclared tool \"b\"")]
    [InlineData("", "b", null, null)]
    [InlineData("", "b", "tool:*", null)]
    [InlineData("", "b", "TOOL:B", null)]
    [InlineData("", "b", "*", null)]
    [InlineData("", "ticket.close", "tool:ticket.*", null)]
    [InlineData("", "ticket", "tool:ticket.*", "plugin \"p\" missing capability \"tool:ticket\"")]
    [InlineData("", "b", "tool:a", "plugin \"p\" missing capability \"tool:b\"")]
    [InlineData("", "b", "hook:*", "plugin \"p\" missing capability \"tool:b\"")]
    [InlineData("", "b", "tool:*b", "plugin \"p\" missing capability \"tool:b\"")]
    [InlineData("list", "a", "hook:*", "plugin \"p\" missing capability \"tool:a\"")]
    public void Nexus_Gate_IsItsOwn(string allowlist, string tool, string? capability, string? text)
    {
        var gate = new NexusGate(
            "p", new DeclaredRegistrations { Tools = allowlist.Length == 0 ? [] : [" a"] },
            capability is null ? CapabilityRequest.None : new CapabilityRequest([], [capability]));
        Assert.Equal(text, gate.Check(NexusKind.Tool, tool));
    }

    [Fact]
    public void Nexus_NestedCommands_AreEachChecked_AndIdsComeOnce()
    {
        var gate = new NexusGate("p", new DeclaredRegistrations { Commands = ["plugins", "plugins.install"] }, CapabilityRequest.None);
        var errors = gate.Check(new Registration
        {
            Commands = [new CommandRegistration("plugins", "", "", [new("install", "", "i", []), new("remove", "", "r", [])])],
            Services = [new("s", "s"), new("s ", "t")],
            Hooks = [new("e", "a"), new("e", "b")],
        });
        Assert.Equal(["plugin \"p\" attempted to register undeclared command \"plugins.remove\"", "plugin \"p\" registers service \"s\" twice"], errors);
    }

    [Fact]
    public void Gate_RegistrationWithoutCapability_IsAFindingEach()
    {
        var package = Of(Manifest() with { Capabilities = new CapabilityRequest([], ["tool:*", "template:*"]) });
        var admission = PolicyEngine.Decide(package, Approved() with { Capabilities = ["tool:a", "hook:*"] });
        var registration = new Registration
        {
            Tools = [new("a", "", "{}"u8.ToArray(), "a"), new("b", "", "{}"u8.ToArray(), "b")],
            Templates = [new("own", "own.html", false), new("theirs", "", true)],
            Hooks = [new("ticket.created", "h")],
        };
        Assert.Equal(["template:theirs", "tool:b", "hook:ticket.created"], RegistrationGate.Narrow(admission, registration, _ => false).LeftOut.Select(f => f.Path));
    }

    [Fact]
    public void Proposal_FromWhatWasUsed_CoversItAndNoMore()
    {
        ObservedUse[] used =
        [
            new(PermissionType.Db, Access.Read, "tickets", 3, 0), new(PermissionType.Db, Access.Write, "tickets", 1, 1), new(PermissionType.Db, Access.Read, "users", 1, 1),
            new(PermissionType.Http, Access.Execute, "api.example.com", 1, 1), new(PermissionType.Kv, Access.Read, "a", 1, 0), new(PermissionType.Kv, Access.Read, "ab", 1, 0),
            new(PermissionType.Kv, Access.Write, "ab", 1, 0), new(PermissionType.Email, Access.Execute, "not an address", 1, 1),
        ];
        var current = Approved(Db(Access.Read, "*")) with { Capabilities = ["tool:*"], Observation = new Observation([], DateTimeOffset.MaxValue) };
        var proposal = PolicyProposal.From(used, current);
        Assert.Equal(["kv read: a", "kv read+write: ab", "db read: users", "db read+write: tickets", "http execute: api.example.com"], proposal.Grants.Select(DecisionTests.Text));
        Assert.Equal((PolicyStatus.Restricted, null), (proposal.Status, proposal.Observation));
        Assert.Equal(["tool:*"], proposal.Capabilities);
        Assert.NotNull(PolicyJson.Read(PolicyJson.Write(proposal)).Policy);
        Assert.Equal(["kv read: a", "kv read+write: ab", "db read: tickets"], PolicyProposal.From(used, current, withDenied: false).Grants.Select(DecisionTests.Text));
    }
}
