using System.IO.Pipes;
using Paddock.Sandbox.Protocol.Workers;

namespace Paddock.Sandbox.Protocol.Tests.Workers;

/// <summary>A worker whose plugin broke out: it says what a test has it say.</summary>
internal sealed class RogueWorker : IGuestProcess
{
    private readonly AnonymousPipeServerStream _input = new(PipeDirection.In);
    private readonly AnonymousPipeServerStream _output = new(PipeDirection.Out);
    private readonly AnonymousPipeServerStream _error = new(PipeDirection.Out);
    private readonly TaskCompletionSource<ProcessExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FrameReader _reader;
    private readonly TaskCompletionSource _killed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="answer">What it sends for each frame of the host, as raw bytes; it loads whatever it is given.</param>
    /// <param name="deafAfter">After such a frame it reads no more; null for never.</param>
    public RogueWorker(Func<WorkerFrame, FrameWriter, ReadOnlyMemory<byte>?> answer, WorkerFrameKind? deafAfter = null)
    {
        Input = new AnonymousPipeClientStream(PipeDirection.Out, _input.ClientSafePipeHandle);
        Output = new AnonymousPipeClientStream(PipeDirection.In, _output.ClientSafePipeHandle);
        Error = new AnonymousPipeClientStream(PipeDirection.In, _error.ClientSafePipeHandle);
        _reader = new FrameReader(_input);
        _ = ServeAsync(answer, deafAfter);
    }

    public Stream Input { get; }

    public Stream Output { get; }

    public Stream Error { get; }

    public Task<ProcessExit> Exited => _exited.Task;

    public bool IsKilled { get; private set; }

    public ValueTask KillAsync()
    {
        IsKilled = true;
        _output.Dispose();
        _error.Dispose();
        _killed.TrySetResult();
        _exited.TrySetResult(new ProcessExit(137));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await Input.DisposeAsync();
    }

    private async Task ServeAsync(Func<WorkerFrame, FrameWriter, ReadOnlyMemory<byte>?> answer, WorkerFrameKind? deafAfter)
    {
        try
        {
            var writer = new FrameWriter();
            while (await _reader.ReadAsync() is { } frame)
            {
                var said = frame.Kind == WorkerFrameKind.Load ? writer.Begin(WorkerFrameKind.Loaded, 0).Finish() : answer(frame, writer);
                if (said is { } bytes) await _output.WriteAsync(bytes);
                if (frame.Kind != deafAfter) continue;
                await _killed.Task;
                await _input.DisposeAsync();
                return;
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It was killed.
        }
    }
}
