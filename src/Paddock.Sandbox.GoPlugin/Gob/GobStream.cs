namespace Paddock.Sandbox.GoPlugin.Gob;

/// <summary>The values that a peer sends over a stream, one after another.</summary>
internal sealed class GobStream(Stream stream, GobLimits limits)
{
    private readonly GobDecoder _decoder = new();
    private byte[] _buffer = new byte[4 << 10];
    private int _start, _end;

    /// <summary>Bytes of the last value's message, whatever is in it.</summary>
    internal int Length { get; private set; }

    /// <summary>The next value; false at the end of the stream.</summary>
    /// <exception cref="ProtocolException">What was sent is malformed or too large.</exception>
    internal async ValueTask<(bool IsThere, object? Value)> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await LengthAsync(cancellationToken).ConfigureAwait(false) is not { } length) return (false, null);
            if (!await HasAsync(length, cancellationToken).ConfigureAwait(false)) throw GobReader.Malformed();
            var isValue = _decoder.TryDecode(_buffer.AsSpan(_start, length), out var value);
            _start += length;
            Length = length;
            Shrink();
            if (isValue) return (true, value);
        }
    }

    private async ValueTask<int?> LengthAsync(CancellationToken cancellationToken)
    {
        if (!await HasAsync(1, cancellationToken).ConfigureAwait(false)) return null;
        var first = _buffer[_start];
        var bytes = first <= 0x7F ? 1 : 257 - first;
        if (bytes > 9 || !await HasAsync(bytes, cancellationToken).ConfigureAwait(false)) throw GobReader.Malformed();
        var length = new GobReader(_buffer.AsSpan(_start, bytes)).Uint();
        // SECURITY: an announced length reserves nothing until it is known to be within bounds.
        if (length > (ulong)limits.MessageBytes) throw new ProtocolException("A message of the plugin is larger than it may be.", limits.Code);
        _start += bytes;
        return (int)length;
    }

    private async ValueTask<bool> HasAsync(int count, CancellationToken cancellationToken)
    {
        while (_end - _start < count)
        {
            if (_buffer.Length - _start < count) MakeRoom(count);
            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            if (read == 0) return false;
            _end += read;
        }

        return true;
    }

    private void MakeRoom(int count)
    {
        // Grown by what has come, not by what was announced.
        var size = _buffer.Length < count ? Math.Min(Math.Max(count, _buffer.Length), Math.Max(_buffer.Length * 2, (_end - _start) * 2)) : _buffer.Length;
        var target = size == _buffer.Length ? _buffer : new byte[size];
        _buffer.AsSpan(_start, _end - _start).CopyTo(target);
        (_buffer, _end, _start) = (target, _end - _start, 0);
    }

    private void Shrink()
    {
        if (_start == _end) _start = _end = 0;
        if (_end == 0 && _buffer.Length > 1 << 20) _buffer = new byte[4 << 10];
    }
}
