using Paddock.Tests.Seam;
using static Paddock.Tests.Seam.HostFixture;

namespace Paddock.Tests;

public sealed class ConsentTests : IAsyncDisposable
{
    private const string Set = """invoke kv.set {"key":"a","value":1}""";
    private readonly HostFixture _host = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task HostCall_WithoutGrant_IsDeniedAndAudited()
    {
        var plugin = await _host.CreateAsync(Set);
        Assert.Equal("""["PERMISSION_DENIED"]""", (await _host.ExecuteAsync(plugin.Id)).Text());
        Assert.Contains((await _host.Audit.ListAsync(Author, plugin.Id, null, 50, Ct)).Value, r => r is { Action: "kv.set", Allowed: false, Code: ErrorCodes.PermissionDenied });
    }

    [Fact]
    public async Task HostCall_WithGrant_IsAuditedUnderIt()
    {
        var plugin = await _host.CreateAsync(Set);
        var grant = await _host.GrantKvAsync(plugin.Id);
        var outcome = (await _host.Executions.ExecuteAsync(Author, plugin.Id, new ExecuteRequest(), Ct)).Value;
        Assert.Equal("""["OK"]""", outcome.Result.Text());
        var audit = (await _host.Audit.ListAsync(Author, null, outcome.ExecutionId, 50, Ct)).Value;
        Assert.Contains(audit, r => r.Action == "kv.set" && r.Allowed && r.GrantId == grant.Id);
        Assert.Contains(audit, r => r.Action == "plugin.call");
    }

    [Fact]
    public async Task T60_RevokedBetweenTwoHostCalls_TheSecondIsDenied()
    {
        var plugin = await _host.CreateAsync(Set, "wait between", Set);
        var grant = await _host.GrantKvAsync(plugin.Id);
        var call = _host.ExecuteAsync(plugin.Id);
        await _host.Runtime.Gate("between").ArrivedAsync();
        Assert.Equal(GrantState.Revoked, (await _host.Permissions.RevokeAsync(Operator, grant.Id, Ct)).Value.State);
        _host.Runtime.Gate("between").Open();
        Assert.Equal("""["OK","PERMISSION_DENIED"]""", (await call).Text());
    }

    [Fact]
    public async Task T60_Control_NotRevoked_TheSecondIsAllowed()
    {
        var plugin = await _host.CreateAsync(Set, "wait between", Set);
        await _host.GrantKvAsync(plugin.Id);
        var call = _host.ExecuteAsync(plugin.Id);
        await _host.Runtime.Gate("between").ArrivedAsync();
        _host.Runtime.Gate("between").Open();
        Assert.Equal("""["OK","OK"]""", (await call).Text());
    }

    [Theory]
    [InlineData("delete")]
    [InlineData("disable")]
    [InlineData("change")]
    public async Task T60_PluginChangedBetweenTwoHostCalls_TheSecondIsDenied(string act)
    {
        var plugin = await _host.CreateAsync(Set, "wait between", Set);
        await _host.GrantKvAsync(plugin.Id);
        var call = _host.ExecuteAsync(plugin.Id);
        await _host.Runtime.Gate("between").ArrivedAsync();
        if (act == "delete") await _host.Plugins.DeleteAsync(Author, plugin.Id, Ct);
        else if (act == "disable") await _host.Plugins.UpdateAsync(Author, plugin.Id, PluginPatch.Enable(false), Ct);
        else await _host.ChangeCodeAsync(plugin.Id, "log other");
        _host.Runtime.Gate("between").Open();
        Assert.Equal("""["OK","PERMISSION_DENIED"]""", (await call).Text());
    }

    [Fact]
    public async Task T63_CodeChanged_SuspendsGrants_AndTheSameCodeBringsThemBack()
    {
        var plugin = await _host.CreateAsync(Set);
        await _host.GrantKvAsync(plugin.Id);
        await _host.ChangeCodeAsync(plugin.Id, "log changed", Set);
        Assert.Equal(GrantState.Suspended, (await _host.Permissions.ListAsync(Author, null, plugin.Id, Ct)).Value.Single().State);
        Assert.Equal("""["PERMISSION_DENIED"]""", (await _host.ExecuteAsync(plugin.Id)).Text());
        await _host.ChangeCodeAsync(plugin.Id, Set);
        Assert.Equal("""["OK"]""", (await _host.ExecuteAsync(plugin.Id)).Text());
    }

    [Fact]
    public async Task T63_CodeChangedBetweenRequestAndApproval_ApprovalIsRefused()
    {
        var plugin = await _host.CreateAsync(Set);
        var request = (await _host.Permissions.CreateRequestAsync(Author, new PermissionRequestDraft { PluginId = plugin.Id, Permission = Kv, Reason = "to count" }, Ct)).Value;
        Assert.Equal(plugin.Digest, request.Digest);
        await _host.ChangeCodeAsync(plugin.Id, "log evil", Set);
        Assert.True((await _host.Permissions.ListRequestsAsync(Operator, PermissionRequestStatus.Pending, null, Ct)).Value.Single().Stale);
        var result = await _host.Permissions.ApproveRequestAsync(Operator, request.Id, GrantExpiry.Default, Ct);
        Assert.Equal((ServiceErrorKind.Conflict, ServiceErrorCodes.RequestStale), (result.Error!.Kind, result.Error.Code));
        Assert.Empty((await _host.Permissions.ListAsync(Operator, null, null, Ct)).Value);
        Assert.Equal("""["PERMISSION_DENIED"]""", (await _host.ExecuteAsync(plugin.Id)).Text());
    }

    [Fact]
    public async Task T63_Control_CodeUnchanged_ApprovalHolds()
    {
        var plugin = await _host.CreateAsync(Set);
        var request = (await _host.Permissions.CreateRequestAsync(Author, new PermissionRequestDraft { PluginId = plugin.Id, Permission = Kv }, Ct)).Value;
        var grant = (await _host.Permissions.ApproveRequestAsync(Operator, request.Id, new GrantExpiry(Days: 2), Ct)).Value;
        Assert.Equal((request.Id, _host.Clock.GetUtcNow().AddDays(2)), (grant.RequestId, grant.ExpiresAt));
        Assert.Equal("""["OK"]""", (await _host.ExecuteAsync(plugin.Id)).Text());
        Assert.Equal(ServiceErrorCodes.RequestResolved, (await _host.Permissions.ApproveRequestAsync(Operator, request.Id, GrantExpiry.Default, Ct)).Code());
        Assert.Equal(ServiceErrorCodes.RequestResolved, (await _host.Permissions.DenyRequestAsync(Operator, request.Id, Ct)).Code());
        var resolved = (await _host.Permissions.ListRequestsAsync(Author, PermissionRequestStatus.Approved, plugin.Id, Ct)).Value.Single();
        Assert.Equal((grant.Id, "olga"), (resolved.GrantId, resolved.ResolvedBy));
    }

    [Fact]
    public async Task Grant_ForCodeThatWasReviewed_IsRefusedForOther()
    {
        var plugin = await _host.CreateAsync(Set);
        var changed = await _host.ChangeCodeAsync(plugin.Id, "log other");
        var grant = new GrantRequest { PluginId = plugin.Id, Permission = Kv, ReviewedDigest = plugin.Digest };
        Assert.Equal(ServiceErrorCodes.RequestStale, (await _host.Permissions.GrantAsync(Operator, grant, Ct)).Code());
        Assert.Equal("OK", (await _host.Permissions.GrantAsync(Operator, grant with { ReviewedDigest = changed.Digest }, Ct)).Code());
    }

    [Fact]
    public async Task Deny_LeavesNoGrant()
    {
        var plugin = await _host.CreateAsync(Set);
        var request = (await _host.Permissions.CreateRequestAsync(Author, new PermissionRequestDraft { PluginId = plugin.Id, Permission = Kv }, Ct)).Value;
        Assert.Equal(PermissionRequestStatus.Denied, (await _host.Permissions.DenyRequestAsync(Operator, request.Id, Ct)).Value.Status);
        Assert.Empty((await _host.Permissions.ListAsync(Operator, null, null, Ct)).Value);
    }

    [Fact]
    public async Task T68_DeletedAndCreatedAgain_InheritsNothing()
    {
        var plugin = await _host.CreateAsync(Set);
        await _host.GrantKvAsync(plugin.Id);
        await _host.ExecuteAsync(plugin.Id);
        await _host.Plugins.DeleteAsync(Author, plugin.Id, Ct);
        var again = await _host.CreateAsync(Set);
        Assert.Equal(plugin.Digest, again.Digest);
        Assert.NotEqual(plugin.Id, again.Id);
        Assert.Equal("""["PERMISSION_DENIED"]""", (await _host.ExecuteAsync(again.Id)).Text());
        Assert.Null(await _host.Get<IKeyValueStore>().GetAsync("default", again.Id, "a", Ct));
        Assert.Single((await _host.Executions.ListAsync(Author, again.Id, 50, Ct)).Value);
    }

    [Fact]
    public async Task Grant_Expires_ByTheHostsClock()
    {
        var plugin = await _host.CreateAsync(Set);
        await _host.GrantKvAsync(plugin.Id);
        _host.Clock.Advance(TimeSpan.FromDays(30) - TimeSpan.FromSeconds(1));
        Assert.Equal("""["OK"]""", (await _host.ExecuteAsync(plugin.Id)).Text());
        _host.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("""["PERMISSION_DENIED"]""", (await _host.ExecuteAsync(plugin.Id)).Text());
        Assert.Equal(GrantState.Expired, (await _host.Permissions.ListAsync(Author, PermissionType.Kv, null, Ct)).Value.Single().State);
    }

    [Fact]
    public async Task Grant_OfOnePlugin_DoesNotServeAnotherOfTheSameCode()
    {
        var granted = await _host.CreateAsync(Set);
        var other = await _host.CreateAsync(Set);
        await _host.GrantKvAsync(granted.Id);
        Assert.Equal(granted.Digest, other.Digest);
        Assert.Equal("""["PERMISSION_DENIED"]""", (await _host.ExecuteAsync(other.Id)).Text());
    }

    public static TheoryData<PermissionType, Access, string[], string> Ungrantable => new()
    {
        { PermissionType.Files, Access.None, ["/srv"], ServiceErrorCodes.ActionsInvalid },
        { PermissionType.Files, Access.Execute, ["/srv"], ServiceErrorCodes.ActionsInvalid },
        { PermissionType.Files, Access.Read, [], ServiceErrorCodes.ScopeInvalid },
        { PermissionType.Files, Access.Read, ["relative"], ServiceErrorCodes.ScopeInvalid },
        { PermissionType.Files, Access.Read, ["/srv/../etc"], ServiceErrorCodes.ScopeInvalid },
        { PermissionType.Files, Access.Read, ["/"], ServiceErrorCodes.ScopeInvalid },
        { PermissionType.Files, Access.Read, ["/no/such/directory"], ServiceErrorCodes.ScopeInvalid },
        { PermissionType.Kv, Access.Read, [""], ServiceErrorCodes.ScopeInvalid },
        { PermissionType.Shell, Access.Execute, ["*"], ServiceErrorCodes.ScopeInvalid },
    };

    [Theory]
    [MemberData(nameof(Ungrantable))]
    public async Task T62_Grant_ThatNamesNothingOrTooMuch_IsRefused(PermissionType type, Access access, string[] scope, string code)
    {
        var plugin = await _host.CreateAsync();
        var result = await _host.Permissions.GrantAsync(Operator, new GrantRequest { PluginId = plugin.Id, Permission = new Permission(type, access, scope) }, Ct);
        Assert.Contains(code, result.ErrorCodes());
    }

    [Fact]
    public async Task Grant_OfTheHostsOwnData_IsRefused()
    {
        var plugin = await _host.CreateAsync();
        foreach (string path in new[] { _host.DataDirectory, Path.GetDirectoryName(_host.DataDirectory)! })
        {
            var result = await _host.Permissions.GrantAsync(Operator, new GrantRequest { PluginId = plugin.Id, Permission = new Permission(PermissionType.Files, Access.Read, [path]) }, Ct);
            Assert.Equal([ServiceErrorCodes.ScopeInvalid], result.ErrorCodes());
        }
    }

    [Fact]
    public async Task Requests_PendingWithoutEnd_AreRefused()
    {
        var plugin = await _host.CreateAsync();
        var draft = new PermissionRequestDraft { PluginId = plugin.Id, Permission = Kv };
        var results = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => _host.Permissions.CreateRequestAsync(Author, draft, Ct).AsTask()));
        Assert.Equal(10, results.Count(r => r.Code() == ServiceErrorCodes.RequestQuota));
    }

    [Fact]
    public async Task Request_ForADirectory_TellsAnAuthorNothingOfTheMachine()
    {
        var plugin = await _host.CreateAsync();
        foreach (string path in new[] { _host.Share, "/no/such/directory", _host.DataDirectory })
        {
            var draft = new PermissionRequestDraft { PluginId = plugin.Id, Permission = new Permission(PermissionType.Files, Access.Read, [path]) };
            Assert.Equal("OK", (await _host.Permissions.CreateRequestAsync(Author, draft, Ct)).Code());
        }
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(366, null)]
    [InlineData(null, -1)]
    [InlineData(null, 400 * 24)]
    [InlineData(1, 24)]
    public async Task Grant_WithABadExpiry_IsRefused(int? days, int? hoursFromNow)
    {
        var plugin = await _host.CreateAsync();
        var expiry = new GrantExpiry(hoursFromNow is { } hours ? _host.Clock.GetUtcNow().AddHours(hours) : null, days);
        var result = await _host.Permissions.GrantAsync(Operator, new GrantRequest { PluginId = plugin.Id, Permission = Kv, Expiry = expiry }, Ct);
        Assert.Equal([ServiceErrorCodes.ExpiryInvalid], result.ErrorCodes());
    }
}
