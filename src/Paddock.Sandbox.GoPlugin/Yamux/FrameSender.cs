namespace Paddock.Sandbox.GoPlugin.Yamux;

/// <summary>Writes frames whole, one after another, each with one write.</summary>
internal sealed class FrameSender(Stream connection) : IDisposable
{
    /// <summary>Bytes of a data frame at most; the rest waits for the next.</summary>
    internal const int MaxPayload = 64 << 10;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly byte[] _buffer = new byte[FrameHeader.Size + MaxPayload];

    /// <exception cref="IOException">The connection is gone.</exception>
    internal async ValueTask SendAsync(FrameHeader header, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            header.Write(_buffer);
            payload.CopyTo(_buffer.AsMemory(FrameHeader.Size));
            // Never cancelled half-way: what follows would be read as the rest of this frame. Ending the connection ends it.
            await connection.WriteAsync(_buffer.AsMemory(0, FrameHeader.Size + payload.Length), CancellationToken.None).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            throw new IOException("The connection to the plugin's process is closed.");
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => connection.Dispose();
}
