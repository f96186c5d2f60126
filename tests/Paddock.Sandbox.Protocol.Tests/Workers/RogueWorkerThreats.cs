using System.Text;
using Paddock.Sandbox.Protocol.Workers;

namespace Paddock.Sandbox.Protocol.Tests.Workers;

/// <summary>Rows 40, 41, 43 and 47, where a plugin took its worker over.</summary>
public sealed class RogueWorkerThreats
{
    private static readonly CallResult Honest = new() { Status = CallStatus.Completed, Value = "1"u8.ToArray() };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, byte[]> Answers => new()
    {
        { "a length that no frame has", [0xFF, 0xFF, 0xFF, 0x7F, 1, 2, 3] },
        { "a kind that there is not", Frame(w => w.Begin((WorkerFrameKind)99, 1)) },
        { "what only a host says", Frame(w => w.Begin(WorkerFrameKind.HostReply, 1).Number(1)) },
        { "a result that is no JSON", Frame(w => w.Begin(WorkerFrameKind.Result, 1).Write(Honest with { Value = "{\"a\":"u8.ToArray() })) },
        { "a result after a result", Frame(w => w.Begin(WorkerFrameKind.Result, 1).Write(Honest with { Value = "1 2"u8.ToArray() })) },
        { "no result at all", Frame(w => w.Begin(WorkerFrameKind.Result, 1).Write(Honest with { Value = default })) },
        { "a result and an error", Frame(w => w.Begin(WorkerFrameKind.Result, 1).Write(Honest with { Error = new CallError("X", "x") })) },
        { "a result that is no UTF-8", Frame(w => w.Begin(WorkerFrameKind.Result, 1).Write(Honest with { Value = new byte[] { (byte)'"', 0xFF, (byte)'"' } })) },
        { "an error longer than any", Frame(w => w.Begin(WorkerFrameKind.Result, 1).Write(new CallResult { Status = CallStatus.GuestFault, Error = new CallError("X", "x") { Stack = new string('s', 200_000) } })) },
        { "a result longer than it may be", Frame(w => w.Begin(WorkerFrameKind.Result, 1).Write(Honest with { Value = Encoding.UTF8.GetBytes('"' + new string('a', 2000) + '"') })) },
        { "a log longer than it may be", Frame(w => w.Begin(WorkerFrameKind.Result, 1).Write(Honest with { Logs = [.. Enumerable.Repeat(new LogEntry(DateTimeOffset.UnixEpoch, LogSeverity.Info, "x"), 500)] })) },
        { "a field too many", Frame(w => w.Begin(WorkerFrameKind.Result, 1).Write(Honest).Number(1)) },
        { "a number of files that it has not", Frame(w => w.Begin(WorkerFrameKind.HostCall, 1).Number(1).Number(int.MaxValue)) },
        { "sources that it was not given", Frame(w => w.Begin(WorkerFrameKind.Source, 1).Number(WorkerSources.Now)) },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task T40_AnswerThatIsNone_EndsTheWorkerAndNothingElse(string what, byte[] answer)
    {
        var (result, worker) = await CallAsync((_, _) => answer);
        Assert.True(result.Status == CallStatus.GuestFault && result.Error!.Code is ErrorCodes.ProtocolError or ErrorCodes.ProcessEnded, $"{what}: {result}");
        Assert.True(worker, what);
    }

    [Fact]
    public async Task T40_Control_HonestAnswer_IsTaken()
    {
        var (result, worker) = await CallAsync((frame, writer) => writer.Begin(WorkerFrameKind.Result, frame.Call).Write(Honest).Finish());
        Assert.Equal((CallStatus.Completed, "1", false), (result.Status, Encoding.UTF8.GetString(result.Value.Span), worker));
    }

    [Fact]
    public async Task T41_NumberOfACallThatIsNotItsOwn_ReachesNoChannel()
    {
        var channel = new Asked();
        byte[] said =
        [
            .. Frame(w => w.Begin(WorkerFrameKind.HostCall, 8).Number(1).Text("kv.get").Bytes("{}"u8.ToArray())),
            .. Frame(w => w.Begin(WorkerFrameKind.Result, 1).Write(Honest)),
        ];
        var (result, _) = await CallAsync((_, _) => said, channel);
        Assert.Equal((CallStatus.Completed, 0), (result.Status, channel.Count));
    }

    [Fact]
    public async Task T41_Control_NumberOfItsOwnCall_ReachesTheChannelOfThatCall()
    {
        var channel = new Asked();
        await CallAsync(
            (frame, writer) => frame.Kind == WorkerFrameKind.Call
                ? writer.Begin(WorkerFrameKind.HostCall, frame.Call).Number(1).Text("kv.get").Bytes("{}"u8.ToArray()).Finish()
                : writer.Begin(WorkerFrameKind.Result, 1).Write(Honest).Finish(),
            channel);
        Assert.Equal(1, channel.Count);
    }

    [Fact]
    public async Task T43_ControlCharactersInALog_AreReplaced()
    {
        var (result, _) = await CallAsync((frame, writer) => writer.Begin(WorkerFrameKind.Result, frame.Call).Write(Honest with { Logs = [new LogEntry(DateTimeOffset.UnixEpoch, LogSeverity.Info, "a\u001b[2Jb\rc\nd")] }).Finish());
        Assert.Equal("a\uFFFD[2Jb\uFFFDc\nd", Assert.Single(result.Logs).Message);
    }

    [Fact]
    public async Task T47_HostCallsBeyondTheLimit_AreCountedByTheHost()
    {
        var channel = new Asked();
        int replies = 0;
        var (result, _) = await CallAsync(
            (frame, writer) => frame.Kind == WorkerFrameKind.Call || ++replies < 30
                ? writer.Begin(WorkerFrameKind.HostCall, 1).Number(replies).Text("kv.get").Bytes("{}"u8.ToArray()).Finish()
                : writer.Begin(WorkerFrameKind.Result, 1).Write(Honest).Finish(),
            channel);
        Assert.Equal((10, 10, ErrorCodes.ProtocolError), (channel.Count, result.HostCalls, result.Error?.Code));
    }

    [Fact]
    public async Task T43_ControlCharactersInAnError_AreReplaced()
    {
        var error = new CallError("GUEST\u001b", "a\u001b[2Jb\rc") { Name = "N\u0007", Stack = "s\u202E" };
        var (result, _) = await CallAsync((frame, writer) => writer.Begin(WorkerFrameKind.Result, frame.Call).Write(new CallResult { Status = CallStatus.GuestFault, Error = error }).Finish());
        Assert.Equal(("GUEST\uFFFD", "a\uFFFD[2Jb\uFFFDc", "N\uFFFD", "s\uFFFD"), (result.Error!.Code, result.Error.Message, result.Error.Name, result.Error.Stack));
    }

    // More than a pipe holds: who writes it waits for the worker.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task T40_WorkerThatDoesNotRead_HoldsNobodyUp(bool cancelled)
    {
        using var source = new CancellationTokenSource();
        var worker = new RogueWorker((_, _) => null, deafAfter: WorkerFrameKind.Load);
        await using var sandbox = await NewAsync(worker, cancelled ? TimeSpan.FromHours(1) : TimeSpan.FromMilliseconds(1));
        var calling = sandbox.CallAsync(new SandboxCall { Input = new byte[1 << 20] }, RefusingHostChannel.Instance, source.Token).AsTask();
        if (cancelled) await source.CancelAsync();
        var result = await calling.WaitAsync(TimeSpan.FromMinutes(1), Stop);
        Assert.Equal(cancelled ? CallStatus.Cancelled : CallStatus.LimitExceeded, result.Status);
        Assert.True(worker.IsKilled);
    }

    [Fact]
    public async Task T40_QuestionsWithoutEndThatNobodyReads_EndTheWorker()
    {
        var question = Frame(w => w.Begin(WorkerFrameKind.Source, 1).Number(WorkerSources.Random).Number(64 << 10));
        byte[] said = [.. Enumerable.Repeat(question, 5).SelectMany(bytes => bytes)];
        var worker = new RogueWorker((_, _) => said, deafAfter: WorkerFrameKind.Call);
        await using var sandbox = await NewAsync(worker, TimeSpan.FromHours(1));
        var result = await sandbox.CallAsync(new SandboxCall { Input = "null"u8.ToArray(), Sources = new Zeros() }, RefusingHostChannel.Instance, Stop).AsTask().WaitAsync(TimeSpan.FromMinutes(1), Stop);
        Assert.Equal(ErrorCodes.ProtocolError, result.Error?.Code);
    }

    // Told to cancel what it has not heard of, a worker would run the call to its end, and be killed for it with all others in it.
    [Fact]
    public async Task Call_CancelledBeforeItBegins_IsCancelledInTheWorker()
    {
        var seen = new List<WorkerFrameKind>();
        var worker = new RogueWorker((frame, writer) =>
        {
            seen.Add(frame.Kind);
            var cancelled = new CallResult { Status = CallStatus.Cancelled, Error = new CallError(ErrorCodes.Cancelled, "x") };
            return frame.Kind == WorkerFrameKind.Cancel ? writer.Begin(WorkerFrameKind.Result, frame.Call).Write(cancelled).Finish() : null;
        });
        await using var sandbox = await NewAsync(worker, TimeSpan.FromHours(1));
        var result = await sandbox.CallAsync(new SandboxCall { Input = "null"u8.ToArray() }, RefusingHostChannel.Instance, new CancellationToken(canceled: true));
        Assert.Equal((CallStatus.Cancelled, false), (result.Status, worker.IsKilled));
        Assert.Equal([WorkerFrameKind.Call, WorkerFrameKind.Cancel], seen);
    }

    private static byte[] Frame(Action<FrameWriter> write)
    {
        var writer = new FrameWriter();
        write(writer);
        return writer.Finish().ToArray();
    }

    private static async Task<(CallResult Result, bool IsKilled)> CallAsync(Func<WorkerFrame, FrameWriter, ReadOnlyMemory<byte>?> answer, IHostChannel? channel = null)
    {
        var worker = new RogueWorker(answer);
        await using var sandbox = await NewAsync(worker, new Limits().Timeout);
        var result = await sandbox.CallAsync(new SandboxCall { Input = "null"u8.ToArray() }, channel ?? RefusingHostChannel.Instance, Stop);
        return (result, worker.IsKilled);
    }

    private static ValueTask<ISandbox> NewAsync(RogueWorker worker, TimeSpan timeout)
    {
        var spec = new SandboxSpec
        {
            Digest = "d",
            Runtime = PluginRuntime.JavaScript,
            Files = new Dictionary<string, ReadOnlyMemory<byte>> { ["main.js"] = default },
            Entry = "main.js",
            Limits = new Limits { Timeout = timeout, ResultBytes = 1000, LogEntries = 100, HostCalls = 10 },
        };
        return new WorkerRuntime(PluginRuntime.JavaScript, (_, _) => ValueTask.FromResult<IGuestProcess>(worker)).CreateAsync(spec, Stop);
    }

    private sealed class Zeros : ICallSources
    {
        public long UtcNowMilliseconds() => 0;

        public long ElapsedNanoseconds() => 0;

        public void Fill(Span<byte> buffer) => buffer.Clear();

        public int SettleNext(IReadOnlyList<int> completed) => completed[0];
    }

    private sealed class Asked : IHostChannel
    {
        internal int Count { get; private set; }

        public ValueTask<HostReply> InvokeAsync(string function, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken)
        {
            Count++;
            return ValueTask.FromResult(HostReply.Ok("1"u8.ToArray()));
        }
    }
}
