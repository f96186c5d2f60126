using System.Text;
using Paddock.HostApi.Config;
using Paddock.HostApi.PluginCalls;
using Microsoft.Extensions.Configuration;

namespace Paddock.HostApi.Tests.Effects;

public sealed class PluginCallTests : IPluginCaller
{
    private readonly EffectDoor _door;
    private readonly List<HostCallScope> _callees = [];

    public PluginCallTests()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Site:Title", "canary")]).Build();
        _door = new EffectDoor(HostFunctions.PluginCalls(this), HostFunctions.Config(configuration, new ConfigFunctionOptions()));
    }

    // A callee that does what its arguments say, as itself.
    public async ValueTask<CallResult> CallAsync(HostCallScope caller, string plugin, string function, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken)
    {
        if (plugin == "gone") return new CallResult { Status = CallStatus.Denied, Error = new CallError(ErrorCodes.NotFound, "none") };
        var scope = caller.ForCallee("id-" + plugin, "digest", "exe2", plugin);
        _callees.Add(scope);
        var reply = function switch
        {
            "echo" => HostReply.Ok(arguments),
            "fail" => HostReply.Fail("MY_CODE", new string('x', 5000)),
            _ => await _door.Door.Open(scope).InvokeAsync(function, arguments, cancellationToken),
        };
        return reply.Error is { } error
            ? new CallResult { Status = CallStatus.GuestFault, Error = error with { Stack = "at secret.js" } }
            : new CallResult { Status = CallStatus.Completed, Value = reply.Value };
    }

    [Fact]
    public async Task PluginCall_InScope_IsTheCalleesAnswer()
    {
        _door.Grant(PermissionType.PluginCall, Access.Execute, "billing", "ticket-*");
        Assert.Equal("""{"n":1}""", (await _door.Value("plugin.call", new { plugin = "billing", function = "echo", args = new { n = 1 } })).GetRawText());
        Assert.Equal("null", (await _door.Value("plugin.call", new { plugin = "ticket-a", function = "echo" })).GetRawText());
        foreach (var plugin in new[] { "billing2", "bill", "Billing", "ticket", "other" })
            Assert.Equal(ErrorCodes.PermissionDenied, await _door.Code("plugin.call", new { plugin, function = "echo" }));
        foreach (var plugin in new[] { "", "ticket-*", "a\nb", new string('a', 101) })
            Assert.Equal(ErrorCodes.InvalidArgument, await _door.Code("plugin.call", new { plugin, function = "echo" }));
    }

    [Fact]
    public async Task PluginCall_CalleeFails_ItsCodeComesBackWithoutItsStack()
    {
        _door.Grant(PermissionType.PluginCall, Access.Execute, "*");
        var error = (await _door.Call("plugin.call", new { plugin = "b", function = "fail" })).Error!;
        Assert.Equal("MY_CODE", error.Code);
        Assert.Null(error.Stack);
        Assert.Equal(2000, error.Message.Length);
        Assert.Equal(ErrorCodes.NotFound, await _door.Code("plugin.call", new { plugin = "gone", function = "x" }));
    }

    [Fact]
    public async Task PluginCall_ChainOfTen_IsTheLongest()
    {
        _door.Grant(PermissionType.PluginCall, Access.Execute, "*");
        foreach (var (callers, code) in new[] { (9, null), (10, ErrorCodes.CallDepthLimit) })
        {
            var scope = EffectDoor.Scope() with { Chain = [.. Enumerable.Range(0, callers).Select(i => $"p{i}")] };
            Assert.Equal(code, (await _door.Call(scope, "plugin.call", new { plugin = "b", function = "echo" })).Error?.Code);
        }

        Assert.Equal(10, Assert.Single(_callees).Chain.Count);
    }

    [Fact]
    public async Task T61_CalleeActsOnItsOwnGrants_AndCallerNeverOnThem()
    {
        _door.Grant(PermissionType.PluginCall, Access.Execute, "b").GrantTo("c", PermissionType.Config, Access.Read, "Site:Title");
        var read = new { key = "Site:Title" };

        // The caller has no grant of the callee's kind, nor the callee of the caller's; neither gets it by the call.
        Assert.Equal(ErrorCodes.PermissionDenied, await _door.Code("config.get", read));
        Assert.Equal(ErrorCodes.PermissionDenied, await _door.Code("plugin.call", new { plugin = "b", function = "config.get", args = read }));
        _door.Grant(PermissionType.Config, Access.Read, "Site:Title");
        Assert.Equal(ErrorCodes.PermissionDenied, await _door.Code("plugin.call", new { plugin = "b", function = "config.get", args = read }));
        Assert.Equal(ErrorCodes.PermissionDenied, await _door.Code("plugin.call", new { plugin = "b", function = "plugin.call", args = new { plugin = "c", function = "echo" } }));

        // Who asked is in the audit, and in the callee's own chain, whatever the arguments say.
        Assert.Contains(_door.Audit, r => r is { PluginId: "id-b", Action: "config.get", Allowed: false, Actor: "author" });
        Assert.All(_callees, c => Assert.Equal(["stats"], c.Chain));
        Assert.Equal(ErrorCodes.InvalidArgument, (await _door.CallRaw(EffectDoor.Scope(), "plugin.call", """{"plugin":"b","function":"echo","caller":"root","chain":[]}""")).Error?.Code);

        // Control: asked under the caller's scope, as a host would that lends grants, the callee reads it.
        var lent = await _door.Door.Open(EffectDoor.Scope()).InvokeAsync("config.get", Encoding.UTF8.GetBytes("""{"key":"Site:Title"}"""), TestContext.Current.CancellationToken);
        Assert.Contains("canary", Encoding.UTF8.GetString(lent.Value.Span), StringComparison.Ordinal);
    }
}
