using System.Text.Json;
using Paddock.Sandbox.Protocol.Calls;
using Paddock.Sandbox.Protocol.Framing;

namespace Paddock.Sandbox.Protocol.Pool;

/// <summary>One guest process and the conversation with it: one request of the host's at a time, and meanwhile any number of the guest's.</summary>
internal sealed class GuestConnection : IAsyncDisposable
{
    // Values are as deep as the host's own readers of results need.
    private const int MostDepth = 256;
    private const int MostFunctionName = 200;
    private const int Overhead = 64 << 10;

    private readonly ProtocolGuest _guest;
    private readonly ProtocolOptions _options;
    private readonly IGuestProcess _process;
    private readonly FrameReader _reader;
    private readonly FrameWriter _writer;
    private readonly ErrorDrain _errors;
    private GuestSession? _session;
    private long _lastId;
    private long _lastOfGuest;
    private int _killed;
    private bool _heard;

    internal GuestConnection(IGuestProcess process, ProtocolGuest guest, SandboxSpec spec, ProtocolOptions options)
    {
        (_process, _guest, _options) = (process, guest, options);
        _reader = new FrameReader(process.Output, Math.Max(GuestSession.MostHostCallBytes, spec.Limits.ResultBytes) + Overhead);
        _writer = new FrameWriter(process.Input);
        _errors = new ErrorDrain(process.Error, spec.Limits.LogBytes, () => Volatile.Read(ref _session)?.Log, Kill);
    }

    /// <summary>Whether it may be given a request.</summary>
    internal bool Alive => Volatile.Read(ref _killed) == 0 && !_process.Exited.IsCompleted;

    /// <summary>What its process was started with.</summary>
    internal DirectAccess Given { get; init; } = DirectAccess.None;

    // SECURITY: what was asked of such a one may have been done, though it said nothing: it is not asked a second time.
    private bool ActsByItself => _process is IConnectingProcess || Given.Directories.Count > 0;

    /// <summary>When it was last given back, in the clock's ticks.</summary>
    internal long IdleSince { get; set; }

    /// <summary>Requests that it has been given.</summary>
    internal long Requests => _lastId;

    /// <summary>Whether it serves one call only, by its own word.</summary>
    internal bool Once { get; set; }

    /// <summary>Lends the process the channel of the call that has it; null where it has no use for one.</summary>
    internal IDisposable? Lend(IHostChannel channel, Limits limits) => (_process as IConnectingProcess)?.Lend(channel, limits.HostCalls);

    /// <summary>Asks one thing. Never throws for what a guest does. The session's deadline is over afterwards.</summary>
    internal async ValueTask<GuestAnswer> RequestAsync<TState>(GuestSession session, TState state, Action<FrameBuffer, (long Id, TState State)> compose)
    {
        var id = ++_lastId;
        GuestAnswer answer;
        _heard = false;
        Volatile.Write(ref _session, session);
        try
        {
            session.Deadline.Watch(_ => Kill());
            await _writer.WriteAsync((id, state), compose).ConfigureAwait(false);
            answer = await ListenAsync(session, id).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ProtocolViolationException or JsonException)
        {
            answer = new GuestAnswer(default, GuestFailure.Violation, Reusable: false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            answer = await EndedAsync().ConfigureAwait(false);
        }

        if (!answer.Unheard) session.Deadline.Dispose();
        if (session.Deadline.Reason is { } reason) answer = new GuestAnswer(default, GuestFailure.Limit(reason), answer.Reusable && Alive);
        if (!answer.Reusable || _reader.HasMore)
        {
            Kill();
            answer = answer with { Reusable = false };
        }

        session.Log.EndErrorLine();
        Volatile.Write(ref _session, null);
        return answer;
    }

    /// <summary>Lets an idle guest end by itself, for a moment.</summary>
    internal async Task ShutDownAsync(TimeSpan grace)
    {
        try
        {
            if (Alive) await _writer.WriteAsync(0, Messages.Shutdown).AsTask().WaitAsync(grace, _options.TimeProvider).ConfigureAwait(false);
            await _process.Exited.WaitAsync(grace, _options.TimeProvider).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or TimeoutException)
        {
            // It is ended now in any case.
        }

        await DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        Interlocked.Exchange(ref _killed, 1);
        await _process.DisposeAsync().ConfigureAwait(false);
        _reader.Dispose();
        _writer.Dispose();
    }

    private async ValueTask<GuestAnswer> ListenAsync(GuestSession session, long id)
    {
        while (true)
        {
            if (!_reader.TryTake(out var line))
            {
                if (await _reader.FillAsync().ConfigureAwait(false)) continue;
                return await EndedAsync().ConfigureAwait(false);
            }

            _heard = true;
            var frame = FrameParser.Parse(line);
            switch (frame.Kind)
            {
                case FrameKind.HostCall when await BeginHostCallAsync(session, frame).ConfigureAwait(false):
                    break;
                case FrameKind.HostCall:
                    return new GuestAnswer(default, GuestFailure.Limit(ErrorCodes.HostCallLimit), Reusable: false);
                case FrameKind.Log:
                    AddLog(session, frame.Body.Span);
                    break;
                case FrameKind.Source:
                    await AnswerAsync(session, frame).ConfigureAwait(false);
                    break;
                default:
                    return frame.Id == id ? Answer(session, frame) : throw new ProtocolViolationException("An answer is to no request.");
            }
        }
    }

    private static GuestAnswer Answer(GuestSession session, Frame frame)
    {
        if (frame.Kind == FrameKind.Error)
        {
            var failure = GuestErrorReader.Failure(frame.Body.Span, session.FailedWith);
            return new GuestAnswer(default, failure, failure.Status == CallStatus.GuestFault);
        }

        if (frame.Body.Length > session.Limits.ResultBytes) return new GuestAnswer(default, GuestFailure.Limit(ErrorCodes.ResultLimit), Reusable: false);
        if (frame.Depth > MostDepth) return new GuestAnswer(default, GuestFailure.Fault(ErrorCodes.ResultInvalid, "What the function returned is nested too deep."), Reusable: true);
        return new GuestAnswer(frame.Body.ToArray(), null, Reusable: true);
    }

    private static void AddLog(GuestSession session, ReadOnlySpan<byte> json)
    {
        var (severity, message) = LogMessage.Read(json);
        session.Log.Add(severity, message);
    }

    // A guest that was not told to ask for its sources has none.
    private async ValueTask AnswerAsync(GuestSession session, Frame frame)
    {
        TakeId(frame);
        var value = session.Sources is { } sources ? sources.Answer(frame.Body.Span) : throw new ProtocolViolationException("The call has no sources.");
        await _writer.WriteAsync((frame.Id, value), Messages.Source).ConfigureAwait(false);
    }

    // SECURITY: ids only rise, so that no two unanswered requests share one.
    private void TakeId(Frame frame)
    {
        if (frame.Id <= _lastOfGuest) throw new ProtocolViolationException("A request's id was used before.");
        _lastOfGuest = frame.Id;
    }

    private async ValueTask<bool> BeginHostCallAsync(GuestSession session, Frame frame)
    {
        TakeId(frame);
        if (!session.Count(frame.Body.Length)) return false;
        var (function, arguments) = HostCallMessage.Read(frame.Body, MostFunctionName);
        var units = await session.EnterAsync(arguments.Length).ConfigureAwait(false);
        _ = ReplyAsync(session, frame.Id, session.Sources?.NextOrdinal() ?? 0, function, arguments, units);
        return true;
    }

    private async Task ReplyAsync(GuestSession session, long id, int ordinal, string function, ReadOnlyMemory<byte> arguments, int units)
    {
        try
        {
            var reply = await session.AskAsync(function, arguments, units).ConfigureAwait(false);
            if (!ReferenceEquals(Volatile.Read(ref _session), session)) return;
            if (session.Sources is { } sources) await sources.SettleAsync(ordinal, () => SendReplyAsync(session, id, reply)).ConfigureAwait(false);
            else await SendReplyAsync(session, id, reply).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The call is over, or the guest gone: whoever listens finds that out.
        }
    }

    // What a call leaves unanswered when it ends is nobody's: the next one must not meet it.
    private ValueTask SendReplyAsync(GuestSession session, long id, HostReply reply) =>
        ReferenceEquals(Volatile.Read(ref _session), session) ? _writer.WriteAsync((id, reply), Messages.Reply) : ValueTask.CompletedTask;

    /// <summary>The guest's output has ended, or its input. Says why, when it is dead.</summary>
    private async ValueTask<GuestAnswer> EndedAsync()
    {
        ProcessExit? exit = null;
        try
        {
            // A guest that only closed its output is ended by whoever asked; there is nothing to wait for.
            exit = await _process.Exited.WaitAsync(TimeSpan.FromSeconds(1), _options.TimeProvider).ConfigureAwait(false);
            await _errors.Ended.WaitAsync(TimeSpan.FromSeconds(1), _options.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
        }

        var memory = exit is not null && (exit.MemoryLimit || _guest.MemoryExitCodes.Contains(exit.Code));
        return new GuestAnswer(default, memory ? GuestFailure.Limit(ErrorCodes.MemoryLimit) : GuestFailure.Ended, Reusable: false) { Unheard = !memory && !_heard && !ActsByItself };
    }

    private void Kill()
    {
        if (Interlocked.Exchange(ref _killed, 1) == 0) _ = Task.Run(KillAsync);
    }

    private async Task KillAsync()
    {
        try
        {
            await _process.KillAsync().AsTask().WaitAsync(_options.KillGrace, _options.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Whoever reads must not wait for what does not die.
            await _process.Output.DisposeAsync().ConfigureAwait(false);
        }
    }
}
