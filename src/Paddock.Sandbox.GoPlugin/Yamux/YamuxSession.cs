using System.Threading.Channels;

namespace Paddock.Sandbox.GoPlugin.Yamux;

/// <summary>
/// Many streams over one connection, from the side that dialled it. Whatever the other side does wrong ends the session, and nothing else:
/// a stream holds at most one window of unread bytes, and there are at most <see cref="MaxAccepted"/> that the other side opened.
/// </summary>
internal sealed class YamuxSession : IAsyncDisposable
{
    internal const int MaxAccepted = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<uint, YamuxStream> _streams = [];
    private readonly Channel<YamuxStream> _accepted = Channel.CreateBounded<YamuxStream>(MaxAccepted);
    private readonly AfterFrame _after = new();
    private readonly FrameSender _sender;
    private readonly FrameReceiver _receiver;
    private readonly Task _reading;
    private uint _nextId = 1;
    private uint _lastAccepted;
    private Exception? _fault;

    internal YamuxSession(Stream connection)
    {
        _sender = new FrameSender(connection);
        _receiver = new FrameReceiver(connection);
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>Completes when the session is over. Never faults.</summary>
    internal Task Ended => _reading;

    /// <summary>Why the other side's frames ended it; null while it lives, or where the connection merely closed.</summary>
    internal ProtocolException? Fault => Volatile.Read(ref _fault) as ProtocolException;

    /// <summary>Runs what waited for a frame when that has been handed on, or else on another thread.</summary>
    internal void RunAfterFrame(Action work) => _after.Run(work);

    /// <exception cref="IOException">The session is over.</exception>
    internal async ValueTask<YamuxStream> OpenAsync(CancellationToken cancellationToken)
    {
        YamuxStream stream;
        lock (_gate)
        {
            ThrowIfEnded();
            stream = new YamuxStream(this, _nextId);
            _streams.Add(_nextId, stream);
            _nextId += 2;
        }

        await SendAsync(new FrameHeader(FrameType.WindowUpdate, FrameFlags.Open, stream.Id, 0), default, cancellationToken).ConfigureAwait(false);
        return stream;
    }

    /// <summary>The next stream that the other side opened.</summary>
    /// <exception cref="IOException">The session is over.</exception>
    internal async ValueTask<YamuxStream> AcceptAsync(CancellationToken cancellationToken)
    {
        try
        {
            var stream = await _accepted.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            await SendAsync(new FrameHeader(FrameType.WindowUpdate, FrameFlags.Accept, stream.Id, 0), default, cancellationToken).ConfigureAwait(false);
            return stream;
        }
        catch (ChannelClosedException)
        {
            throw new IOException("The connection to the plugin's process is closed.");
        }
    }

    internal ValueTask SendAsync(FrameHeader header, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) => _sender.SendAsync(header, payload, cancellationToken);

    /// <summary>Both sides have closed it, or one has reset it.</summary>
    internal void Forget(uint id)
    {
        lock (_gate) _streams.Remove(id);
    }

    /// <summary>Closes the connection, and with it every stream.</summary>
    public async ValueTask DisposeAsync()
    {
        _sender.Dispose();
        await _reading.ConfigureAwait(false);
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _receiver.NextAsync().ConfigureAwait(false) is { } header)
            {
                await TakeAsync(header).ConfigureAwait(false);
                await _after.Finish();
            }
        }
        catch (Exception e) when (e is ProtocolException or IOException or ObjectDisposedException)
        {
            Volatile.Write(ref _fault, e);
            if (e is ProtocolException) await SayGoAwayAsync().ConfigureAwait(false);
        }
        finally
        {
            End();
        }
    }

    private async Task SayGoAwayAsync()
    {
        const uint protocolError = 1;
        try
        {
            // A peer that does not read is not waited for.
            await SendAsync(new FrameHeader(FrameType.GoAway, FrameFlags.None, 0, protocolError), default, CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromMilliseconds(100)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            // It is gone already.
        }
    }

    private void End()
    {
        YamuxStream[] streams;
        lock (_gate)
        {
            _fault ??= new IOException("The connection to the plugin's process is closed.");
            streams = [.. _streams.Values];
            _streams.Clear();
        }

        _accepted.Writer.TryComplete();
        foreach (var stream in streams) stream.Abort();
        _sender.Dispose();
    }

    private ValueTask TakeAsync(FrameHeader header) => header.Type switch
    {
        FrameType.Ping => TakePingAsync(header),
        FrameType.GoAway => TakeGoAway(header),
        _ => TakeStreamFrameAsync(header),
    };

    // An answer to a ping answers nothing: none is sent from here.
    private ValueTask TakePingAsync(FrameHeader header) => header.Flags.HasFlag(FrameFlags.Open)
        ? SendAsync(new FrameHeader(FrameType.Ping, FrameFlags.Accept, 0, header.Length), default, CancellationToken.None)
        : ValueTask.CompletedTask;

    /// <summary>0 is a good-bye: streams that are open go on.</summary>
    private static ValueTask TakeGoAway(FrameHeader header) =>
        header.Length == 0 ? ValueTask.CompletedTask : throw new ProtocolException("The plugin ended its connection with an error.");

    private async ValueTask TakeStreamFrameAsync(FrameHeader header)
    {
        // SECURITY: an oversized frame. Its bytes are looked at only when a window has been granted for them.
        if (header.Type == FrameType.Data && header.Length > YamuxStream.Window) throw new ProtocolException("A frame of the plugin's connection is larger than it may be.");
        if (header.Flags.HasFlag(FrameFlags.Open) && !TryAccept(header.StreamId))
        {
            await SendAsync(new FrameHeader(FrameType.WindowUpdate, FrameFlags.Reset, header.StreamId, 0), default, CancellationToken.None).ConfigureAwait(false);
        }

        var stream = Find(header.StreamId);
        if (header.Type == FrameType.Data)
        {
            stream?.Reserve((int)header.Length);
            await _receiver.CopyAsync((int)header.Length, stream).ConfigureAwait(false);
            if (stream is not null) _after.HandOn(stream);
        }
        else
        {
            stream?.AddSendWindow(header.Length);
        }

        stream?.TakeFlags(header.Flags);
    }

    /// <summary>The stream; null where it is closed by now, and its frames are on the way still.</summary>
    private YamuxStream? Find(uint id)
    {
        lock (_gate)
        {
            if (_streams.TryGetValue(id, out var stream)) return stream;
            var known = id % 2 == 1 ? id < _nextId : id != 0 && id <= _lastAccepted;
            return known ? null : throw new ProtocolException("A frame of the plugin's connection is for a stream that was never opened.");
        }
    }

    private bool TryAccept(uint id)
    {
        lock (_gate)
        {
            if (id % 2 != 0 || id <= _lastAccepted) throw new ProtocolException("The plugin opened a stream twice, or under a number that is the host's.");
            _lastAccepted = id;
            var stream = new YamuxStream(this, id);

            // SECURITY: those that nobody has taken yet count too, though they were reset since: opened and reset again and again, they would fill the host's memory.
            if (_streams.Keys.Count(k => k % 2 == 0) >= MaxAccepted || !_accepted.Writer.TryWrite(stream)) return false;
            _streams.Add(id, stream);
            return true;
        }
    }

    private void ThrowIfEnded()
    {
        if (_fault is not null) throw new IOException("The connection to the plugin's process is closed.");
    }
}
