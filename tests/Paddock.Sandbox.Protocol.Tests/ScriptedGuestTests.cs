using System.Text;
using Paddock.Sandbox.Protocol.Calls;
using Paddock.Sandbox.Protocol.Pool;

namespace Paddock.Sandbox.Protocol.Tests;

/// <summary>What a pool makes of guests that end, or answer, as no honest one does.</summary>
public sealed class ScriptedGuestTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id\ud800":3,"result":1}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"host.call","params":{"function\ud800":"a","arguments":{}}}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"log","params":{"severity":"info\ud800","message":"a"}}""")]
    public async Task T40_HalfACharacter_EndsTheGuest_AndIsNoFaultOfTheHosts(string line)
    {
        List<ScriptedGuest> started = [];
        await using var sandbox = await NewAsync(started, () => new ScriptedGuest(ScriptedGuest.Calls(_ => line)));
        var result = await CallAsync(sandbox);
        Assert.Equal(ErrorCodes.ProtocolError, result.Error?.Code);
        Assert.True(Assert.Single(started).Exited.IsCompleted);
    }

    // What has died between two calls is not to blame for the second, which another does. One that may have acted by itself is not asked twice.
    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 1)]
    public async Task Call_ProcessEndsWithoutAWord_IsMadeAgainOnlyWhereNothingCanHaveHappened(bool connects, int most)
    {
        List<ScriptedGuest> started = [];
        var calls = 0;
        var answer = ScriptedGuest.Calls(id => ++calls == 2 ? null : $$$"""{"jsonrpc":"2.0","id":{{{id}}},"result":1}""");
        await using var sandbox = await NewAsync(started, () => connects ? new ConnectingGuest(answer) : new ScriptedGuest(answer));
        Assert.Equal(CallStatus.Completed, (await CallAsync(sandbox)).Status);
        var result = await CallAsync(sandbox);
        Assert.Equal((most + 1, most), (calls, started.Count));
        Assert.Equal(connects ? ErrorCodes.ProcessEnded : null, result.Error?.Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task T43_ErrorsBetweenCalls_AreCountedAnewAfterACall(bool called)
    {
        var log = new GuestLog(new Limits(), TimeProvider.System, () => Assert.Fail("a limit was reached"));
        var kills = 0;
        var reads = 0;
        using var text = new MemoryStream(Encoding.UTF8.GetBytes(new string('x', 4096 * 3)));
        await new ErrorDrain(text, 4096, () => ++reads == 2 && called ? log : null, () => kills++).Ended.WaitAsync(Stop);
        Assert.Equal(called, kills == 0);
    }

    private static ValueTask<ProtocolSandbox> NewAsync(List<ScriptedGuest> started, Func<ScriptedGuest> make)
    {
        var spec = new SandboxSpec { Digest = "d", Runtime = PluginRuntime.Python, Files = new Dictionary<string, ReadOnlyMemory<byte>>(), Entry = "plugin.py", Limits = new Limits() };
        var guest = new ProtocolGuest
        {
            Runtime = "python",
            Start = _ =>
            {
                started.Add(make());
                return ValueTask.FromResult<IGuestProcess>(started[^1]);
            },
        };
        return ProtocolSandbox.CreateAsync(spec, guest, null, Stop);
    }

    private static ValueTask<CallResult> CallAsync(ProtocolSandbox sandbox) => sandbox.CallAsync(new SandboxCall { Input = "null"u8.ToArray() }, RefusingHostChannel.Instance, Stop);
}
