using System.Text.Json;
using Paddock.Packaging;
using Paddock.Tests.Seam;
using static Paddock.Tests.Seam.HostFixture;

namespace Paddock.Tests;

public sealed class PluginServiceTests : IAsyncDisposable
{
    private readonly HostFixture _host = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("../../../tmp/paddock-canary")]
    [InlineData("/tmp/paddock-canary")]
    [InlineData("..")]
    [InlineData("a/../../b")]
    public async Task T04_NameThatIsAPath_IsATextAndTouchesNoPath(string name)
    {
        await _host.CreateAsync("log first");
        var before = Directory.EnumerateFileSystemEntries(_host.DataDirectory).Order().ToArray();
        var created = await _host.Plugins.CreateAsync(Author, Draft("log x") with { Name = name }, Ct);
        Assert.Equal(CallStatus.Completed, (await _host.ExecuteAsync(created.Value.Id)).Status);
        Assert.Equal(before, Directory.EnumerateFileSystemEntries(_host.DataDirectory).Order());
        Assert.False(Path.Exists(Path.Combine(_host.DataDirectory, name + ".js")) || File.Exists("/tmp/paddock-canary"));
        Assert.Equal(name, (await _host.Plugins.GetAsync(Author, created.Value.Id, Ct)).Value.Name);

        // An id is looked up, never opened: one that is a path is an id that is not there.
        Assert.NotNull((await _host.Plugins.GetAsync(Author, name, Ct)).Error);
    }

    [Fact]
    public async Task Create_ValidDraft_IsStoredAsPosted()
    {
        var draft = Draft("log é\0x\r\n\u2028") with { Description = "what it does", EntryPoint = "main", Config = JsonElement.Parse("""{ "a": [1, "\ud83d\ude00"] }""") };
        var created = (await _host.Plugins.CreateAsync(Author, draft, Ct)).Value;
        await _host.RestartAsync();
        var read = (await _host.Plugins.GetAsync(Author, created.Id, Ct)).Value;
        Assert.Equal(draft.Code, read.Code);
        Assert.Equal("what it does", read.Description);
        Assert.Equal("main", read.EntryPoint);
        Assert.Equal(draft.Config.Value.GetRawText(), read.Config!.Value.GetRawText());
        Assert.Equal((created.Digest, 1L, true, "ann"), (read.Digest, read.Revision, read.Enabled, read.Owner));
        Assert.Equal(CallStatus.Completed, (await _host.ExecuteAsync(created.Id)).Status);
    }

    [Fact]
    public async Task Create_EntryPointNotFound_StoresNothing()
    {
        var result = await _host.Plugins.CreateAsync(Author, Draft("broken"), Ct);
        Assert.Equal((ServiceErrorKind.Invalid, ErrorCodes.EntryPointNotFound), (result.Error!.Kind, result.Error.Code));
        Assert.Empty((await _host.Plugins.ListAsync(Operator, null, Ct)).Value);
        Assert.Empty((await _host.Audit.ListAsync(Operator, null, null, 10, Ct)).Value);
    }

    [Fact]
    public async Task Create_SeveralFaults_AreAllReported()
    {
        var result = await _host.Plugins.CreateAsync(Author, new PluginDraft { Name = "x", Code = "syntax error here" }, Ct);
        Assert.Contains(FindingCodes.NameRequired, result.ErrorCodes());
        Assert.Contains(FindingCodes.CodeCompileError, result.ErrorCodes());
    }

    [Fact]
    public async Task Create_ByAnAgent_IsForbidden() =>
        Assert.Equal(ServiceErrorCodes.Forbidden, (await _host.Plugins.CreateAsync(Agent, Draft(), Ct)).Code());

    [Fact]
    public async Task Create_ManyAtOnce_EachHasItsOwnRowAndChainedRecord()
    {
        var created = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => _host.CreateAsync($"log {i}")));
        Assert.Equal(40, created.Select(p => p.Id).Distinct().Count());
        Assert.Equal(40, (await _host.Plugins.ListAsync(Author, null, Ct)).Value.Count);
        var audit = await _host.Audit.VerifyAsync(Ct);
        Assert.Equal((true, 40L), (audit.Intact, audit.Records));
    }

    [Fact]
    public async Task Create_BeyondTheQuota_IsRefused()
    {
        await using var host = new HostFixture(o => o.PluginsPerOwner = 2);
        var results = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => host.Plugins.CreateAsync(Author, Draft(), Ct).AsTask()));
        Assert.Equal(3, results.Count(r => r.Code() == ServiceErrorCodes.PluginQuota));
        Assert.Equal("OK", (await host.Plugins.CreateAsync(OtherAuthor, Draft(), Ct)).Code());
    }

    [Fact]
    public async Task Bytes_BeyondTheQuota_AreRefused_AlsoByAChange()
    {
        await using var host = new HostFixture(o => o.PluginBytesPerOwner = 1000);
        var plugin = (await host.Plugins.CreateAsync(Author, Draft(new string('x', 600)), Ct)).Value;
        Assert.Equal(ServiceErrorCodes.PluginQuota, (await host.Plugins.CreateAsync(Author, Draft(new string('x', 600)), Ct)).Code());
        Assert.Equal("OK", (await host.Plugins.CreateAsync(Author, Draft(new string('x', 200)), Ct)).Code());
        Assert.Equal(ServiceErrorCodes.PluginQuota, (await host.Plugins.UpdateAsync(Author, plugin.Id, Patch(new { config = new { a = new string('x', 200) } }), Ct)).Code());
        Assert.Equal("OK", (await host.Plugins.UpdateAsync(Author, plugin.Id, PluginPatch.Enable(false), Ct)).Code());
    }

    [Fact]
    public async Task Validate_StoresNothing_AndLeavesNothingLoaded()
    {
        var findings = (await _host.Plugins.ValidateAsync(Author, Draft(), Ct)).Value;
        Assert.DoesNotContain(findings, f => f.Severity == FindingSeverity.Error);
        Assert.Equal([ErrorCodes.EntryPointNotFound], (await _host.Plugins.ValidateAsync(Author, Draft("broken"), Ct)).Value.Where(f => f.Severity == FindingSeverity.Error).Select(f => f.Code));
        Assert.Empty((await _host.Plugins.ListAsync(Author, null, Ct)).Value);
        Assert.Single(await _host.Runtime.DisposedAsync(1));
    }

    [Fact]
    public async Task Update_NamesSomeMembers_LeavesTheOthers()
    {
        var plugin = (await _host.Plugins.CreateAsync(Author, Draft() with { Description = "kept", EntryPoint = "main" }, Ct)).Value;
        var updated = (await _host.Plugins.UpdateAsync(Author, plugin.Id, Patch(new { name = "renamed", entryPoint = (string?)null }), Ct)).Value;
        Assert.Equal(("renamed", "kept", null, 2L), (updated.Name, updated.Description, updated.EntryPoint, updated.Revision));
        Assert.NotEqual(plugin.Digest, updated.Digest);
    }

    [Theory]
    [InlineData("""{"code":"broken\nbroken\nbroken"}""", ErrorCodes.EntryPointNotFound)]
    [InlineData("""{"name":null}""", FindingCodes.NameRequired)]
    [InlineData("""{"owner":"bob"}""", FindingCodes.FieldUnknown)]
    [InlineData("""{"config":[]}""", FindingCodes.ConfigInvalid)]
    [InlineData("""[1]""", FindingCodes.BodyInvalid)]
    [InlineData("""{"\ud800":1}""", FindingCodes.FieldUnknown)]
    public async Task Update_BadPatch_ChangesNothing(string patch, string code)
    {
        var plugin = await _host.CreateAsync();
        var result = await _host.Plugins.UpdateAsync(Author, plugin.Id, PluginPatch.FromJson(JsonElement.Parse(patch)), Ct);
        Assert.Contains(code, result.ErrorCodes());
        Assert.Equal(1, (await _host.Plugins.GetAsync(Author, plugin.Id, Ct)).Value.Revision);
    }

    [Fact]
    public async Task Update_WhileAnotherChangesIt_OneWins()
    {
        var plugin = await _host.CreateAsync();
        _host.Runtime.LoadGate = new Gate();
        var first = _host.Plugins.UpdateAsync(Author, plugin.Id, Patch(new { name = "first" }), Ct);
        var second = _host.Plugins.UpdateAsync(Author, plugin.Id, Patch(new { name = "second" }), Ct);
        await _host.Runtime.LoadGate.ArrivedAsync();
        await _host.Runtime.LoadGate.ArrivedAsync();
        _host.Runtime.LoadGate.Open();
        string[] codes = [(await first).Code(), (await second).Code()];
        Assert.Equal(["OK", ServiceErrorCodes.PluginChanged], codes.Order());
    }

    [Fact]
    public async Task Disable_BrokenCode_IsStillPossible()
    {
        var plugin = await _host.CreateAsync();
        _host.Tamper("UPDATE plugins SET code = 'syntax error'");
        Assert.False((await _host.Plugins.UpdateAsync(Author, plugin.Id, PluginPatch.Enable(false), Ct)).Value.Enabled);
        Assert.Equal(ServiceErrorCodes.PluginDisabled, (await _host.Executions.ExecuteAsync(Author, plugin.Id, new ExecuteRequest(), Ct)).Code());
        Assert.Empty((await _host.Plugins.ListAsync(Author, true, Ct)).Value);
        Assert.Single((await _host.Plugins.ListAsync(Author, false, Ct)).Value);
    }

    [Fact]
    public async Task Delete_RemovesAllThatHangsOnIt_ButTheAudit()
    {
        var plugin = await _host.CreateAsync("""invoke kv.set {"key":"a","value":1}""");
        await _host.GrantKvAsync(plugin.Id);
        await _host.ExecuteAsync(plugin.Id);
        await _host.Plugins.DeleteAsync(Author, plugin.Id, Ct);
        Assert.Equal(ServiceErrorCodes.PluginNotFound, (await _host.Plugins.GetAsync(Author, plugin.Id, Ct)).Code());
        Assert.Empty((await _host.Permissions.ListAsync(Operator, null, null, Ct)).Value);
        Assert.Null(await _host.Get<IKeyValueStore>().GetAsync("default", plugin.Id, "a", Ct));
        var actions = (await _host.Audit.ListAsync(Author, plugin.Id, null, 50, Ct)).Value.Select(r => r.Action);
        Assert.Equal(["plugin.delete", "plugin.call", "kv.set", "permission.grant", "plugin.create"], actions);
        Assert.Equal([plugin.Digest], await _host.Runtime.DisposedAsync(1));
    }

    [Fact]
    public async Task ContainerPlugin_IsStored_AndDoesNotRunHere()
    {
        var config = JsonSerializer.SerializeToElement(new { files = new Dictionary<string, string> { ["index.js"] = "console.log(1)" } });
        var draft = new PluginDraft { Name = "boxed", Code = "name: boxed\nversion: 1.0.0\ndescription: a box\nruntime: node18\nentry: index.js\n", Config = config };
        var result = await _host.Plugins.CreateAsync(Author, draft, Ct);
        Assert.Equal("OK", result.Code());
        Assert.Equal(ServiceErrorCodes.RuntimeUnavailable, (await _host.Executions.ExecuteAsync(Author, result.Value.Id, new ExecuteRequest(), Ct)).Code());
    }
}
