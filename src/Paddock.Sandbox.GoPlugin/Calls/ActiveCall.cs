using System.Text;
using System.Text.Json;

namespace Paddock.Sandbox.GoPlugin.Calls;

/// <summary>The call that a process serves: its way to the host, its log, its limits and its time.</summary>
internal sealed class ActiveCall : IHostCalls, IDisposable
{
    private const int MaxHostCallBytes = 16 << 20;

    private readonly Lock _gate = new();
    private readonly IHostChannel _channel;
    private readonly Limits _limits;
    private readonly TimeProvider _clock;
    private readonly long _started;
    private readonly CancellationTokenSource _source = new();
    private readonly TaskCompletionSource<string> _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<LogEntry> _logs = [];
    private readonly HashSet<string> _failedWith = new(StringComparer.Ordinal);
    // What the host does for a call, it does as the one who called: its trace, and the calls that it is nested in.
    private readonly ExecutionContext? _caller = ExecutionContext.Capture();
    private readonly ITimer _timer;
    private readonly CancellationTokenRegistration _registration;
    private int _logBytes, _hostCalls;
    private bool _ended;

    internal ActiveCall(Limits limits, IHostChannel channel, TimeProvider clock, CancellationToken cancellationToken)
    {
        _limits = limits;
        _channel = channel;
        _clock = clock;
        _started = clock.GetTimestamp();
        Token = _source.Token;
        _timer = clock.CreateTimer(static c => ((ActiveCall)c!).End(ErrorCodes.TimeLimit), this, limits.Timeout, Timeout.InfiniteTimeSpan);
        _registration = cancellationToken.Register(static c => ((ActiveCall)c!).End(ErrorCodes.Cancelled), this);
    }

    /// <summary>Completes with the code of what ended the call before its result.</summary>
    internal Task<string> Over => _over.Task;

    /// <summary>Cancelled when the call is over, whichever way.</summary>
    internal CancellationToken Token { get; }

    internal Limits Limits => _limits;

    /// <summary>Bytes of a result at most.</summary>
    internal int ResultBytes => _limits.ResultBytes;

    public async ValueTask<HostAnswer> AskAsync(string method, ReadOnlyMemory<byte> arguments)
    {
        // SECURITY: what a call has left running asks in nobody's name once the call is over.
        if (!TryCount()) return new HostAnswer(default, $"{ErrorCodes.HostCallRefused}: The call is over.");
        if (_hostCalls > _limits.HostCalls || arguments.Length > MaxHostCallBytes)
        {
            End(ErrorCodes.HostCallLimit);
            return Refused(ErrorCodes.HostCallLimit);
        }

        if (method == "log") return LogFields(arguments);
        if (GoatKitFunction.Find(method) is not { } function) return new HostAnswer(default, $"unknown host function: {GuestText.Clean(method)}");
        byte[] request;
        try
        {
            request = function.Request(arguments.Span);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new HostAnswer(default, $"{ErrorCodes.InvalidArgument}: The arguments are not a JSON object of the right form.");
        }

        var reply = await InvokeAsync(function.Canonical, request).ConfigureAwait(false);
        if (reply.Error is not { } error) return new HostAnswer(function.Reply(reply.Value), null);
        lock (_gate) _failedWith.Add(error.Code);
        return new HostAnswer(default, $"{error.Code}: {error.Message}");
    }

    public void Log(LogSeverity severity, ReadOnlySpan<byte> line) => Add(severity, Encoding.UTF8.GetString(line));

    /// <summary>Ends the call before its result. Once.</summary>
    internal void End(string code)
    {
        lock (_gate)
        {
            if (_ended) return;
            _ended = true;
        }

        _over.TrySetResult(code);
        _source.Cancel();
    }

    /// <summary>The error that a plugin answered with.</summary>
    // SECURITY: a plugin that could claim any code could pass a fault off as the host's refusal. One that hands on what a host call of this very call
    // failed with has that call's code; any other text is its own.
    internal CallError Answered(string error)
    {
        var text = PluginText.Of(error);
        var end = text.IndexOf(": ", StringComparison.Ordinal);
        lock (_gate)
        {
            return end > 0 && _failedWith.Contains(text[..end]) ? new CallError(text[..end], text[(end + 2)..]) : new CallError(ErrorCodes.GuestError, text);
        }
    }

    internal CallResult Completed(ReadOnlyMemory<byte> value) => Result(CallStatus.Completed, value, null);

    internal CallResult Failed(CallEnd end) => Result(end.Status, default, end.Error);

    /// <summary>The call is over: host calls that it still has under way are cancelled, and no other is made in its name.</summary>
    public void Dispose()
    {
        lock (_gate) _ended = true;
        _timer.Dispose();
        _registration.Dispose();
        _source.Cancel();
    }

    private async Task<HostReply> InvokeAsync(string function, byte[] request)
    {
        if (_caller is null) return await _channel.InvokeAsync(function, request, Token).ConfigureAwait(false);
        ValueTask<HostReply> reply = default;
        ExecutionContext.Run(_caller, _ => reply = _channel.InvokeAsync(function, request, Token), null);
        return await reply.ConfigureAwait(false);
    }

    private bool TryCount()
    {
        lock (_gate)
        {
            if (!_ended) _hostCalls++;
            return !_ended;
        }
    }

    private static HostAnswer Refused(string code) => new(default, $"{code}: {CallEnd.Limit(code).Error.Message}");

    private HostAnswer LogFields(ReadOnlyMemory<byte> arguments)
    {
        if (GoatKitFunction.ReadLog(arguments.Span) is not { } entry) return new HostAnswer(default, $"{ErrorCodes.InvalidArgument}: The arguments are not a JSON object of the right form.");
        Add(entry.Severity, entry.Message);
        return new HostAnswer("""{"ok":true}"""u8.ToArray(), null);
    }

    private void Add(LogSeverity severity, string message)
    {
        var clean = GuestText.Clean(message);
        lock (_gate)
        {
            if (_ended) return;
            _logBytes += Encoding.UTF8.GetByteCount(clean);
            if (_logs.Count < _limits.LogEntries && _logBytes <= _limits.LogBytes)
            {
                _logs.Add(new LogEntry(_clock.GetUtcNow(), severity, clean));
                return;
            }
        }

        End(ErrorCodes.LogLimit);
    }

    private CallResult Result(CallStatus status, ReadOnlyMemory<byte> value, CallError? error)
    {
        lock (_gate)
        {
            return new CallResult
            {
                Status = status,
                Value = value,
                Error = error,
                Logs = [.. _logs],
                Duration = _clock.GetElapsedTime(_started),
                HostCalls = Math.Min(_hostCalls, _limits.HostCalls),
            };
        }
    }
}
