using System.Security.Cryptography;
using System.Text;

namespace Paddock.Replay;

/// <summary>The other side of a recorded call: answers a sandbox as the host did then, and notices the first step that is another.</summary>
/// <remarks>After that step its answers are of no account; it stops the call, and whoever started it looks at <see cref="Divergence"/> first.</remarks>
internal sealed class ReplayedCall : IHostChannel, ICallSources, IDisposable
{
    private readonly Lock _gate = new();
    private readonly RecordedCall _recorded;
    private readonly CancellationTokenSource _stop = new();
    private readonly RunReader _wall;
    private readonly RunReader _elapsed;
    private int _random;
    private int _hostCalls;
    private int _settled;

    public ReplayedCall(RecordedCall recorded)
    {
        _recorded = recorded;
        _wall = new RunReader(recorded.Clock);
        _elapsed = new RunReader(recorded.Elapsed);
    }

    /// <summary>The first step that was another; null so far.</summary>
    public ReplayDivergence? Divergence { get; private set; }

    /// <summary>Whether the call came to the point at which it was cut short when it was recorded.</summary>
    public bool ReachedTheCut { get; private set; }

    /// <summary>Fires when there is nothing more to learn from the call.</summary>
    public CancellationToken Stopped => _stop.Token;

    public ValueTask<HostReply> InvokeAsync(string function, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken)
    {
        RecordedHostCall? recorded;
        lock (_gate) recorded = NextHostCall(function, arguments.Span);
        if (recorded is { Answered: true })
            return ValueTask.FromResult(recorded.Error is { } error ? HostReply.Fail(error.Code, error.Message) : HostReply.Ok(recorded.Value!));
        return NeverAsync(cancellationToken);
    }

    // SECURITY: a replay has no effect. No directory of the host is shown to it, and what it asks of others is answered from the recording.
    public ValueTask<DirectAccess> DirectAccessAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(_recorded.Http ? DirectAccess.None with { Http = true } : DirectAccess.None);

    public async ValueTask<HostConnection> ConnectAsync(string origin, CancellationToken cancellationToken)
    {
        var reply = await InvokeAsync(RecordedHostCall.Connection, Encoding.UTF8.GetBytes(origin), cancellationToken).ConfigureAwait(false);
        if (reply.Error is { } error) return new HostConnection(null, error);
        lock (_gate) Diverge($"host call {_hostCalls}", "It opens a connection; what goes through one is not recorded.");
        return new HostConnection(null, new CallError(ErrorCodes.Cancelled, "The call is over."));
    }

    public long UtcNowMilliseconds()
    {
        lock (_gate) return Read(_wall, "clock");
    }

    public long ElapsedNanoseconds()
    {
        lock (_gate) return Read(_elapsed, "elapsed");
    }

    public void Fill(Span<byte> buffer)
    {
        lock (_gate)
        {
            buffer.Clear();
            if (_random >= _recorded.Random.Count) Beyond("random", $"It asks for randomness more than {_recorded.Random.Count} times.");
            else if (_recorded.Random[_random].Length != buffer.Length) Diverge("random", $"It asks for {buffer.Length} random bytes, and asked for {_recorded.Random[_random].Length}.");
            else _recorded.Random[_random++].CopyTo(buffer);
        }
    }

    public int SettleNext(IReadOnlyList<int> completed)
    {
        lock (_gate)
        {
            if (_settled < _recorded.Settled.Count)
            {
                int next = _recorded.Settled[_settled];
                if (!completed.Contains(next)) return Stopping ? completed[0] : -1;
                _settled++;
                return next;
            }

            // It ended without them then, and is not handed them now; who waits for one comes to another end.
            if (!_recorded.Result.CutShort) return Stopping ? completed[0] : -1;
            Beyond($"reply {_settled + 1}", "It is handed more replies.");
            return completed[0];
        }
    }

    /// <summary>Holds what the call came to against what it came to then.</summary>
    public void Judge(CallResult replayed)
    {
        lock (_gate)
        {
            if (Stopping) return;
            var recorded = _recorded.Result;
            bool cut = replayed.Status == CallStatus.Cancelled || replayed.Error?.Code == ErrorCodes.TimeLimit;
            // Where it was cut short, an endless loop for instance, the same way without an end is the same.
            if (recorded.CutShort && cut) return;
            if (_hostCalls < _recorded.HostCalls.Count) Diverge($"host call {_hostCalls + 1}", $"It ends before it; {_recorded.HostCalls[_hostCalls].Function} was recorded.");
            if (_settled < _recorded.Settled.Count) Diverge($"reply {_settled + 1}", "It ends before it.");
            if (_wall.HasMore) Diverge("clock", "It reads the clock less often.");
            if (_elapsed.HasMore) Diverge("elapsed", "It reads its own clock less often.");
            if (_random < _recorded.Random.Count) Diverge("random", "It asks for less randomness.");
            if (recorded.Status != replayed.Status) Diverge("result", $"It ends as {replayed.Status}; {recorded.Status} was recorded.");
            if (!Same(recorded.Error, replayed.Error)) Diverge("error", $"It fails with {Describe(replayed.Error)}; {Describe(recorded.Error)} was recorded.");
            if (!replayed.Value.Span.SequenceEqual(recorded.Value)) Diverge("result", $"Its result is {Digest(replayed.Value.Span)}; {Digest(recorded.Value)} was recorded.");
            if (!replayed.Logs.Select(Text).SequenceEqual(recorded.Logs.Select(Text))) Diverge("logs", $"Its {replayed.Logs.Count} log entries are not the {recorded.Logs.Count} that were recorded.");
        }
    }

    public void Dispose() => _stop.Dispose();

    private bool Stopping => Divergence is not null || ReachedTheCut;

    private RecordedHostCall? NextHostCall(string function, ReadOnlySpan<byte> arguments)
    {
        if (Stopping) return null;
        string step = $"host call {_hostCalls + 1}";
        if (_hostCalls >= _recorded.HostCalls.Count)
        {
            Beyond(step, $"It calls {function}; no further host call was recorded.");
            return null;
        }

        var recorded = _recorded.HostCalls[_hostCalls];
        if (recorded.Function != function) Diverge(step, $"It calls {function}; {recorded.Function} was recorded.");
        else if (!arguments.SequenceEqual(recorded.Arguments)) Diverge(step, $"It calls {function} with arguments {Digest(arguments)}; {Digest(recorded.Arguments)} were recorded.");
        else _hostCalls++;
        return Stopping ? null : recorded;
    }

    private long Read(RunReader runs, string step)
    {
        if (runs.TryRead(out long value)) return value;
        Beyond(step, $"It reads the {step} more often than was recorded.");
        return value;
    }

    // A call that was cut short learnt no more than was recorded, but would have.
    private void Beyond(string step, string message)
    {
        if (!_recorded.Result.CutShort) Diverge(step, message);
        else if (!Stopping)
        {
            ReachedTheCut = true;
            _ = _stop.CancelAsync();
        }
    }

    private void Diverge(string step, string message)
    {
        if (Stopping) return;
        Divergence = new ReplayDivergence(step, message);
        _ = _stop.CancelAsync();
    }

    private static async ValueTask<HostReply> NeverAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return HostReply.Fail(ErrorCodes.Cancelled, "The call is over.");
    }

    private static bool Same(CallError? one, CallError? other) => one?.Code == other?.Code && one?.Name == other?.Name && one?.Message == other?.Message && one?.Line == other?.Line;

    private static string Describe(CallError? error) => error?.Code ?? "no error";

    private static (LogSeverity, string) Text(LogEntry entry) => (entry.Severity, entry.Message);

    private static string Digest(ReadOnlySpan<byte> bytes) => $"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]} ({bytes.Length} bytes)";

    /// <summary>Reads runs value by value; stays on the last.</summary>
    private sealed class RunReader(IReadOnlyList<RecordedCall.Run> runs)
    {
        private int _run;
        private int _times;
        private long _last;

        public bool HasMore => _run < runs.Count;

        public bool TryRead(out long value)
        {
            value = _last;
            if (!HasMore) return false;
            value = _last = runs[_run].Value;
            if (++_times < runs[_run].Times) return true;
            _run++;
            _times = 0;
            return true;
        }
    }
}
