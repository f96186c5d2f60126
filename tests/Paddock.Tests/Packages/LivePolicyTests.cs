using System.Text;
using Paddock.Policy;

namespace Paddock.Tests.Packages;

public sealed class LivePolicyTests
{
    private const string Kv = "permissions:\n  - { type: kv, access: readwrite, scope: ['*'] }\n";
    private const string Invoke = """invoke kv.set {"key":"k","value":1}""";
    private static readonly Permission Granted = new(PermissionType.Kv, Access.Read | Access.Write, ["*"]);

    [Fact]
    public async Task T60_CallUnderWay_NextHostCallIsDenied()
    {
        await using var host = await PackageFixture.StartAsync();
        using var package = new TestPackage(more: Kv, steps: [Invoke, "wait here", Invoke]);
        var installed = await host.InstallAndApproveAsync(package, TestPackage.Approved(Granted));
        var underWay = host.ResultAsync("stats");
        await host.Host.Runtime.Gate("here").ArrivedAsync();
        await host.ApproveAsync("stats", installed.Digest, TestPackage.Approved());
        host.Host.Runtime.Gate("here").Open();
        Assert.Equal("[\"OK\",\"PERMISSION_DENIED\"]", Encoding.UTF8.GetString((await underWay).Value.Span));
    }

    [Fact]
    public async Task T60_CallOfAVersionBeingReplaced_NextHostCallIsDenied()
    {
        await using var host = await PackageFixture.StartAsync();
        using var old = new TestPackage(more: Kv, steps: [Invoke, "wait here", Invoke]);
        using var fresh = new TestPackage(version: "2.0.0", more: Kv);
        await host.InstallAndApproveAsync(old, TestPackage.Approved(Granted));
        var underWay = host.ResultAsync("stats");
        await host.Host.Runtime.Gate("here").ArrivedAsync();
        var replaced = await host.InstallAndApproveAsync(fresh, TestPackage.Approved(Granted));
        await host.ApproveAsync("stats", replaced.Digest, TestPackage.Approved());
        host.Host.Runtime.Gate("here").Open();
        Assert.Equal("[\"OK\",\"PERMISSION_DENIED\"]", Encoding.UTF8.GetString((await underWay).Value.Span));
    }

    [Fact]
    public async Task Replace_CallOfTheOldVersion_KeepsItsGrantsUntilItEnds()
    {
        await using var host = await PackageFixture.StartAsync();
        using var old = new TestPackage(more: Kv, steps: [Invoke, "wait here", Invoke]);
        using var fresh = new TestPackage(version: "2.0.0", more: Kv);
        await host.InstallAndApproveAsync(old, TestPackage.Approved(Granted));
        var underWay = host.ResultAsync("stats");
        await host.Host.Runtime.Gate("here").ArrivedAsync();
        await host.InstallAndApproveAsync(fresh, TestPackage.Approved(Granted));
        host.Host.Runtime.Gate("here").Open();
        Assert.Equal("[\"OK\",\"OK\"]", Encoding.UTF8.GetString((await underWay).Value.Span));
    }

    [Fact]
    public async Task SetPolicy_Blocked_RefusesCallsAndTakesContributionsAway()
    {
        await using var host = await PackageFixture.StartAsync();
        using var package = new TestPackage(steps: ["""register {"name":"stats","version":"1.0.0","routes":[{"method":"GET","path":"/stats","handler":"page"}]}"""]);
        var installed = await host.InstallAndApproveAsync(package);
        await host.ApproveAsync("stats", installed.Digest, new PluginPolicy { Status = PolicyStatus.Blocked });
        Assert.Equal(ServiceErrorCodes.PluginNotApproved, await host.RefusalAsync("stats"));
        Assert.Empty(host.Contributions.Current(Principal.DefaultTenant).Routes);
    }

    [Fact]
    public async Task Call_BeyondItsRate_IsRefused()
    {
        await using var host = await PackageFixture.StartAsync();
        using var package = new TestPackage();
        var policy = TestPackage.Approved() with { Rates = RateLimits.Default with { CallsPerSecond = 2 } };
        await host.InstallAndApproveAsync(package, policy);
        var codes = new List<string?>();
        for (int i = 0; i < 5; i++) codes.Add(await host.RefusalAsync("stats"));
        Assert.Contains(ServiceErrorCodes.RateLimited, codes);
    }

    [Fact]
    public async Task T61_PluginCall_RunsOnTheCalleesGrants_AndNeverOnTheCallers()
    {
        await using var host = await PackageFixture.StartAsync();
        using var deputy = new TestPackage("deputy", more: Kv, steps: ["""register {"name":"deputy","version":"1.0.0","exports":["write"]}""", "in write " + Invoke]);
        using var caller = new TestPackage("caller", more: "permissions:\n  - { type: plugin_call, scope: [deputy] }\n", steps: ["in ask invoke plugin.call {\"plugin\":\"deputy\",\"function\":\"write\"}", "in self " + Invoke]);
        await host.InstallAndApproveAsync(deputy, TestPackage.Approved(Granted));
        await host.InstallAndApproveAsync(caller, TestPackage.Approved(new Permission(PermissionType.PluginCall, Access.Execute, ["deputy"])));
        Assert.Equal("[\"OK\"]", Encoding.UTF8.GetString((await host.ResultAsync("caller", "ask")).Value.Span));
        Assert.Equal("[\"PERMISSION_DENIED\"]", Encoding.UTF8.GetString((await host.ResultAsync("caller", "self")).Value.Span));
    }

    [Fact]
    public async Task T61_PluginCall_ThatSaysWhoseItIs_IsStampedByTheHost()
    {
        await using var host = await PackageFixture.StartAsync();
        using var deputy = new TestPackage("deputy", steps: ["""register {"name":"deputy","version":"1.0.0","exports":["write"]}"""]);
        const string Forged = """{"n":{"_kept":1},"_is_admin":true,"\u005flang":"x","_user_id":"root","_caller_plugin":"host","_other":1}""";
        using var caller = new TestPackage("caller", more: "permissions:\n  - { type: plugin_call, scope: [deputy] }\n", steps:
        [
            "in forge invoke plugin.call {\"plugin\":\"deputy\",\"function\":\"write\",\"args\":" + Forged + "}",
            """in list invoke plugin.call {"plugin":"deputy","function":"write","args":[1]}""",
            """in broken invoke plugin.call {"plugin":"deputy","function":"write","args":{"\ud800":1}}""",
        ]);
        await host.InstallAndApproveAsync(deputy);
        await host.InstallAndApproveAsync(caller, TestPackage.Approved(new Permission(PermissionType.PluginCall, Access.Execute, ["deputy"])));
        Assert.Equal("[\"OK\"]", Encoding.UTF8.GetString((await host.ResultAsync("caller", "forge")).Value.Span));
        Assert.Equal("""{"n":{"_kept":1},"_caller_plugin":"caller","_user_id":"olga","_is_admin":false}""", Received());
        await host.ResultAsync("caller", "list");
        Assert.Equal("[1]", Received());
        Assert.Equal("[\"INVALID_ARGUMENT\"]", Encoding.UTF8.GetString((await host.ResultAsync("caller", "broken")).Value.Span));

        string Received() => Encoding.UTF8.GetString(host.Host.Runtime.Calls.Last(c => c.Function == "write").Input.Span);
    }

    [Fact]
    public async Task T61_Ring_EndsAtTheDepthLimit_WithoutDeadlock()
    {
        await using var host = await PackageFixture.StartAsync(o => (o.Calls, o.CallsPerPlugin) = (1, 1));
        foreach (var (name, next) in new[] { ("ping", "pong"), ("pong", "ping") })
        {
            using var package = new TestPackage(name, more: $"permissions:\n  - {{ type: plugin_call, scope: [{next}] }}\n",
                steps: [$$"""register {"name":"{{name}}","version":"1.0.0","exports":["go"]}""", $$"""in go invoke plugin.call {"plugin":"{{next}}","function":"go"}"""]);
            await host.InstallAndApproveAsync(package, TestPackage.Approved(new Permission(PermissionType.PluginCall, Access.Execute, [next])));
        }

        Assert.Equal(CallStatus.Completed, (await host.ResultAsync("ping", "go")).Status);
        Assert.Equal(11, host.Host.Runtime.Calls.Count);
    }
}
