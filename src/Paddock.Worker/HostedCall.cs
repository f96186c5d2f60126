using System.Collections.Concurrent;
using Paddock.Sandbox.Protocol.Workers;

namespace Paddock.Worker;

/// <summary>A call in the worker: what its guest asks of the host, and of the host's sources, goes over the wire and back.</summary>
internal sealed class HostedCall(int number, WorkerWire wire) : IHostChannel, ICallSources, IDisposable
{
    private const int MostRandom = 64 << 10;

    private readonly ConcurrentDictionary<int, TaskCompletionSource<HostReply>> _hostCalls = new();
    private readonly CancellationTokenSource _cancelled = new();
    private readonly SemaphoreSlim _answered = new(0, 1);
    private FrameFields? _answer;
    private int _lastHostCall;

    internal int Number { get; } = number;

    internal CancellationToken Cancelled => _cancelled.Token;

    public async ValueTask<HostReply> InvokeAsync(string function, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken)
    {
        int id = Interlocked.Increment(ref _lastHostCall);
        var reply = new TaskCompletionSource<HostReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        _hostCalls[id] = reply;
        wire.Send(w => w.Begin(WorkerFrameKind.HostCall, Number).Number(id).Text(function).Bytes(arguments));
        try
        {
            return await reply.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return HostReply.Fail(ErrorCodes.Cancelled, "The call is over.");
        }
        finally
        {
            _hostCalls.TryRemove(id, out _);
        }
    }

    public long UtcNowMilliseconds() => Ask(w => w.Number(WorkerSources.Now)).LongNumber();

    public long ElapsedNanoseconds() => Ask(w => w.Number(WorkerSources.Elapsed)).LongNumber();

    public void Fill(Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int count = Math.Min(buffer.Length, MostRandom);
            Ask(w => w.Number(WorkerSources.Random).Number(count)).Bytes()!.Value.Span.CopyTo(buffer);
            buffer = buffer[count..];
        }
    }

    public int SettleNext(IReadOnlyList<int> completed) => Ask(w =>
    {
        w.Number(WorkerSources.Next).Number(completed.Count);
        foreach (int ordinal in completed) w.Number(ordinal);
    }).Number();

    public void Dispose()
    {
        _cancelled.Dispose();
        _answered.Dispose();
    }

    internal void Cancel()
    {
        try
        {
            _cancelled.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended meanwhile.
        }
    }

    internal void Reply(FrameFields fields)
    {
        int id = fields.Number();
        var value = fields.Bytes();
        var error = fields.Error();
        if (_hostCalls.TryGetValue(id, out var waiting)) waiting.TrySetResult(error is not null ? HostReply.Fail(error) : HostReply.Ok(value ?? default));
    }

    internal void SourceReply(FrameFields fields)
    {
        _answer = fields;
        _answered.Release();
    }

    // One guest thread at a time asks, and waits for its answer.
    private FrameFields Ask(Action<FrameWriter> question)
    {
        wire.Send(w => question(w.Begin(WorkerFrameKind.Source, Number)));
        _answered.Wait();
        return _answer!;
    }
}
