using System.Text.Json;
using Paddock.Tests.Seam;
using static Paddock.Tests.Seam.HostFixture;

namespace Paddock.Tests;

public sealed class ExecutionTests : IAsyncDisposable
{
    private readonly HostFixture _host = new(o => (o.CallsPerPlugin, o.Calls, o.KeptResultBytes) = (2, 3, 1000));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Execute_Completed_IsRecordedWithLogsAndAudit()
    {
        var plugin = (await _host.Plugins.CreateAsync(Author, Draft("log hello") with { Config = JsonElement.Parse("""{"a":1}""") }, Ct)).Value;
        var request = new ExecuteRequest { Input = JsonElement.Parse("""{"n":2}"""), Context = JsonElement.Parse("[]"), Function = "other", TimeoutMs = 500 };
        var outcome = (await _host.Executions.ExecuteAsync(Author, plugin.Id, request, Ct)).Value;
        Assert.Equal("""{"n":2}""", outcome.Result.Text());
        var call = Assert.Single(_host.Runtime.Calls);
        Assert.Equal(("other", """{"a":1}""", "[]"), (call.Function, Text(call.Config), Text(call.Context)));
        await _host.RestartAsync();
        var record = Assert.Single((await _host.Executions.ListAsync(Author, plugin.Id, 50, Ct)).Value);
        Assert.Equal((outcome.ExecutionId, plugin.Digest, "ann", 7L, 2L), (record.Id, record.Digest, record.Actor, record.InputBytes, record.ContextBytes));
        Assert.Equal((CallStatus.Completed, """{"n":2}"""), (record.Result.Status, record.Result.Text()));
        Assert.Equal((LogSeverity.Warn, "hello"), (record.Result.Logs.Single().Severity, record.Result.Logs.Single().Message));
    }

    [Fact]
    public async Task Execute_WithoutConfigOrContext_HandsOverNeither()
    {
        var plugin = await _host.CreateAsync();
        Assert.Equal("null", (await _host.ExecuteAsync(plugin.Id)).Text());
        var call = Assert.Single(_host.Runtime.Calls);
        Assert.Equal((null, null), (call.Config, call.Context));
    }

    [Fact]
    public async Task Execute_GuestFault_IsAnOutcomeAndIsRecorded()
    {
        var plugin = await _host.CreateAsync("log before", "throw");
        Assert.Equal(ErrorCodes.GuestError, (await _host.ExecuteAsync(plugin.Id)).Error!.Code);
        var record = Assert.Single((await _host.Executions.ListAsync(Author, plugin.Id, 1, Ct)).Value);
        Assert.Equal((CallStatus.GuestFault, 3, "before"), (record.Result.Status, record.Result.Error!.Line, record.Result.Logs.Single().Message));
    }

    [Fact]
    public async Task T70_InputAndContext_AreInNoFileAfterwards()
    {
        var plugin = await _host.CreateAsync("result 2");
        var canary = JsonSerializer.SerializeToElement(new { key = "canary-5d1f" });
        await _host.ExecuteAsync(plugin.Id, new ExecuteRequest { Input = canary, Context = canary });
        foreach (string file in Directory.GetFiles(_host.DataDirectory).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            byte[] bytes = new byte[stream.Length];
            await stream.ReadExactlyAsync(bytes, Ct);
            Assert.Equal(-1, bytes.AsSpan().IndexOf("canary-5d1f"u8));
        }
    }

    [Fact]
    public async Task Execute_LargeResult_IsAnsweredWhole_AndItsSizeIsKept()
    {
        var plugin = await _host.CreateAsync("result 1001");
        Assert.Equal(1001, (await _host.ExecuteAsync(plugin.Id)).Value.Length);
        var record = Assert.Single((await _host.Executions.ListAsync(Author, plugin.Id, 50, Ct)).Value);
        Assert.Equal((1001L, 0), (record.ResultBytes, record.Result.Value.Length));
    }

    [Theory]
    [InlineData(199L, null, ServiceErrorCodes.TimeoutInvalid)]
    [InlineData(300_001L, null, ServiceErrorCodes.TimeoutInvalid)]
    [InlineData(long.MinValue, null, ServiceErrorCodes.TimeoutInvalid)]
    [InlineData(null, "", ServiceErrorCodes.FunctionInvalid)]
    [InlineData(null, "a\nb", ServiceErrorCodes.FunctionInvalid)]
    public async Task Execute_BadRequest_RunsNothing(long? timeoutMs, string? function, string code)
    {
        var plugin = await _host.CreateAsync();
        var result = await _host.Executions.ExecuteAsync(Author, plugin.Id, new ExecuteRequest { TimeoutMs = timeoutMs, Function = function }, Ct);
        Assert.Equal([code], result.ErrorCodes());
        Assert.Empty(_host.Runtime.Calls);
    }

    [Theory]
    [InlineData(200L)]
    [InlineData(300_000L)]
    public async Task Execute_TimeoutAtItsBounds_IsTaken(long timeoutMs)
    {
        var plugin = await _host.CreateAsync();
        await _host.ExecuteAsync(plugin.Id, new ExecuteRequest { TimeoutMs = timeoutMs });
        Assert.InRange(Assert.Single(_host.Runtime.Calls).Limits!.Timeout.TotalMilliseconds, timeoutMs - 200, timeoutMs);
    }

    [Fact]
    public async Task Execute_InputBeyondTheLimit_IsRefused()
    {
        var plugin = await _host.CreateAsync();
        var input = JsonSerializer.SerializeToElement(new string('x', 1 << 20));
        Assert.Equal([ServiceErrorCodes.InputTooLarge], (await _host.Executions.ExecuteAsync(Author, plugin.Id, new ExecuteRequest { Input = input }, Ct)).ErrorCodes());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(201)]
    public async Task List_LimitOutOfRange_IsRefused(int limit)
    {
        var plugin = await _host.CreateAsync();
        Assert.Equal([ServiceErrorCodes.LimitInvalid], (await _host.Executions.ListAsync(Author, plugin.Id, limit, Ct)).ErrorCodes());
    }

    [Fact]
    public async Task List_IsNewestFirst()
    {
        var plugin = await _host.CreateAsync();
        foreach (int n in new[] { 1, 2, 3 }) await _host.ExecuteAsync(plugin.Id, new ExecuteRequest { Input = JsonSerializer.SerializeToElement(n) });
        Assert.Equal(["3", "2"], (await _host.Executions.ListAsync(Author, plugin.Id, 2, Ct)).Value.Select(e => e.Result.Text()));
    }

    [Fact]
    public async Task Concurrency_OfOnePluginAndInAll_IsBounded()
    {
        var first = await _host.CreateAsync("wait one");
        var second = await _host.CreateAsync("wait one", "log second");
        var calls = Enumerable.Range(0, 6).Select(i => _host.ExecuteAsync(i % 2 == 0 ? first.Id : second.Id)).ToArray();
        for (int i = 0; i < 3; i++) await _host.Runtime.Gate("one").ArrivedAsync();
        Assert.Equal(3, _host.Runtime.Running);
        _host.Runtime.Gate("one").Open();
        Assert.All(await Task.WhenAll(calls), result => Assert.Equal(CallStatus.Completed, result.Status));
        Assert.Equal(3, _host.Runtime.MostRunning);
    }

    [Fact]
    public async Task Waiting_CountsAgainstTheDeadline()
    {
        var plugin = await _host.CreateAsync("wait one");
        var holding = new[] { _host.ExecuteAsync(plugin.Id), _host.ExecuteAsync(plugin.Id) };
        foreach (var _ in holding) await _host.Runtime.Gate("one").ArrivedAsync();
        var late = await _host.ExecuteAsync(plugin.Id, new ExecuteRequest { TimeoutMs = 200 });
        Assert.Equal((CallStatus.LimitExceeded, ErrorCodes.TurnLimit), (late.Status, late.Error!.Code));
        Assert.Equal(2, _host.Runtime.Calls.Count);
        _host.Runtime.Gate("one").Open();
        await Task.WhenAll(holding);
        Assert.Equal(3, (await _host.Executions.ListAsync(Author, plugin.Id, 50, Ct)).Value.Count);
    }

    [Fact]
    public async Task Cancelled_IsRecorded()
    {
        var plugin = await _host.CreateAsync("wait forever");
        using var cancelling = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var call = _host.Executions.ExecuteAsync(Author, plugin.Id, new ExecuteRequest(), cancelling.Token);
        await _host.Runtime.Gate("forever").ArrivedAsync();
        await cancelling.CancelAsync();
        Assert.Equal(CallStatus.Cancelled, (await call).Value.Result.Status);
        Assert.Equal(CallStatus.Cancelled, Assert.Single((await _host.Executions.ListAsync(Author, plugin.Id, 50, Ct)).Value).Result.Status);
    }

    [Fact]
    public async Task T35_ChannelKeptPastItsCall_HasNoEffect()
    {
        var plugin = await _host.CreateAsync("leak");
        await _host.GrantKvAsync(plugin.Id);
        await _host.ExecuteAsync(plugin.Id);
        Assert.True(_host.Runtime.Leaked.TryDequeue(out var channel));
        var reply = await channel.InvokeAsync("kv.set", """{"key":"a","value":1}"""u8.ToArray(), Ct);
        Assert.Equal(ErrorCodes.HostCallRefused, reply.Error?.Code);
        Assert.Null(await _host.Get<IKeyValueStore>().GetAsync("default", plugin.Id, "a", Ct));
    }

    private static string? Text(ReadOnlyMemory<byte>? bytes) => bytes is { } some ? System.Text.Encoding.UTF8.GetString(some.Span) : null;
}
