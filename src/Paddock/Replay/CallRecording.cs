using System.Text;

namespace Paddock.Replay;

/// <summary>One call while it is recorded: stands between the sandbox and its channel, clocks and randomness.</summary>
internal sealed class CallRecording : IHostChannel, ICallSources
{
    // What an entry takes beside its bytes, roughly.
    private const int EntryBytes = 32;
    private readonly Lock _gate = new();
    private readonly SandboxCall _call;
    private readonly IHostChannel _channel;
    private readonly TimeProvider _clock;
    private readonly Func<RecordedCall?, CallResult, Task> _keep;
    private readonly long _started;
    private readonly List<RecordedCall.Run> _wall = [];
    private readonly List<RecordedCall.Run> _elapsed = [];
    private readonly List<byte[]> _random = [];
    private readonly List<RecordedHostCall> _hostCalls = [];
    private readonly List<int> _settled = [];
    private long _room;
    private bool _http;
    private bool _ended;

    public CallRecording(SandboxCall call, IHostChannel channel, TimeProvider clock, long mostBytes, Func<RecordedCall?, CallResult, Task> keep)
    {
        _call = call;
        _channel = channel;
        _clock = clock;
        _keep = keep;
        _started = clock.GetTimestamp();
        _room = mostBytes - call.Input.Length - (call.Config?.Length ?? 0) - (call.Context?.Length ?? 0);
        Call = call with { Sources = this };
    }

    /// <summary>The call to make instead.</summary>
    public SandboxCall Call { get; }

    /// <summary>Keeps what was recorded. The call has ended: what comes after is no part of it.</summary>
    public Task EndAsync(CallResult result)
    {
        RecordedCall? recorded;
        lock (_gate)
        {
            _ended = true;
            recorded = Fits(result.Value.Length + result.Logs.Sum(l => (long)l.Message.Length)) ? ToRecorded(result) : null;
        }

        return _keep(recorded, result);
    }

    public async ValueTask<HostReply> InvokeAsync(string function, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken)
    {
        int ordinal = Asked(function, arguments);
        var reply = await _channel.InvokeAsync(function, arguments, cancellationToken).ConfigureAwait(false);
        Answered(ordinal, reply);
        return reply;
    }

    // What a program reads and writes in a directory by itself is no host call: it is in no recording, and a replay has none of it.
    public async ValueTask<DirectAccess> DirectAccessAsync(CancellationToken cancellationToken)
    {
        var given = await _channel.DirectAccessAsync(cancellationToken).ConfigureAwait(false);
        lock (_gate) _http = given.Http;
        return given;
    }

    // That it was asked for and whether it was opened; what goes through is TLS, and nothing that could be answered again.
    public async ValueTask<HostConnection> ConnectAsync(string origin, CancellationToken cancellationToken)
    {
        int ordinal = Asked(RecordedHostCall.Connection, Encoding.UTF8.GetBytes(origin));
        var opened = await _channel.ConnectAsync(origin, cancellationToken).ConfigureAwait(false);
        Answered(ordinal, opened.Error is { } error ? HostReply.Fail(error) : HostReply.Ok("true"u8.ToArray()));
        return opened;
    }

    public long UtcNowMilliseconds() => Add(_wall, _clock.GetUtcNow().ToUnixTimeMilliseconds());

    // SECURITY: a finer clock would serve to measure the host. Steps of 0.1 ms, as where nothing is recorded.
    public long ElapsedNanoseconds() => Add(_elapsed, (long)(_clock.GetElapsedTime(_started).TotalMilliseconds * 10) * 100_000);

    public void Fill(Span<byte> buffer)
    {
        System.Security.Cryptography.RandomNumberGenerator.Fill(buffer);
        lock (_gate)
        {
            if (Take(buffer.Length + EntryBytes)) _random.Add(buffer.ToArray());
        }
    }

    public int SettleNext(IReadOnlyList<int> completed)
    {
        lock (_gate)
        {
            if (Take(sizeof(int))) _settled.Add(completed[0]);
        }

        return completed[0];
    }

    private int Asked(string function, ReadOnlyMemory<byte> arguments)
    {
        lock (_gate)
        {
            if (Take(arguments.Length + (2 * function.Length) + EntryBytes)) _hostCalls.Add(new RecordedHostCall(function, arguments.ToArray()));
            return _hostCalls.Count - 1;
        }
    }

    private void Answered(int ordinal, HostReply reply)
    {
        lock (_gate)
        {
            if (!Take(reply.Value.Length + EntryBytes)) return;
            _hostCalls[ordinal] = _hostCalls[ordinal] with { Value = reply.Error is null ? reply.Value.ToArray() : null, Error = reply.Error };
        }
    }

    private long Add(List<RecordedCall.Run> runs, long value)
    {
        lock (_gate)
        {
            if (runs.Count > 0 && runs[^1].Value == value && !_ended) runs[^1] = runs[^1] with { Times = runs[^1].Times + 1 };
            else if (Take(EntryBytes)) runs.Add(new(value, 1));
        }

        return value;
    }

    // SECURITY: a guest that asks for randomness without end would fill the host's memory with its recording. One that does
    // not fit is given up as a whole: half of one would replay to something else.
    private bool Take(long bytes)
    {
        if (_ended || !Fits(bytes)) return false;
        _room -= bytes;
        return true;
    }

    private bool Fits(long bytes)
    {
        if (_room >= bytes) return true;
        _room = -1;
        _wall.Clear();
        _elapsed.Clear();
        _random.Clear();
        _settled.Clear();
        return false;
    }

    private RecordedCall ToRecorded(CallResult result) => new()
    {
        Function = _call.Function,
        Input = _call.Input.ToArray(),
        Config = _call.Config?.ToArray(),
        Context = _call.Context?.ToArray(),
        Depth = _call.Depth,
        Limits = _call.Limits,
        Clock = _wall,
        Elapsed = _elapsed,
        Random = _random,
        HostCalls = _hostCalls,
        Settled = _settled,
        Http = _http,
        Result = RecordedResult.From(result),
    };
}
