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
        int replies = 0;
        var (result, _) = await CallAsync(
            (frame, writer) => frame.Kind switch
            {
                WorkerFrameKind.Call => writer.Begin(WorkerFrameKind.HostCall, frame.Call + 7).Number(1).Text("kv.get").Bytes("{}"u8.ToArray()).Finish(),
                WorkerFrameKind.HostReply when ++replies == 1 => writer.Begin(WorkerFrameKind.Result, 1).Write(Honest).Finish(),
                _ => null,
            },
            channel);
        Assert.Equal((CallStatus.Completed, 0, 1), (result.Status, channel.Count, replies));
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
        Assert.Equal((10, 10), (channel.Count, result.HostCalls));
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
        var spec = new SandboxSpec
        {
            Digest = "d",
            Runtime = PluginRuntime.JavaScript,
            Files = new Dictionary<string, ReadOnlyMemory<byte>> { ["main.js"] = default },
            Entry = "main.js",
            Limits = new Limits { ResultBytes = 1000, LogEntries = 100, HostCalls = 10 },
        };
        await using var sandbox = await new WorkerRuntime(PluginRuntime.JavaScript, (_, _) => ValueTask.FromResult<IGuestProcess>(worker)).CreateAsync(spec, Stop);
        var result = await sandbox.CallAsync(new SandboxCall { Input = "null"u8.ToArray() }, channel ?? RefusingHostChannel.Instance, Stop);
        return (result, worker.IsKilled);
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
