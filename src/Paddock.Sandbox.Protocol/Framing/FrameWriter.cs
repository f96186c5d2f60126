using System.Buffers;

namespace Paddock.Sandbox.Protocol.Framing;

/// <summary>Writes messages to a stream, each whole, whoever writes at the same time.</summary>
internal sealed class FrameWriter(Stream stream) : IDisposable
{
    private const int KeptBytes = 256 << 10;

    private readonly SemaphoreSlim _turn = new(1);
    private FrameBuffer _buffer = new();

    /// <summary>Writes one message.</summary>
    /// <exception cref="IOException">The guest does not read any more.</exception>
    internal async ValueTask WriteAsync<TState>(TState state, Action<FrameBuffer, TState> compose)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            _buffer.Clear();
            compose(_buffer, state);
            _buffer.EndLine();
            await stream.WriteAsync(_buffer.Written, CancellationToken.None).ConfigureAwait(false);
            await stream.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            if (_buffer.Capacity > KeptBytes) _buffer = new FrameBuffer();
        }
        catch (ObjectDisposedException e)
        {
            throw new IOException("The guest is gone.", e);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}

/// <summary>The bytes of a message that is being put together.</summary>
internal sealed class FrameBuffer
{
    private readonly ArrayBufferWriter<byte> _bytes = new(1024);

    internal ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    internal int Capacity => _bytes.Capacity;

    internal void Clear() => _bytes.ResetWrittenCount();

    /// <summary>Adds text of the protocol's own.</summary>
    internal FrameBuffer Raw(ReadOnlySpan<byte> utf8)
    {
        _bytes.Write(utf8);
        return this;
    }

    internal FrameBuffer Number(long value)
    {
        var span = _bytes.GetSpan(20);
        value.TryFormat(span, out var written, default, System.Globalization.CultureInfo.InvariantCulture);
        _bytes.Advance(written);
        return this;
    }

    internal FrameBuffer Text(string? value)
    {
        if (value is null) return Raw("null"u8);
        using var writer = new System.Text.Json.Utf8JsonWriter(_bytes);
        writer.WriteStringValue(value);
        return this;
    }

    /// <summary>Adds JSON as it is. Line ends, which in JSON can only be space between tokens, become spaces: a message is one line.</summary>
    internal FrameBuffer Json(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty) return Raw("null"u8);
        var target = _bytes.GetSpan(json.Length)[..json.Length];
        json.CopyTo(target);
        target.Replace((byte)'\n', (byte)' ');
        _bytes.Advance(json.Length);
        return this;
    }

    internal void EndLine() => Raw("\n"u8);
}
