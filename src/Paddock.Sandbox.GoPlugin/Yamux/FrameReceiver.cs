namespace Paddock.Sandbox.GoPlugin.Yamux;

/// <summary>Reads frames through one buffer.</summary>
internal sealed class FrameReceiver(Stream connection)
{
    private readonly byte[] _buffer = new byte[64 << 10];
    private int _start;
    private int _end;

    /// <summary>The next frame's header; null at the end of the connection.</summary>
    internal async ValueTask<FrameHeader?> NextAsync()
    {
        while (_end - _start < FrameHeader.Size)
        {
            if (!await FillAsync().ConfigureAwait(false)) return null;
        }

        var header = FrameHeader.Read(_buffer.AsSpan(_start));
        _start += FrameHeader.Size;
        return header;
    }

    /// <summary>Hands the bytes of a frame to its stream, or drops them.</summary>
    /// <exception cref="IOException">The connection ended inside the frame.</exception>
    internal async ValueTask CopyAsync(int length, YamuxStream? stream)
    {
        while (length > 0)
        {
            if (_start == _end && !await FillAsync().ConfigureAwait(false)) throw new IOException("The connection to the plugin's process ended within a frame.");
            var part = Math.Min(length, _end - _start);
            stream?.Take(_buffer.AsSpan(_start, part));
            _start += part;
            length -= part;
        }
    }

    private async ValueTask<bool> FillAsync()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        var read = await connection.ReadAsync(_buffer.AsMemory(_end)).ConfigureAwait(false);
        _end += read;
        return read > 0;
    }
}
