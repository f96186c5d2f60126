using System.Text;

namespace Paddock.Sandbox.Protocol.Workers;

/// <summary>A call that is in a worker: its one way out, and what came of it.</summary>
internal sealed class WorkerCall
{
    private const int LongestName = 200, MostArgumentBytes = 16 << 20;

    private readonly TaskCompletionSource<CallResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IHostChannel _channel;
    private readonly CancellationTokenSource _over;

    // Of its own: the source is disposed with the call, and a host call may come a moment later.
    private readonly CancellationToken _isOver;
    private int _hostCalls;
    private int _asking;

    internal WorkerCall(SandboxCall call, IHostChannel channel, Limits limits, CancellationToken cancellationToken)
    {
        (Call, _channel, Limits, CancellationToken) = (call, channel, limits, cancellationToken);
        _over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _isOver = _over.Token;
    }

    internal SandboxCall Call { get; }

    internal Limits Limits { get; }

    internal CancellationToken CancellationToken { get; }

    internal Task<CallResult> Done => _done.Task;

    internal void End(CallResult result) => _done.TrySetResult(result with { HostCalls = _hostCalls });

    /// <summary>Takes what the worker says came of it.</summary>
    /// <exception cref="WorkerFrameException">It is no result.</exception>
    internal void End(FrameFields fields)
    {
        var result = fields.Result();
        fields.End();
        _done.TrySetResult(WorkerResults.Checked(result, Limits, _hostCalls));
    }

    /// <summary>Nothing that it still asks for is answered.</summary>
    internal void Close()
    {
        _over.Cancel();
        _over.Dispose();
    }

    // SECURITY: identity is in the channel, which the host made for this call. A worker names the number of a call, and only one of its own.
    internal ValueTask<HostReply> InvokeAsync(string function, ReadOnlyMemory<byte> arguments)
    {
        if (function.Length is 0 or > LongestName) throw new WorkerFrameException("A host function's name is none.");

        // The engine ends a call that makes more of them, or larger ones, before the host hears of it.
        if (_hostCalls >= Limits.HostCalls || arguments.Length > MostArgumentBytes) throw new WorkerFrameException("A call makes more, or larger, host calls than it may.");
        _hostCalls++;
        return _done.Task.IsCompleted
            ? ValueTask.FromResult(HostReply.Fail(ErrorCodes.Cancelled, "The call is over."))
            : _channel.InvokeAsync(function, arguments, _isOver);
    }

    /// <summary>A question is to be answered.</summary>
    /// <exception cref="WorkerFrameException">There is one already: a guest waits for its answer before it asks again.</exception>
    internal void BeginAnswer()
    {
        if (Interlocked.Exchange(ref _asking, 1) != 0) throw new WorkerFrameException("A call asks twice at once.");
    }

    /// <summary>Answers a question of <see cref="ICallSources"/>, after which the next may come.</summary>
    /// <exception cref="WorkerFrameException">There is no such question, or the call has no sources.</exception>
    internal void Answer(FrameFields question, FrameWriter answer)
    {
        const int mostRandom = 64 << 10, mostReplies = 100_000;
        var sources = Call.Sources ?? throw new WorkerFrameException("The call was given no sources.");
        switch (question.Number())
        {
            case WorkerSources.Now: answer.Number(sources.UtcNowMilliseconds()); break;
            case WorkerSources.Elapsed: answer.Number(sources.ElapsedNanoseconds()); break;
            case WorkerSources.Random:
                byte[] bytes = new byte[question.Number(0, mostRandom)];
                sources.Fill(bytes);
                answer.Bytes(bytes);
                break;
            case WorkerSources.Next:
                int[] completed = new int[question.Number(1, mostReplies)];
                for (int i = 0; i < completed.Length; i++) completed[i] = question.Number();
                answer.Number(sources.SettleNext(completed));
                break;
            default: throw new WorkerFrameException("There is no such question.");
        }

        question.End();
        Volatile.Write(ref _asking, 0);
    }
}

/// <summary>The questions that a call may ask its sources.</summary>
public static class WorkerSources
{
    /// <summary><see cref="ICallSources.UtcNowMilliseconds"/>.</summary>
    public const int Now = 1;

    /// <summary><see cref="ICallSources.ElapsedNanoseconds"/>.</summary>
    public const int Elapsed = 2;

    /// <summary><see cref="ICallSources.Fill"/>, at most 64 KiB at a time.</summary>
    public const int Random = 3;

    /// <summary><see cref="ICallSources.SettleNext"/>.</summary>
    public const int Next = 4;
}
