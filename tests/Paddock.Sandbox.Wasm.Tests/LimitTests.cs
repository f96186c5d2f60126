using System.Text;

namespace Paddock.Sandbox.Wasm.Tests;

/// <summary>Every limit has its code, and nothing that the guest wraps around the breach runs after it.</summary>
public sealed class LimitTests(RuntimeFixture js)
{
    private const string Catch = "module.exports = async (c) => { try { await (async () => { BODY })() } catch { return 'caught' } finally { while (c.input) {} } }";

    private static readonly Limits Small = new()
    {
        Timeout = TimeSpan.FromMilliseconds(400),
        MemoryBytes = 16 << 20,
        ResultBytes = 1000,
        LogBytes = 1000,
        LogEntries = 10,
        HostCalls = 5,
    };

    // Where another limit is to be reached first, also on a busy machine.
    private static readonly Limits Unhurried = Small with { Timeout = TimeSpan.FromSeconds(60) };

    [Theory]
    [InlineData("while (true) {}", ErrorCodes.TimeLimit)]
    [InlineData("for (;;) { try { for (;;); } catch {} }", ErrorCodes.TimeLimit)]
    [InlineData("for (;;) await 0", ErrorCodes.TimeLimit)]
    [InlineData("(function f() { Promise.resolve().then(f) })(); await new Promise(() => {})", ErrorCodes.TimeLimit)]
    [InlineData("/(a+)+$/.test('a'.repeat(50) + 'b')", ErrorCodes.TimeLimit)]
    [InlineData("[1, 2].sort(() => { for (;;); })", ErrorCodes.TimeLimit)]
    [InlineData("const a = []; for (;;) a.push(new Array(1000).fill(1))", ErrorCodes.MemoryLimit)]
    [InlineData("new ArrayBuffer(1 << 30)", ErrorCodes.MemoryLimit)]
    [InlineData("const a = []; for (let i = 0; ; i++) a.push('x'.repeat(100000) + i)", ErrorCodes.MemoryLimit)]
    [InlineData("(function f() { return f() + 1 })()", ErrorCodes.StackLimit)]
    [InlineData("const o = { toString() { return '' + o } }; '' + o", ErrorCodes.StackLimit)]
    [InlineData("for (;;) console.log('x')", ErrorCodes.LogLimit)]
    [InlineData("console.log('x'.repeat(2000))", ErrorCodes.LogLimit)]
    [InlineData("for (;;) await c.host.kv.get('k').catch(() => 0)", ErrorCodes.HostCallLimit)]
    public async Task Call_Breach_EndsWithItsCode_WhateverTheGuestCatches(string body, string code)
    {
        var result = await js.Run(Catch.Replace("BODY", body, StringComparison.Ordinal), "false", limits: code == ErrorCodes.TimeLimit ? Small : Unhurried);
        Assert.Equal((CallStatus.LimitExceeded, code), (result.Status, result.Error!.Code));
        Assert.Equal("42", await js.Value("module.exports = () => 42"));
    }

    [Fact]
    public async Task Call_ResultTooLarge_IsALimit()
    {
        var result = await js.Run("module.exports = () => 'x'.repeat(2000)", limits: Small);
        Assert.Equal((CallStatus.LimitExceeded, ErrorCodes.ResultLimit), (result.Status, result.Error!.Code));
    }

    [Fact]
    public async Task Call_TimeoutWhileWaitingForTheHost_EndsAtOnceAndCancelsTheHostCall()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var channel = new ChannelOf(async (_, _, ct) =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, ct);
            }
            catch (OperationCanceledException)
            {
                cancelled.SetResult();
            }

            return ChannelOf.Json("1");
        });
        var result = await js.Run("module.exports = (c) => c.host.kv.get('k')", limits: Small, channel: channel);
        Assert.Equal(ErrorCodes.TimeLimit, result.Error?.Code);
        await cancelled.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Call_AwaitsNothing_IsADeadlock() =>
        Assert.Equal(ErrorCodes.GuestDeadlock, (await js.Run("module.exports = () => new Promise(() => {})")).Error?.Code);

    [Fact]
    public async Task Call_OrdinaryRecursion_HasRoom() =>
        Assert.Equal("2000", await js.Value("module.exports = () => { let n = 0; (function f() { if (++n < 2000) f() })(); return n }"));

    [Fact]
    public async Task Call_LogsBeforeABreach_AreKept()
    {
        var result = await js.Run("module.exports = () => { console.log('before'); for (;;); }", limits: Small);
        Assert.Equal("before", Assert.Single(result.Logs).Message);
    }

    [Fact]
    public async Task Call_HostCallsThatNobodyAwaits_DoNotOutliveTheCall()
    {
        var started = new StringBuilder();
        var channel = new ChannelOf((f, _, _) =>
        {
            lock (started) started.Append(f);
            return Task.FromResult(ChannelOf.Json("1"));
        });
        var result = await js.Run("module.exports = (c) => { c.host.kv.set('a', 1); return 'done' }", channel: channel);
        Assert.Equal((CallStatus.Completed, 1), (result.Status, result.HostCalls));
        Assert.Equal("", started.ToString());
    }

    [Fact]
    public async Task Call_ManyHostCallsAtOnce_AreBegunAFewAtATimeAndAllAnswered()
    {
        const int AtOnce = 32, All = 200;
        int under = 0, most = 0;
        var gate = new Lock();
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var channel = new ChannelOf(async (_, a, _) =>
        {
            lock (gate)
            {
                most = Math.Max(most, ++under);
                if (under == AtOnce) full.TrySetResult();
            }

            await full.Task;
            lock (gate) under--;
            return ChannelOf.Json(a);
        });
        var result = await js.Value($"module.exports = async (c) => (await Promise.all(Array.from({{ length: {All} }}, (_, i) => c.host.kv.get('k' + i)))).filter((a, i) => a.key === 'k' + i).length", channel: channel);
        Assert.Equal((All.ToString(System.Globalization.CultureInfo.InvariantCulture), AtOnce), (result, most));
    }
}
