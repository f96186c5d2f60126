namespace Paddock.Sandbox.Protocol.Workers;

/// <summary>A worker's process and the frames to it and from it. Many may send; one reads.</summary>
internal sealed class WorkerPipe : IAsyncDisposable
{
    private readonly IGuestProcess _process;
    private readonly FrameReader _reader;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly FrameWriter _writer = new();

    internal WorkerPipe(IGuestProcess process)
    {
        _process = process;
        _reader = new FrameReader(process.Output);
        _ = DrainAsync(process.Error);
    }

    /// <summary>The next frame; null at the end.</summary>
    /// <exception cref="WorkerFrameException">What is there is no frame.</exception>
    internal ValueTask<WorkerFrame?> ReadAsync(CancellationToken cancellationToken = default) => _reader.ReadAsync(cancellationToken);

    /// <exception cref="IOException">The worker is gone.</exception>
    internal async ValueTask SendAsync(Action<FrameWriter> write, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            write(_writer);
            await _process.Input.WriteAsync(_writer.Finish(), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    internal ValueTask KillAsync() => _process.KillAsync();

    /// <summary>What its end means for who waits for it. Completes when it has ended.</summary>
    internal async ValueTask<CallResult> EndOfAsync() => WorkerResults.Ended(await _process.Exited.ConfigureAwait(false));

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static async Task DrainAsync(Stream error)
    {
        byte[] buffer = new byte[4096];
        try
        {
            while (await error.ReadAsync(buffer).ConfigureAwait(false) > 0)
            {
                // A worker says nothing there that anybody needs; a full pipe would stop it.
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // It ended.
        }
    }
}
