using System.Buffers;
using System.IO.Pipelines;

namespace Paddock.Sandbox.GoPlugin.Yamux;

/// <summary>One stream of a session, with flow control both ways. Read by one and written by one at a time.</summary>
internal sealed class YamuxStream : Stream
{
    /// <summary>Bytes that may be on their way or unread, each way, when a stream is opened (yamux's spec.md).</summary>
    internal const int Window = 256 << 10;

    private readonly YamuxSession _session;
    // Inline: whoever reads a stream decodes what is there and hands it on; a hop between threads would cost more than that.
    private readonly Pipe _received = new(new PipeOptions(readerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: false));
    private readonly SemaphoreSlim _windowGrew = new(0);
    private readonly Lock _gate = new();
    private long _sendWindow = Window;
    private int _receiveWindow = Window;
    private int _read;
    private bool _finished, _closed, _aborted;

    internal YamuxStream(YamuxSession session, uint id)
    {
        _session = session;
        Id = id;
    }

    internal uint Id { get; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var result = await _received.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        var available = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, buffer.Length));
        var count = (int)available.Length;
        available.CopyTo(buffer.Span);
        _received.Reader.AdvanceTo(available.End);
        if (count == 0 && Volatile.Read(ref _aborted)) throw new IOException("The stream was reset.");
        if (GrantedAgain(count) is var granted and > 0)
            await _session.SendAsync(new FrameHeader(FrameType.WindowUpdate, FrameFlags.None, Id, (uint)granted), default, cancellationToken).ConfigureAwait(false);
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            var part = await TakeSendWindowAsync(Math.Min(buffer.Length, FrameSender.MaxPayload), cancellationToken).ConfigureAwait(false);
            await _session.SendAsync(new FrameHeader(FrameType.Data, FrameFlags.None, Id, (uint)part), buffer[..part], cancellationToken).ConfigureAwait(false);
            buffer = buffer[part..];
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    /// <summary>Says that nothing more will be written. What the other side still sends is dropped.</summary>
    public override async ValueTask DisposeAsync()
    {
        bool both;
        lock (_gate)
        {
            if (_closed || _aborted) return;
            _closed = true;
            both = _finished;
        }

        if (both) _session.Forget(Id);
        try
        {
            await _session.SendAsync(new FrameHeader(FrameType.WindowUpdate, FrameFlags.Finish, Id, 0), default, CancellationToken.None).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The whole session is closed.
        }

        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Bytes are announced. SECURITY: more than were granted would grow the host's memory at the plugin's will.</summary>
    internal void Reserve(int length)
    {
        lock (_gate)
        {
            if (length > _receiveWindow) throw new ProtocolException("The plugin sent more than its window.");
            _receiveWindow -= length;
        }
    }

    internal void Take(ReadOnlySpan<byte> bytes)
    {
        if (!_finished && !_aborted) _received.Writer.Write(bytes);
    }

    internal void Deliver()
    {
        // Never pauses: Reserve is what bounds it.
        if (!_finished && !_aborted) _ = _received.Writer.FlushAsync().AsTask();
    }

    internal void AddSendWindow(uint length)
    {
        lock (_gate)
        {
            _sendWindow += length;
            if (_sendWindow > uint.MaxValue) throw new ProtocolException("The plugin granted a window beyond every bound.");
        }

        Wake();
    }

    internal void TakeFlags(FrameFlags flags)
    {
        if (flags.HasFlag(FrameFlags.Reset))
        {
            _session.Forget(Id);
            Abort();
        }
        else if (flags.HasFlag(FrameFlags.Finish))
        {
            Finish();
        }
    }

    /// <summary>The stream, or its session, is over; whoever reads or writes is told.</summary>
    internal void Abort()
    {
        lock (_gate)
        {
            if (_aborted) return;
            _aborted = true;
        }

        _received.Writer.Complete();
        Wake();
    }

    private void Finish()
    {
        bool both;
        lock (_gate)
        {
            if (_finished) throw new ProtocolException("The plugin closed a stream twice.");
            _finished = true;
            both = _closed;
        }

        _received.Writer.Complete();
        if (both) _session.Forget(Id);
    }

    private void Wake()
    {
        if (_windowGrew.CurrentCount == 0) _windowGrew.Release();
    }

    /// <summary>Grants what has been read once it is half a window: an update for each read would be a frame for each frame.</summary>
    private int GrantedAgain(int count)
    {
        lock (_gate)
        {
            _read += count;
            if (_read < Window / 2 || _finished || _aborted) return 0;
            var granted = _read;
            _receiveWindow += granted;
            _read = 0;
            return granted;
        }
    }

    private async ValueTask<int> TakeSendWindowAsync(int wanted, CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_aborted || _closed) throw new IOException("The stream is closed.");
                var part = (int)Math.Min(wanted, _sendWindow);
                if (part > 0)
                {
                    _sendWindow -= part;
                    return part;
                }
            }

            await _windowGrew.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
