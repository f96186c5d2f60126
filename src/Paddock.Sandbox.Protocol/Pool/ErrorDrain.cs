using Paddock.Sandbox.Protocol.Calls;

namespace Paddock.Sandbox.Protocol.Pool;

/// <summary>Reads a guest's standard error for as long as it lives: into the log of the call under way, or nowhere.</summary>
// SECURITY: a pipe that nobody reads stops its writer, and a flood between two calls would cost the host time without end.
internal sealed class ErrorDrain
{
    private const int BufferBytes = 4096;

    private readonly Stream _stream;
    private readonly int _mostIdleBytes;
    private readonly Func<GuestLog?> _log;
    private readonly Action _kill;

    internal ErrorDrain(Stream stream, int mostIdleBytes, Func<GuestLog?> log, Action kill)
    {
        (_stream, _mostIdleBytes, _log, _kill) = (stream, mostIdleBytes, log, kill);
        Ended = Task.Run(RunAsync);
    }

    /// <summary>Completes at the end of the stream.</summary>
    internal Task Ended { get; }

    private async Task RunAsync()
    {
        var buffer = new byte[BufferBytes];
        var idle = 0;
        try
        {
            for (var read = await ReadAsync(buffer).ConfigureAwait(false); read > 0; read = await ReadAsync(buffer).ConfigureAwait(false))
            {
                // Counted anew after each call: a line now and then, over the days that a process lives, is no flood.
                if (_log() is { } log)
                {
                    idle = 0;
                    log.AddError(buffer.AsSpan(0, read));
                }
                else if ((idle += read) > _mostIdleBytes)
                {
                    _kill();
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The process is gone.
        }
    }

    private ValueTask<int> ReadAsync(byte[] buffer) => _stream.ReadAsync(buffer, CancellationToken.None);
}
